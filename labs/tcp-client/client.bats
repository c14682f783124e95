# Lab 2: a TCP client that shows the greeting of a server.
# shellcheck disable=SC2030,SC2031,SC2034 # a check runs in a subshell; lib.bash reads what it sets
load ../lib
load client

readonly USAGE="says how it is used, unless it gets one argument"
readonly LOOKS_UP="says why the host cannot be looked up"
readonly CONNECTS="connects to port 3490 of the host"
readonly GIVES_UP="gives up with 'client: failed to connect' and status 2"
readonly WALKS="goes through the addresses of a host until one answers"
readonly NAMES_ADDRESS="names the address that answered"
readonly SHOWS="shows exactly what the server says"
readonly ENDS_WELL="ends with status 0 when it has shown the reply"

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
	gets_past "$USAGE"
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
	gets_past "$USAGE" "$LOOKS_UP"
	serve server 127.0.0.1 send "Hello, $SEED!" close
	run_program -- 127.0.0.1
	came server 127.0.0.1 && return
	never_came 127.0.0.1
}

# bats test_tags=todo:3,points:2
@test "gives up with 'client: failed to connect' and status 2" {
	gets_past "$USAGE" "$LOOKS_UP" "$CONNECTS"
	leans_on "$CONNECTS"
	nobody_listens 127.0.0.1
	HANGS="Nobody listens at 127.0.0.1, and the program does not give up."
	ON_HANG="why it_does_not_give_up"
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
		why not_walked
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
	gets_past "$NAMES_ADDRESS"
	leans_on "$NAMES_ADDRESS"
	peer start --within 30000 server listen ::1 3490 ready accept send "Hello, $SEED!" close || {
		has_ipv6 || cannot_judge "$NO_IPV6"
		no_port 3490
	}
	run_program -- ::1
	came server ::1 || never_came ::1
	shows_address ::1
}

# ------------------------------------------------------------------- TODO 5: the reply

# bats test_tags=todo:5,points:2
@test "shows exactly what the server says" {
	needs "$CONNECTS"
	gets_past "$NAMES_ADDRESS"
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
	gets_past "$NAMES_ADDRESS" "$SHOWS"
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
	gets_past "$NAMES_ADDRESS" "$SHOWS"
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
