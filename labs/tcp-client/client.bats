# Lab 2: a TCP client that shows the greeting of a server.
# shellcheck disable=SC2030,SC2031,SC2034 # a check runs in a subshell; lib.bash reads what it sets
load ../lib

readonly CONNECTS="connects to port 3490 of the host"
readonly GIVES_UP="gives up with 'client: failed to connect' and status 2"
readonly WALKS="goes through the addresses of a host until one answers"
readonly NAMES_ADDRESS="names the address that answered"
readonly SHOWS="shows exactly what the server says"
readonly ENDS_WELL="ends with status 0 when it has shown the reply"

# serve NAME ADDR ACTION... : a server on ADDR, port 3490, that takes one connection and
# does that.
serve() {
	local name=$1 address=$2
	shift 2
	# For longer than any program is waited for: who holds on must not be the first to go.
	peer start --within 30000 "$name" listen "$address" 3490 ready accept "$@" || no_port 3490
}

# came NAME ADDR : did the program connect to that server, which closes after sending?
# Connections are taken in the order in which they came: if the server takes one that
# is made now, nobody was there before.
came() {
	[[ $(<"$CHECK_DIR/$1.log") != *accepted* ]] || return 0
	! peer run probe connect "$2" 3490 read-all 2>/dev/null
}

# nobody_listens ADDR : makes sure of it, where the network is not the check's own.
nobody_listens() {
	[[ $LAB_ISOLATION == enforced ]] || peer run probe listen "$1" 3490 || no_port 3490
}

# given_a_host NAME ADDR... : a name with these addresses, tried in this order. In a
# cell it stands in the hosts file, for every way to look a name up.
given_a_host() {
	local name=$1 IFS=, all
	shift
	all="$*"
	story note "here the host '$name' has the address$([[ $# -eq 1 ]] || printf 'es') ${all//,/, }"
	NAMES=()
	if [[ $LAB_ISOLATION == enforced ]]; then
		printf '127.0.0.1 localhost\n::1 localhost\n' >"$CHECK_DIR/hosts"
		printf "%s $name\n" "$@" >>"$CHECK_DIR/hosts"
	else
		NAMES=(--names "$name=$*")
	fi
}

# found : could the program find the host? Without a cell it is there for getaddrinfo
# alone, which notes that it was asked.
found() { [[ $LAB_ISOLATION == enforced ]] || grep -q '^look-up' "$CHECK_DIR/program.record"; }

# To the eye of getaddrinfo all three are as far from 127.0.0.1, so that it keeps their
# order: RFC 6724, rule 9.
readonly THREE=(127.0.0.7 127.0.0.5 127.0.0.6)

# What people get wrong before they reach a server, as far as the program's own words
# tell it. Sets CAUSE.
why_not_there() {
	local said
	said=$(<"$ERR")
	CAUSE=
	case $said in
	*"Bad value for ai_flags"*)
		CAUSE="hints holds whatever was in memory: set all of it to zero first" ;;
	*"Address family for hostname not supported"*)
		CAUSE="hints.ai_family asks for the other family only: AF_UNSPEC takes both" ;;
	*"Servname not supported"*)
		CAUSE="the second argument of getaddrinfo is the port, as a string: \"3490\"" ;;
	*"getaddrinfo: "*)
		CAUSE="getaddrinfo finds the host if it is given the name as it was typed, and hints that ask for AF_UNSPEC, SOCK_STREAM and nothing else (no AI_NUMERICHOST)" ;;
	*"client: connect: Connection refused"*)
		CAUSE="it connects to another port or address; the list has both right if getaddrinfo was given the host and \"3490\""
		! swapped || CAUSE="it connects to port 41485, which is 3490 with its bytes swapped: htons" ;;
	*"client: connect: Invalid argument"*)
		CAUSE="the length of the address is not right: pass ai_addrlen, and not the size of a pointer" ;;
	*"client: connect: Bad file descriptor"*)
		CAUSE="the descriptor that socket returned is not the one given to connect" ;;
	esac
}

# Does it connect to 127.0.0.1 at the port that comes of a forgotten htons?
swapped() {
	peer start swapped listen 127.0.0.1 41485 ready accept close 2>/dev/null &&
		launch run --within "$PATIENCE" swapped -- "$PROGRAM" 127.0.0.1
	[[ $(<"$CHECK_DIR/swapped.log") == *accepted* ]]
}

# ends SYMPTOM CAUSE : the program that was started ends by itself.
ends() {
	await end || {
		note_hang
		fail "$@"
	}
	ENDED=$(<"$CHECK_DIR/program.end")
}

# shows_reply TEXT SYMPTOM [CAUSE] : the line for a reply stands on standard output,
# whatever else does.
shows_reply() {
	local line="client: received '$1'"
	expect lines "$OUT" "$line"$'\n' >/dev/null && return
	READ="man 2 recv, RETURN VALUE"
	CAUSE=${3:-}
	[[ -n $CAUSE ]] || why_not_shown "$1" "$line"
	# From there on, if it is there at all: the text may have lines of its own.
	sed -n '/client: received/,$p' "$OUT" >"$CHECK_DIR/reply"
	[[ ! -s $CHECK_DIR/reply ]] || expect_file is "$CHECK_DIR/reply" "$line"$'\n' "$2" "$CAUSE" "$READ"
	expect_line "$line" "$2" "$CAUSE" "$READ"
}

# why_not_shown TEXT LINE : what people get wrong between receiving TEXT and printing
# LINE. Sets CAUSE and READ.
why_not_shown() {
	local line=$2 said shown
	said=$(tr '\0' '?' <"$OUT")
	shown=${said##*"client: received '"}
	shown=${shown%%\'*}
	why_not_there
	if [[ $said == *"${line%\'}"?* && $said != *"$line"* ]]; then
		CAUSE="recv does not put a NUL behind what came, and printf reads on until it finds one: reply[n] = '\\0', n being what recv returned"
		READ="man 2 recv, RETURN VALUE; man 3 printf, %s"
		replay_sanitized
	elif [[ $(<"$ERR") == *"$line"* ]]; then
		CAUSE="it is said on standard error: what the program is for belongs on standard output"
		READ="man 3 printf, fprintf"
	elif [[ $said == *"$line"* ]]; then
		CAUSE="something stands before or behind it in the same line"
		[[ $said != *"$line" ]] || CAUSE="the newline at the end of the line is missing"
		READ="man 3 printf"
	elif [[ $(<"$ERR") == *"recv: Resource temporarily unavailable"* ]]; then
		CAUSE="the reply takes a while, and the program does not wait: recv on a socket that does not block"
	elif [[ -n $shown && $1 == "$shown"* ]]; then
		CAUSE="recv was asked for ${#shown} bytes only: give it the size of the array less one (sizeof of a pointer is 8)"
	elif [[ -n $1 && $said == *"received"*"$1"* ]]; then
		CAUSE="the text has come; the words around it are not these"
		READ="man 3 printf"
	elif [[ -z $CAUSE && $said != *received* && $ENDED == "exit 0" ]]; then
		CAUSE="it ends before it has received anything, or does not print what came"
	fi
}

# on_stderr is|lines|match EXPECTED SYMPTOM [CAUSE [READ]] : as expect_file for standard
# error, and knows the words if they went to the other stream.
on_stderr() {
	local how=$1 expected=$2
	shift 2
	expect "$how" "$ERR" "$expected" >/dev/null && return
	! expect "$how" "$OUT" "$expected" >/dev/null || set -- "$1" \
		"the words are there, but on standard output; what went wrong is said on standard error" \
		"man 3 stderr; man 3 perror"
	expect_file "$how" "$ERR" "$expected" "$@"
}

# said KEY FILE : what the program said there, line by line, for the story.
said() { [[ ! -s $2 ]] || STORY+=("$(expect show-lines "$1" "$2")"); }

# ------------------------------------------------------------------- TODO 1: arguments

# bats test_tags=todo:1,points:2
@test "says how it is used, unless it gets one argument" {
	run_program --
	expect_usage "Without an argument the program does not say how it is used."
	STORY=()
	nobody_listens 127.0.0.1
	run_program -- 127.0.0.1 127.0.0.1
	expect_usage "With two arguments the program does not say how it is used." \
		"it asks whether there are too few arguments, not whether there are too many"
}

expect_usage() {
	on_stderr lines $'usage: client hostname\n' "$1" \
		"${2:-argc is 1 when there is no argument: the name of the program counts}" \
		"labs/tcp-client/README.md, What the program must do"
	expect_status 1 "The usage is shown, but the exit status does not say that something is wrong." \
		"after the usage the program ends with 1: exit(1), or return 1 from main" "man 3 exit"
}

# --------------------------------------------------------------------- TODO 2: look-up

# bats test_tags=todo:2,points:2
@test "says why the host cannot be looked up" {
	CRASH_LIKELY="the value that getaddrinfo returns is not looked at: if it is not 0, there is no list"
	run_program -- a..b
	on_stderr match "getaddrinfo: .+" \
		"There is no host a..b, and the program does not say why it cannot be looked up." \
		"the value that getaddrinfo returns is not looked at, or not printed with gai_strerror" \
		"man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The look-up failed, and the exit status is not the one for that." \
		"after the message the program ends with 1: exit(1), or return 1 from main" "man 3 exit"
	case $(<"$ERR") in
	"getaddrinfo: Success" | "getaddrinfo: Invalid argument" | "getaddrinfo: No such file"*)
		tell "getaddrinfo does not set errno: gai_strerror has words for what it returns" ;;
	esac
}

# --------------------------------------------------------------------- TODO 3: connect

# bats test_tags=todo:3,points:1
@test "connects to port 3490 of the host" {
	serve server 127.0.0.1 send "Hello, $SEED!" close
	run_program -- 127.0.0.1
	came server 127.0.0.1 && return
	never_came 127.0.0.1
}

never_came() {
	why_not_there
	story expected "a connection to $1, port 3490"
	said got "$ERR"
	fail "A server listens on $1, port 3490, and the program never connects to it." \
		"$CAUSE" "man 2 connect; man 3 getaddrinfo, EXAMPLES"
}

# bats test_tags=todo:3,points:2
@test "gives up with 'client: failed to connect' and status 2" {
	leans_on "$CONNECTS"
	nobody_listens 127.0.0.1
	HANGS="Nobody listens at 127.0.0.1, and the program does not give up."
	ON_HANG=why_it_does_not_give_up
	run_program -- 127.0.0.1
	local cause="nothing is said after the last address of the list"
	[[ $ENDED == "exit 2" || $(<"$ERR") != *"client: connect:"* ]] ||
		cause="the first address that does not answer ends the program; go on with the next one, and speak after the last"
	[[ $(<"$OUT") != *"client: connecting to"* ]] ||
		cause="what connect returns is not looked at: -1 says that it failed"
	gives_up "Nobody listens at 127.0.0.1, and the program does not say that it failed to connect." "$cause"
	STORY=()
	run_program --fault "socket:*:EMFILE" -- 127.0.0.1
	story note "here every socket call was made to fail with EMFILE"
	gives_up "No socket can be made, and the program does not say that it failed to connect." \
		"a socket that cannot be made is one more address that fails: go on with the next one"
}

why_it_does_not_give_up() {
	HANGS_CAUSE="it tries the same address again and again; one attempt is enough, and then the next address"
	if [[ $(<"$OUT") == *"client: connecting to"* ]]; then
		HANGS_CAUSE="connect succeeded although nobody is there, so it was a datagram socket: hints.ai_socktype is not SOCK_STREAM"
		said "note: on standard output" "$OUT"
	fi
	said "note: on standard error" "$ERR"
}

gives_up() {
	on_stderr lines $'client: failed to connect\n' "$1" "$2" "man 2 connect, RETURN VALUE"
	expect_status 2 "The program failed to connect, and the exit status is not the one for that." \
		"2 says that no address answered; 1 is for wrong usage, look-ups and receiving"
}

# bats test_tags=todo:3,points:2
@test "goes through the addresses of a host until one answers" {
	needs "$CONNECTS"
	needs_end "$GIVES_UP"
	leans_on "$GIVES_UP"
	# A socket is of one family: the first address is of the other.
	given_a_host several ::1 "${THREE[@]}"
	serve second "${THREE[1]}" send "second" close
	serve third "${THREE[2]}" send "third" close
	story note "nobody listens on the first two of them, servers do on the others"
	run_program "${NAMES[@]}" -- several
	if ! came second "${THREE[1]}"; then
		found || cannot_judge "without user namespaces a host with several addresses exists" \
			"only for programs that call getaddrinfo"
		story expected "a connection to ${THREE[1]}"
		! came third "${THREE[2]}" ||
			fail "The third address answers, and the program connects to the fourth." \
				"the list is not followed in its order: p = p->ai_next, from the first entry on"
		said got "$ERR"
		why_not_there
		[[ $(<"$ERR") != *"getaddrinfo: "* ]] ||
			fail "There is a host 'several', and the program does not find it." "$CAUSE" "man 3 getaddrinfo"
		local cause="the loop does not go on after a failure: continue with the next entry, p->ai_next"
		[[ $(<"$ERR") != *"Address family not supported"* && $(<"$ERR") != *"Invalid argument"* ]] ||
			cause="one socket is used for addresses of both families: make a new one for every entry, with its ai_family"
		fail "Two addresses of the host do not answer, and the program never gets to the third, which does." \
			"$cause" "man 3 getaddrinfo, EXAMPLES"
	fi
	if came third "${THREE[2]}"; then
		story expected "one connection, to ${THREE[1]}"
		story got "connections to ${THREE[1]} and ${THREE[2]}"
		fail "The third address answered, and the program connected to the fourth as well." \
			"nothing leaves the loop when connect has succeeded" "man 3 getaddrinfo, EXAMPLES"
	fi
	[[ $(<"$OUT") != *"client: connecting to "@(::1|"${THREE[0]}")* ]] || {
		story expected "client: connecting to ${THREE[1]}, and no other such line"
		said got "$OUT"
		fail "The program says that it is connecting to an address that did not answer." \
			"the line is for the entry that answered: print it when connect has succeeded, and not from the head of the list"
	}
}

# bats test_tags=todo:3,points:1
@test "says for every address why it did not answer" {
	needs "$WALKS"
	given_a_host several "${THREE[@]}"
	nobody_listens 127.0.0.7
	run_program "${NAMES[@]}" -- several
	local reasons
	reasons=$(grep -acE '^client: (connect|socket): .+' "$ERR") || true
	[[ $reasons -lt 3 ]] || return 0
	story expected "three lines: client: connect: REASON"
	said got "$ERR"
	local cause="each failure is worth a line: perror(\"client: connect\")"
	[[ $reasons -eq 0 ]] ||
		cause="not every entry of the list is tried, or not every failure gets its line: p = p->ai_next once a turn"
	[[ $(grep -acE '^client: (connect|socket): .+' "$OUT") -lt 3 ]] ||
		cause="the lines are there, but on standard output; what went wrong is said on standard error"
	fail "None of three addresses answers, and the program does not give a reason for each." \
		"$cause" "man 3 perror"
}

# ----------------------------------------------------------------- TODO 4: the address

# bats test_tags=todo:4,points:1
@test "names the address that answered" {
	needs "$CONNECTS"
	leans_on "$WALKS"
	local address=127.0.0.$((RANDOM % 200 + 20))
	given_a_host somewhere "$address"
	serve server "$address" send "Hello, $SEED!" close
	# The list is watched: used after it was freed, it is of no use, whatever the luck of
	# the day. The sanitizers see that for themselves.
	[[ -n ${SANITIZED:-} ]] || NAMES+=(--record)
	CRASH_LIKELY="the address is not read from the entry that answered, or after freeaddrinfo, which comes after the last use of the list"
	run_program "${NAMES[@]}" -- somewhere
	found || run_program -- "$address"
	shows_address "$address"
}

# bats test_tags=todo:4,points:2
@test "reaches a host by IPv6 and names its address" {
	needs "$CONNECTS"
	leans_on "$NAMES_ADDRESS"
	peer start --within 30000 server listen ::1 3490 ready accept send "Hello, $SEED!" close || {
		has_ipv6 || cannot_judge "$NO_IPV6"
		no_port 3490
	}
	run_program -- ::1
	came server ::1 || never_came ::1
	shows_address ::1
}

shows_address() {
	local said
	expect lines "$OUT" "client: connecting to $1"$'\n' >/dev/null && return
	said=$(grep -a "client: connecting to" "$OUT") || said=
	why_not_there
	case $said in
	*"connecting to somewhere") CAUSE="that is the host's name as it was typed; its address is in the list" ;;
	*"to 2.0.13.162"* | *"to a00:da2:"* | *"to 200:da2:"*)
		CAUSE="inet_ntop was given the whole socket address; it takes the address within: sin_addr, or sin6_addr" ;;
	*"to 0.0.0.0" | *"to ::")
		CAUSE="the address was read as one of the other family: ai_family says which it is" ;;
	*"to $1"?*) CAUSE="something stands behind the address" ;;
	*"to "*) CAUSE="the address is not read from the entry that answered, or not in its family, or after freeaddrinfo" ;;
	*) [[ $(<"$ERR") != *"client: connecting to"* ]] ||
		CAUSE="it is said on standard error: what the program is for belongs on standard output" ;;
	esac
	READ="man 3 inet_ntop; man 3 getnameinfo, NI_NUMERICHOST"
	[[ $CAUSE != *"is not read from"* ]] || replay_sanitized
	[[ ${REPORT:-} != *use-after-free* ]] ||
		CAUSE="the list is used after it was freed: freeaddrinfo comes after its last use"
	expect_line "client: connecting to $1" \
		"The program does not name the address that answered, $1." "$CAUSE" "$READ"
}

# ------------------------------------------------------------------- TODO 5: the reply

# bats test_tags=todo:5,points:2
@test "shows exactly what the server says" {
	needs "$CONNECTS"
	local text
	text="Hello, $(random_text 9)!"
	# The server takes its time: until somebody waits for what it says.
	serve server 127.0.0.1 pause send "$text" close
	story sent "$text"
	start_program -- 127.0.0.1
	await_within 500 receiving:3490 || true
	peer go server
	ends "The server has spoken and ended, and the program has not." \
		"it waits for more than there will ever be, or does not see the end, for which recv returns 0"
	shows_reply "$text" "The program does not show the reply of the server."
}

# bats test_tags=todo:5,points:1
@test "ends with status 0 when it has shown the reply" {
	needs "$SHOWS"
	serve server 127.0.0.1 send "Hello, $SEED!" close
	run_program -- 127.0.0.1
	expect_status 0 "All went well, and the exit status does not say so." \
		"what main returns is the status: 0, and nothing else, says that all went well" "man 3 exit"
	# Once more, with somebody who watches over the list of addresses.
	serve watched 127.0.0.2 send "Hello, $SEED!" close
	run_program --record -- 127.0.0.2
	tell_about_addresses
}

# bats test_tags=todo:5,points:1
@test "shows an empty reply as ''" {
	needs "$SHOWS"
	serve server 127.0.0.1 close
	story sent "nothing, and then the end of the stream"
	run_program -- 127.0.0.1
	shows_reply "" "The server ends without a word, and the program does not show an empty reply." \
		"recv returns 0 when the stream has ended: that is no error, and there is a reply of no bytes to show"
	! stands "$ENDS_WELL" ||
		expect_status 0 "An empty reply is a reply, and the exit status does not say that all went well."
}

# bats test_tags=todo:5,points:1
@test "shows the first 99 bytes of a longer reply, and waits for no more" {
	needs "$SHOWS"
	local text cause=
	text=$(random_text 70)
	text+=${text:3:50}
	# In one segment, so that a single recv finds all of it. The server holds on: who has
	# 99 bytes has no reason to wait.
	serve server 127.0.0.1 send "$text" hold
	story sent "$text"
	story note "the server sent ${#text} bytes at once and then kept the connection open"
	HANGS="The server has sent more than 99 bytes, and the program still waits for more."
	HANGS_CAUSE="it reads until the stream ends, or (MSG_WAITALL) until more bytes have come than it needs; 99 are a reason to stop"
	run_program -- 127.0.0.1
	[[ $(tr '\0' '?' <"$OUT") != *"received '${text:0:20}"* ]] ||
		cause="it receives less than there is room for: 99 bytes, and the NUL behind them, fit an array of 100"
	[[ $(tr '\0' '?' <"$OUT") != *"received '${text:0:100}"* ]] ||
		cause="of 100 bytes in the array the last is for the NUL: recv(fd, reply, sizeof reply - 1, 0)"
	shows_reply "${text:0:99}" \
		"The server said more than 99 bytes, and the program does not show the first 99." "$cause"
}

# bats test_tags=todo:5,points:1
@test "shows percent signs and newlines as they came" {
	needs "$SHOWS"
	local text
	text="100 %s %n %d%% $(random_text 5 1)"$'\n'"of $(random_text 5 2)"
	CRASH_LIKELY="the reply is given to printf as its format, which then looks for arguments to %s and %n: printf(\"client: received '%s'\\n\", reply)"
	serve server 127.0.0.1 send "$text" close
	story sent "${text/$'\n'/\\n}"
	run_program -- 127.0.0.1
	local cause=$CRASH_LIKELY
	[[ $(tr '\0' '?' <"$OUT") != *"received '${text%$'\n'*}"?(\'|$'\n'\')* ]] ||
		cause="it reads as far as the first newline; a reply need not be one line"
	shows_reply "$text" "The reply holds percent signs and a newline, and is not shown as it came." "$cause"
}

# bats test_tags=todo:5,points:1
@test "says why it cannot receive when the server resets" {
	needs "$CONNECTS"
	serve server 127.0.0.1 pause reset
	story note "the server accepted the connection and then reset it"
	start_program -- 127.0.0.1
	# A reset before connect returned would be a failure of connect.
	await_within 500 receiving:3490 || true
	peer go server
	ends "The connection was reset, and the program does not end." \
		"recv returned -1, and the program called it again"
	local cause="what recv returns is not looked at: -1 says that it failed"
	[[ $(tr '\0' '?' <"$OUT") != *"client: received"* ]] ||
		cause="recv returned -1, and the program takes that for a reply"
	on_stderr match "recv: .+" "The server reset the connection, and the program does not say why it cannot receive." \
		"$cause" "man 2 recv, RETURN VALUE; man 3 perror"
	expect_status 1 "Receiving failed, and the exit status is not the one for that." \
		"after the message the program ends with 1: exit(1), or return 1 from main" "man 3 exit"
}

# --------------------------------------------------------------------------- stretch

# bats test_tags=todo:5,stretch
@test "shows a reply whole that comes in two pieces" {
	needs "$SHOWS"
	local one two
	one="Hello, $(random_text 5 1)" two=" and $(random_text 5 2)!"
	serve server 127.0.0.1 send "$one" pause send "$two" close
	story sent "$one"
	story sent "$two, when the first piece had been read"
	start_program -- 127.0.0.1
	# Only then, and when the first piece has been read, the second is sent.
	peer await server paused || true
	await receiving:3490 || true
	peer go server
	ends "The server has ended, and the program has not." \
		"recv returns 0 at the end of the stream, and the program does not see it"
	expect_line "client: received '$one$two'" "A reply that comes in two pieces is not shown whole." \
		"recv returns what is there, not what was sent: call it until it returns 0 or the buffer is full" \
		"man 2 recv; man 7 tcp"
}

# bats test_tags=todo:3,stretch
@test "keeps no socket of an attempt that failed" {
	needs "$WALKS"
	leans_on "$SHOWS"
	given_a_host several "${THREE[@]}"
	serve server "${THREE[2]}" pause send "Hello, $SEED!" close
	story note "nobody listens on the first two of them"
	start_program "${NAMES[@]}" -- several
	await receiving:3490 || fail "The program does not wait for the reply of the third address."
	local sockets
	sockets=$(show sockets)
	[[ $sockets -ne 1 ]] || return 0
	story expected "1 socket, the connection"
	story got "$sockets sockets"
	fail "The program still has the sockets of the attempts that failed." \
		"close the socket when connect has failed, before the next address" "man 2 close"
}

# bats test_tags=todo:5,stretch
@test "makes no memory error and leaks nothing" {
	needs "$SHOWS"
	needs_end "$GIVES_UP"
	has_sanitized || cannot_judge "this compiler has no sanitizers"
	# shellcheck disable=SC2034 # run_program reads it
	local PROGRAM=$PROGRAM_SAN SANITIZED=yes text
	text=$(random_text 60)
	serve server 127.0.0.1 send "$text$text" close
	story sent "120 letters and digits"
	run_program -- 127.0.0.1
	is_clean
	STORY=()
	nobody_listens 127.0.0.2
	run_program -- 127.0.0.2
	is_clean
}

is_clean() {
	local report
	report=$(sanitizer_report "$ERR")
	[[ -n $report ]] || return 0
	! grep -q "has encountered a fatal error" "$ERR" ||
		cannot_judge "the leak sanitizer does not work here"
	story got "$report"
	story note "run the command yourself to see their whole report"
	local cause=
	case $report in
	*leak*) cause="memory was never given back: the list that getaddrinfo made goes to freeaddrinfo on every way out" ;;
	*use-after-free*) cause="memory is used after it was freed: freeaddrinfo comes after the last use of the list" ;;
	*double*) cause="the same list was freed twice" ;;
	*overflow* | *"out of bounds"*) cause="more bytes are used than the array has; behind 100 bytes there is no room for a NUL" ;;
	esac
	fail "The sanitizers found a fault in the program." "$cause"
}
