# Lab 1: a TCP server that greets every client.
load ../lib

readonly HANDOUT=labs/tcp-server/README.md
readonly LISTENS="listens on port 3490 and says so"
readonly BACKLOG="lets ten connections wait to be accepted"
readonly WALKS="goes on to the next address when one cannot be bound"
readonly EVERYWHERE="can be reached at every address of this machine"
readonly NAMES_CLIENTS="says which address each client comes from"
readonly GREETS="greets a client with exactly 'Hello, world!'"
readonly FORKS="greets each client from a child process"
readonly CHILD_ENDS="its children leave the listening socket alone, and end"
readonly CLOSES="closes its own copy of every connection"
readonly REAPS="leaves no zombie, even when several children end at once"
readonly GOES_ON="goes on when children end, when one does not, and when clients break off"
readonly WAITING="server: waiting for connections..."

# given_a_server [LAUNCH-OPTION...] : starts the server and waits until it takes
# connections. HERE is then an address at which it does.
given_a_server() {
	if ! start_program --await "$PATIENCE listening:3490" "$@" --; then
		[[ -n $ENDED ]] || note_hang
		not_listening
	fi
	# Asked for once: it binds the same address every time.
	[[ -s $BATS_FILE_TMPDIR/bound ]] || bound_to >"$BATS_FILE_TMPDIR/bound"
	BOUND=$(<"$BATS_FILE_TMPDIR/bound")
	here
}

# just_listening [LAUNCH-OPTION...] : the same for checks that need no client. A server
# whose next TODO comes right after listen is kept there.
just_listening() {
	[[ ! -e $BATS_FILE_TMPDIR/stops ]] || set -- --fault exit:1:hold "$@"
	start_program --await "$PATIENCE listening:3490" "$@" -- && return
	stops_after_listen || return 1
	launch stop program
	start_program --await "$PATIENCE listening:3490" --fault exit:1:hold "$@" --
}

# stays_listening : the same for checks that look at the socket afterwards. A program
# that ends is kept at its end.
stays_listening() { start_program --await "$PATIENCE listening:3490" --fault exit:1:hold --; }

stops_after_listen() {
	[[ $ENDED == "exit 3" && $(<"$OUT") == *"$WAITING"* && $(<"$ERR") == *"stopped at TODO"* ]] &&
		: >"$BATS_FILE_TMPDIR/stops"
}

# The address the server's listening socket is bound to.
bound_to() {
	local socket
	socket=$(show tcp:3490)
	printf '%s\n' "${socket##* }"
}

here() {
	case $BOUND in
	0.0.0.0 | 127.*) HERE=127.0.0.1 ;;
	*) HERE=::1 ;;
	esac
}

# a_client NAME PEER-ACTION... : a client that goes on by itself once it is ready.
a_client() {
	local name=$1
	shift
	story ran "nc $HERE 3490          (in a second terminal)"
	peer start "$name" connect "$HERE" 3490 "$@" 2>/dev/null && return
	not_accepting
}

# ------------------------------------------------------- what the symptoms mean

# The first line on standard error, which is often why; how many follow is chance.
first_words() {
	[[ -s $ERR ]] || return 0
	head -n 1 "$ERR" >"$CHECK_DIR/first-line"
	STORY+=("$(expect show "note: on standard error" "$CHECK_DIR/first-line")")
}

# The server does not listen on 3490: tells what it does instead.
not_listening() {
	local ports=''
	story expected "a TCP socket that listens on port 3490"
	if [[ -n $ENDED ]]; then
		story got "the server ended with $(words_for_end "$ENDED")"
		first_words
		case $(<"$ERR") in
		*"not supported"*)
			fail "The server's socket cannot listen." \
				"only a stream socket takes connections: the socket type must be SOCK_STREAM" \
				"man 2 listen (EOPNOTSUPP), man 2 socket" ;;
		*"in use"*)
			peer run probe listen 0.0.0.0 3490 2>/dev/null || no_port 3490
			fail "The server cannot have its port." \
				"old connections sit on port 3490 (ss -tan), and SO_REUSEADDR is not set before bind; or bind is called twice" \
				"man 7 socket (SO_REUSEADDR)" ;;
		esac
		[[ $ENDED != flood ]] || fail "The server prints without end and does not listen." \
			"a loop that does not stop when a call fails: look at what each one returns"
		fail "The server ends instead of listening on TCP port 3490." \
			"a call before listen failed, or main returns too early"
	fi
	ports=$(show ports)
	case $ports in
	*"tcp 41485"*)
		story got "it listens on port 41485"
		fail "The server listens on the wrong port." \
			"41485 is 3490 with its two bytes exchanged: the port was not given through htons" \
			"man 3 htons" ;;
	*"tcp "*)
		ports=${ports#*tcp }
		story got "it listens on port ${ports%% *}"
		fail "The server listens on the wrong port." \
			"the port is not 3490, or listen was called for a socket that is not bound (the kernel then chooses a port)" \
			"man 2 listen" ;;
	*"udp "*)
		story got "a UDP socket on port ${ports##* }"
		fail "The server's socket is for datagrams, not for connections." \
			"the socket type must be SOCK_STREAM" "man 2 socket" ;;
	esac
	story got "it runs, but no socket of it listens"
	fail "The server does not listen on TCP port 3490." \
		"listen is not called, or something before it waits for ever" "man 2 listen"
}

# A client could not connect, or was not served: tells why, as far as can be seen.
not_accepting() {
	ENDED=$(show end)
	[[ $ENDED != running ]] || ENDED=
	first_words
	if [[ -z $ENDED && $(show tcp:3490) == none ]]; then
		story got "nothing listens on port 3490 any more"
		fail "The listening socket is gone after the first client." \
			"the parent closes it (what has to be closed is the new socket that accept returned), or a child calls shutdown for it, which ends it for all processes" \
			"man 2 accept, man 2 shutdown"
	fi
	case $(<"$ERR") in
	*"Invalid argument"*)
		fail "The server cannot accept a client." \
			"accept wants to be told how much room there is for the address: set the length to the size of the variable before every call" \
			"man 2 accept (addrlen)" ;;
	*"Interrupted system call"*) interrupted ;;
	*"send: Bad file descriptor"*)
		fail "The child has no connection to send on." \
			"the connection is closed before fork, or another descriptor is given to send" "man 2 send" ;;
	esac
	if [[ -n $ENDED ]]; then
		story got "the server ended: $(words_for_end "$ENDED")"
		fail "The server ended when a client came." "${1:-}"
	fi
	fail "${2:-The client was not greeted.}" "${3:-}" "${4:-}"
}

interrupted() {
	story got "$(grep -m 1 "Interrupted system call" "$ERR")"
	fail "accept fails when a child ends." \
		"the signal SIGCHLD interrupts accept: install its handler with sigaction and SA_RESTART, or call accept again after EINTR" \
		"man 7 signal (Interruption of system calls); $HANDOUT"
}

# --------------------------------------------------------------------- the lab

# bats test_tags=todo:1,points:1
@test "says why when its own addresses cannot be looked up" {
	CRASH_LIKELY="what getaddrinfo returns is not checked, and the list that it did not make is used"
	local reasons=(EAI_AGAIN EAI_FAIL EAI_MEMORY EAI_SERVICE) reason
	reason=${reasons[SEED % 4]}
	if start_program --await "$PATIENCE listening:3490" --fault "getaddrinfo:$reason" --; then
		# Addresses filled in by hand need no look-up.
		grep -q '^look-up' "$CHECK_DIR/program.record" || return 0
		fail "The look-up failed, and the server went on."
	fi
	story note "here the look-up was made to fail with $reason"
	if [[ -z $ENDED ]]; then
		note_hang
		fail "The look-up failed, and the server neither said so nor ended."
	fi
	[[ $(<"$OUT") != *getaddrinfo:* ]] ||
		expect_err_match "getaddrinfo: .+" "The look-up failed, and the server said why in the wrong place." \
			"the line goes to standard output; what went wrong belongs on standard error" \
			"man 3 stdin (stderr)"
	expect_err_match "getaddrinfo: .+" "The look-up failed, and the server did not say why." \
		"the value that getaddrinfo returns is not checked, or not printed with gai_strerror" \
		"man 3 getaddrinfo (RETURN VALUE)"
	expect_status 1 "The look-up failed, and the exit status does not say so." \
		"end with exit(1), or return 1 from main" "man 3 exit"
}

# bats test_tags=todo:2,points:1
@test "says why and ends when port 3490 is taken" {
	story note "here bind was made to fail, as it does when another program has the port (try it: nc -l 3490)"
	if ! start_program --await "$PATIENCE end" --fault bind:*:EADDRINUSE --; then
		note_hang
		[[ $(show ports) == none ]] || story got "it listens on some other port that the kernel chose"
		fail "The port was taken, and the server did not end." \
			"when the loop is over, nobody looks whether any address could be bound" "man 2 bind"
	fi
	ENDED=$(<"$CHECK_DIR/program.end")
	expect_err_match "server: bind: .+
server: failed to bind" "The port was taken, and the server did not say so." \
		"bind fails with EADDRINUSE: say why each time, and \"server: failed to bind\" when the list is at its end" \
		"man 2 bind (ERRORS), man 3 perror"
	expect_status 1 "The port was taken, and the exit status does not say so." \
		"end with exit(1), or return 1 from main" "man 3 exit"
}

# bats test_tags=todo:3,points:2
@test "listens on port 3490 and says so" {
	if ! start_program --await "$PATIENCE listening:3490"$'\t'"out:$WAITING"$'\n' --; then
		! stops_after_listen || ! { launch stop program; just_listening; } || return 0
		[[ -n $ENDED || $(show tcp:3490) != none ]] || { note_hang; not_listening; }
		[[ -z $ENDED ]] || not_listening
		others_stand
		expect_line "$WAITING" "The server listens, but does not say that it waits for connections." \
			"the line is missing, differs, or does not end with a newline" "man 3 printf"
		fail "The server listens, but does not say that it waits for connections."
	fi
}

# bats test_tags=todo:3,points:1
@test "lets ten connections wait to be accepted" {
	needs "$LISTENS"
	stays_listening || not_listening
	local socket
	socket=$(show tcp:3490)
	[[ $socket != *"backlog 10 "* ]] || return 0
	socket=${socket#*backlog }
	story expected "a backlog of 10"
	story got "a backlog of ${socket%% *}     (ss -ltn shows it as Send-Q)"
	fail "The listening socket does not keep 10 connections waiting." \
		"the second argument of listen is not 10" "man 2 listen (backlog)"
}

# bats test_tags=todo:1,points:1
@test "can be reached at every address of this machine" {
	needs "$LISTENS"
	stays_listening || not_listening
	BOUND=$(bound_to)
	[[ $BOUND != 0.0.0.0 && $BOUND != :: ]] || return 0
	story expected "bound to 0.0.0.0 or ::"
	story got "bound to $BOUND          (ss -ltn shows it)"
	fail "The server can be reached from this machine only." \
		"the hints for getaddrinfo lack AI_PASSIVE, so it gives the address of loopback" \
		"man 3 getaddrinfo (AI_PASSIVE)"
}

# bats test_tags=todo:2,points:1
@test "goes on to the next address when one cannot be bound" {
	needs "$LISTENS"
	local n=$((SEED % 200 + 1))
	just_listening --names "*=192.0.2.$n,2001:db8::$n,0.0.0.0,::" && return
	story note "here the look-up gave 192.0.2.$n and 2001:db8::$n first, which are not addresses of this machine"
	[[ -z $ENDED ]] || story got "the server ended: $(words_for_end "$ENDED")"
	first_words
	fail "The first address could not be bound, and the server did not use the next one." \
		"the loop stops at the first failure, or uses the head of the list instead of the current entry" \
		"man 3 getaddrinfo (EXAMPLES)"
}

# bats test_tags=todo:2,points:1
@test "starts although old connections are not quite over" {
	needs "$LISTENS"
	# A server that is gone has closed first; its client has not answered that yet.
	peer start old listen 127.0.0.1 3490 ready accept close 2>/dev/null || no_port 3490
	peer start --within 60000 client connect 127.0.0.1 3490 read-all ready pause reset ||
		harness "a peer's client did not get its connection"
	peer wait old || harness "a peer's server did not end"
	if ! just_listening; then
		story note "an old connection sits on port 3490, as after every restart (ss -tan shows it)"
		STORY+=("$(expect show got "$ERR")")
		fail "Started again at once, the server cannot have its port." \
			"SO_REUSEADDR is not set, or not before bind, or not alone (options are numbers, not bits: one call each)" \
			"man 7 socket (SO_REUSEADDR)"
	fi
	peer go client
	peer wait client
}

# bats test_tags=todo:4,points:2
@test "says which address each client comes from" {
	needs "$LISTENS"
	given_a_server
	local from=127.$((SEED % 200 + 1)).$((SEED / 7 % 250)).$((SEED / 3 % 200 + 2))
	[[ $HERE != ::1 || $BOUND != :: ]] || HERE=127.0.0.1
	[[ $HERE != ::1 ]] || from=::1
	names_the_client "$from"
	# The same by IPv6, if that is a family the server asks for.
	launch stop program
	STORY=()
	given_a_server --names "*=::,0.0.0.0"
	BOUND=$(bound_to)
	[[ $BOUND == :: ]] || return 0
	here
	from=::1
	[[ $LAB_ISOLATION != enforced || $((SEED % 2)) -eq 0 ]] || from=fd00::1
	names_the_client "$from"
}

names_the_client() {
	local from=$1 port=0 line="server: got connection from "
	story ran "nc -s $from $HERE 3490          (in a second terminal)"
	# In a network of its own a fixed port: garbage that holds it is the same each time.
	[[ $LAB_ISOLATION != enforced ]] || port=$((SEED % 20000 + 33333))
	peer start client from "$from" "$port" connect "$HERE" 3490 ready read 1 reset 2>/dev/null ||
		not_accepting
	if await "out:$line" && await_within 300 "out:$from"$'\n' &&
		grep -Eqx "($WAITING)?$line(::ffff:)?$from" "$OUT"; then
		return 0
	fi
	# Whoever was served can tell of the rest.
	peer wait client || true
	[[ ! -s $CHECK_DIR/client.got ]] || others_stand
	if [[ $(<"$OUT") != *"connection from"* ]]; then
		story expected "$line$from"
		STORY+=("$(expect show got "$OUT")")
		not_accepting "" "A client came, and the server did not say so." \
			"the line is missing behind accept, or does not end with a newline" "man 3 printf"
	fi
	[[ $BOUND != :: || $from == *:* ]] || from=::ffff:$from
	! grep -Eqx "$line(::ffff:)?$HERE" "$OUT" ||
		expect_line "$line$from" "The server names its own address instead of its client's." \
			"getsockname tells the own end of the connection; the client's is what accept fills in" \
			"man 2 accept, man 2 getsockname"
	expect_line "$line$from" "The server does not say where its client comes from." \
		"the address of an IPv4 client is in sin_addr, of an IPv6 client in sin6_addr (look at ss_family first); inet_ntop wants that alone, not the whole sockaddr" \
		"man 3 inet_ntop, man 3 getnameinfo"
}

# bats test_tags=todo:5,points:2
@test "greets a client with exactly 'Hello, world!'" {
	needs "$LISTENS" "$NAMES_CLIENTS"
	local before
	given_a_server --fault send:1:hold
	before=$(show sockets)
	# All of it, and a little patience for what should not come behind it.
	a_client client ready read 13 within 300 read-all reset
	# What the parent does with its copy of the connection comes first.
	await_within 500 held:1 "sockets:$before" || true
	launch release program
	peer wait client || true
	if [[ ! -s $CHECK_DIR/client.got && $(<"$ERR") =~ "Broken pipe"|"reset by peer" ]]; then
		story got "the end of the connection, and no byte before it"
		fail "The connection is over before the child has sent anything." \
			"shutdown ends the connection for all processes that have it; close gives up one copy only" \
			"man 2 shutdown, man 2 close"
	fi
	[[ -s $CHECK_DIR/client.got ]] || not_accepting
	others_stand
	local cause="the text that is sent has other letters, or send is given another length"
	case $(tr '\0' 0 <"$CHECK_DIR/client.got"; printf .) in
	"Hello, world!0.") cause="the NUL at the end of the string is sent, too: sizeof counts it, strlen does not" ;;
	"Hello, world!"$'\n.') cause="the text ends with a newline; the greeting has none" ;;
	"Hello, w.") cause="8 is the size of a pointer: sizeof tells that, strlen the length of the text" ;;
	esac
	expect_file is "$CHECK_DIR/client.got" "Hello, world!" "The greeting is not what it should be." \
		"$cause" "man 2 send, man 3 strlen"
}

# bats test_tags=todo:5,points:2
@test "greets each client from a child process" {
	needs "$GREETS"
	# Every greeting is held up: only children can hold up two at once.
	given_a_server --fault "send:*:hold"
	a_client one ready read 1 reset
	await held:1 || not_accepting
	if [[ $(show held-by) == program ]]; then
		story got "the server itself calls send"
		fail "A slow client keeps the server from all others." \
			"the greeting is not sent by a child: fork for each connection" "man 2 fork"
	fi
	a_client two ready read 1 reset
	if ! await held:2; then
		story note "here the first client's greeting was held up"
		not_accepting "" "A second client has to wait until the first one is served." \
			"the parent waits for its child right after fork" "man 2 fork, man 2 waitpid"
	fi
	launch release program
	peer wait one && peer wait two && [[ -s $CHECK_DIR/one.got && -s $CHECK_DIR/two.got ]] ||
		not_accepting
}

# bats test_tags=todo:5,points:1
@test "its children leave the listening socket alone, and end" {
	needs "$GREETS" "$FORKS"
	given_a_server --fault send:1:hold
	a_client client ready read 1 reset
	await held:1 || not_accepting
	local keeps
	keeps=$(show child-holds:3490)
	launch release program
	if ! await others:0 && [[ -z $ENDED || $ENDED == flood ]]; then
		first_words
		[[ $(<"$ERR") != *accept* && $ENDED != flood ]] ||
			fail "The child is still there after its greeting, and calls accept." \
				"the child runs on into the parent's accept loop: end it with exit or _exit" \
				"man 2 fork, man 3 exit"
		fail "The child is still there after its greeting." \
			"nothing ends the child: it needs an exit or _exit of its own, or else it runs on into the parent's accept loop" \
			"man 2 fork, man 3 exit"
	fi
	[[ $keeps == yes ]] || return 0
	others_stand
	story expected "the child closes the listening socket before it sends"
	story got "it still has it open     (ss -ltnp shows who has)"
	fail "A child keeps the listening socket open." \
		"the child does not close its copy of the listening socket, so port 3490 stays taken as long as it lives" \
		"man 2 fork, man 2 close"
}

# bats test_tags=todo:5,points:2
@test "closes its own copy of every connection" {
	needs "$GREETS" "$FORKS" "$CHILD_ENDS"
	given_a_server
	local before after
	before=$(show sockets)
	a_client client read 1 ready read-all reset
	if ! await_within 1000 others:0 "sockets:$before" && [[ -z $ENDED ]]; then
		after=$(show sockets)
		if [[ $after == "$before" ]]; then
			story got "a child that is still there when its client has the whole greeting"
			fail "The client waits for an end of the connection that never comes." \
				"the child waits for something after it has sent the greeting (the client says nothing): it is to close the connection and to end" \
				"man 2 close, man 3 exit"
		fi
		story expected "sockets open in the server: $before, as before the client"
		story got "sockets open in the server: $after"
		fail "The client waits for an end of the connection that never comes." \
			"the parent does not close its copy of the connection, the socket that accept returned" \
			"man 2 close, man 2 fork"
	fi
	peer wait client && return
	[[ $(<"$CHECK_DIR/client.log") != *reset* ]] ||
		fail "The connection ends with a reset instead of an end." \
			"SO_LINGER with a time of 0 makes close a reset; so does closing with bytes unread" \
			"man 7 socket (SO_LINGER)"
	fail "The client does not see the end of the connection."
}

# bats test_tags=todo:6,points:2
@test "leaves no zombie, even when several children end at once" {
	needs "$GREETS" "$FORKS" "$CHILD_ENDS"
	leans_on "$CLOSES"
	given_a_server --fault send:1-5:hold
	peer start clients open 5 "$HERE" 3490 ready hold || not_accepting
	await_within $((2 * PATIENCE)) held:5 || {
		story note "five clients came at once, and not all of them had a child within four seconds"
		not_accepting "" "Clients that come at once are not served at once." \
			"the parent takes its time for each: between accept and the next accept it must not wait" "man 2 accept"
	}
	# While the server is stopped all children end: it will get one signal for them.
	launch signal program STOP
	launch release program
	await others:0 || fail "The children do not end."
	launch signal program CONT
	await zombies:0 listening:3490 && return
	zombies_left 5
}

zombies_left() {
	local left
	[[ -z $ENDED ]] || not_accepting "the handler of SIGCHLD ends the whole server"
	left=$(show zombies)
	story ran "for i in 1 2 3 4 5; do nc $HERE 3490 & done"
	story expected "no zombies"
	story got "$left zombies after $1 children     (ps shows them as <defunct>)"
	[[ $left -ne $1 ]] ||
		fail "Children that have ended stay there as zombies." \
			"nobody calls waitpid: do so when SIGCHLD comes" "man 2 waitpid (NOTES), man 7 signal"
	fail "When several children end at once, some stay there as zombies." \
		"several children that end together send one SIGCHLD: call waitpid with WNOHANG until it finds no more" \
		"man 2 waitpid, man 7 signal (Queueing)"
}

# bats test_tags=todo:6,points:1
@test "goes on when children end, when one does not, and when clients break off" {
	needs "$GREETS" "$FORKS" "$CHILD_ENDS"
	leans_on "$CLOSES" "$REAPS"
	given_a_server --fault send:1:hold --fault accept:3:ECONNABORTED
	local before
	before=$(show descriptors)
	launch signal program STOP
	peer run rude connect "$HERE" 3490 reset connect "$HERE" 3490 close || not_accepting
	launch signal program CONT
	await held:1 || goes_wrong
	peer run clients repeat 10 connect "$HERE" 3490 read 1 reset || goes_wrong
	[[ $(<"$CHECK_DIR/clients.got") == ?????????? ]] || goes_wrong
	# Nothing but its children's ends disturbs it now.
	await others:1 || goes_wrong
	launch signal program CHLD
	launch signal program CHLD
	peer run last connect "$HERE" 3490 read 1 reset || goes_wrong
	[[ -s $CHECK_DIR/last.got ]] || goes_wrong
	! grep -q "Interrupted system call" "$ERR" || interrupted
	launch release program
	await others:0 || goes_wrong
	! stands "$REAPS" || await zombies:0 || goes_wrong zombies
	! stands "$CLOSES" || await "descriptors:$before" || goes_wrong descriptors "$before"
}

goes_wrong() {
	ENDED=$(show end)
	[[ $ENDED != running ]] || ENDED=
	# While it runs, what it says of clients that broke off is chance, and no fault.
	[[ -z $ENDED ]] || first_words
	[[ $(<"$ERR") != *"Interrupted system call"* ]] || interrupted
	story note "two clients came first and broke off before they were greeted"
	if [[ -n $ENDED ]]; then
		story got "the server ended: $(words_for_end "$ENDED")"
		[[ $(<"$ERR") != *"connection abort"* ]] ||
			fail "A client that leaves before it is accepted ends the server." \
				"accept then fails with ECONNABORTED: say so and go on with the next client" \
				"man 2 accept (ERRORS)"
		fail "The server ended while it had clients." \
			"an error that concerns one client, or the end of a child, ends the whole server" \
			"man 2 accept (ERRORS)"
	fi
	if [[ ${1:-} == zombies ]]; then
		story expected "no zombies"
		story got "zombies: $(show zombies)     (ps shows them as <defunct>)"
		fail "The first children are reaped, later ones stay there as zombies." \
			"the handler of SIGCHLD works for the first child only: signal may take it away again when it is called (so does SA_RESETHAND); sigaction keeps it" \
			"man 2 signal (Portability), man 2 sigaction"
	fi
	if [[ ${1:-} == descriptors ]]; then
		story expected "descriptors open in the server: $2, as before the clients"
		story got "descriptors open in the server: $(show descriptors)"
		fail "Descriptors stay open after clients that broke off." \
			"on the way out of an error the connection is not closed" "man 2 close"
	fi
	story note "a first client's greeting is held up, its child waits"
	fail "As long as one child is busy, other clients are not greeted." \
		"waitpid without WNOHANG waits for the child that is not finished" "man 2 waitpid (WNOHANG)"
}

# ------------------------------------------------------------- beyond the lab

# bats test_tags=todo:2,stretch
@test "one server answers both IPv4 and IPv6 clients" {
	needs "$EVERYWHERE" "$WALKS" "$GREETS" "$FORKS"
	has_ipv6 || cannot_judge "$NO_IPV6"
	given_a_server
	local address
	for address in 127.0.0.1 ::1; do
		peer run client connect "$address" 3490 read 1 reset 2>/dev/null &&
			[[ -s $CHECK_DIR/client.got ]] && continue
		story ran "nc $address 3490          (in a second terminal)"
		story got "$(tail -n 1 "$CHECK_DIR/client.log")"
		fail "A client at $address is not answered." \
			"an IPv6 socket bound to :: with IPV6_V6ONLY off takes both families" "man 7 ipv6 (IPV6_V6ONLY)"
	done
}

# bats test_tags=todo:5,stretch
@test "turns a client away when fork fails, and says so" {
	needs "$GREETS" "$FORKS" "$CLOSES"
	given_a_server --fault fork:1:EAGAIN
	story note "here the first fork was made to fail"
	local turned=0
	peer run one connect "$HERE" 3490 read-all reset || turned=$?
	[[ $turned -lt 2 ]] || fail "fork failed, and the client waits for ever." \
		"close the connection when fork returns -1" "man 2 fork (RETURN VALUE)"
	await $'err:\n' || fail "fork failed, and nobody was told." \
		"fork returns -1 when it fails: say why with perror" "man 2 fork (RETURN VALUE)"
	[[ $(show end) == running ]] || fail "fork failed, and the whole server ended." \
		"that fork fails concerns this one client: close its connection and go on with the next" "man 2 fork (ERRORS)"
	a_client two ready read 1 reset
	peer wait two && [[ -s $CHECK_DIR/two.got ]] || not_accepting
}

# bats test_tags=todo:4,stretch
@test "rests when it is out of descriptors, and goes on later" {
	needs "$GREETS" "$FORKS" "$CHILD_ENDS" "$CLOSES"
	given_a_server
	launch descriptors program none
	story note "here the server was given no more descriptors, and two clients came"
	# One that ends may do so before the second client has come.
	if ! peer start clients open 2 "$HERE" 3490 ready hold 2>/dev/null; then
		await end || not_accepting
		ENDED=$(<"$CHECK_DIR/program.end")
	fi
	if [[ -n $ENDED ]] || await_within 80 cpu:40 || [[ -n $ENDED ]]; then
		[[ $ENDED != exit* ]] || fail "The server ended when it was out of descriptors." \
			"accept fails with EMFILE until a descriptor is closed: wait a little and try again" \
			"man 2 accept (EMFILE)"
		fail "Out of descriptors, the server keeps a processor busy for nothing." \
			"accept fails at once (EMFILE), again and again: wait a little before the next try" \
			"man 2 accept (EMFILE)"
	fi
	launch descriptors program enough
	a_client two ready read 1 reset
	peer wait two && [[ -s $CHECK_DIR/two.got ]] || not_accepting
}

# bats test_tags=todo:3,stretch
@test "ends in order on SIGTERM and SIGINT" {
	needs "$GREETS"
	local signal
	for signal in TERM INT; do
		given_a_server
		peer run client connect "$HERE" 3490 read 1 reset || not_accepting
		launch signal program "$signal"
		story ran "kill -$signal PID"
		await end || fail "The server does not end on SIG$signal."
		ENDED=$(show end)
		expect_status 0 "SIG$signal does not end the server in order." \
			"catch the signal with sigaction, leave the accept loop, return 0 from main" \
			"man 2 sigaction"
		launch stop program
		STORY=()
	done
}

# bats test_tags=todo:5,stretch
@test "stands a crowd of clients while twenty children are stuck" {
	needs "$BACKLOG" "$GREETS" "$FORKS" "$CHILD_ENDS" "$CLOSES" "$REAPS" "$GOES_ON"
	given_a_server --fault send:1-20:hold
	story note "twenty clients do not read, and thirty others come"
	peer start --within 20000 stuck open 10 "$HERE" 3490 ready hold || crowded
	await held:10 || crowded
	peer start --within 20000 more open 10 "$HERE" 3490 ready hold || crowded
	await held:20 || crowded
	peer run crowd repeat 3 burst 10 "$HERE" 3490 || crowded
	[[ $(grep -c . "$CHECK_DIR/crowd.got") -eq 30 ]] || crowded
	await others:20 zombies:0 || fail "Some children of the crowd are still there."
}

crowded() {
	story note "$(show others) children are at work"
	not_accepting "" "With many children at work, other clients are not greeted." \
		"the server waits for a child at some number of them, or cannot have more"
}
