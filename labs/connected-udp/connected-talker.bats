# Lab 5: a talker on a connected UDP socket.
load ../lib
load ../talkers

TALKER=connected-talker SEND=send
HANGS="The talker does not end by itself."
HANGS_CAUSE="recv waits for ever unless it is told not to: setsockopt with SO_RCVTIMEO, or poll"

readonly LOOKS_UP="says why a host cannot be looked up"
readonly IPV6_ONLY=$LOOKS_UP
readonly CONNECTS="says that no address could be connected to"
readonly CONNECTED_TO="says to which address it is connected"
readonly ARRIVES="its message arrives on port 4950 of the host"
readonly BYTES="sends the bytes of the message, no more and no fewer"
readonly ANSWER="shows the answer"
readonly ONLY="hears only the address it is connected to"
readonly NOBODY="says that nobody is there"
readonly WAITS="waits a second for an answer, then says that there is none"

# One run has to wait a second for an answer that never comes. It begins here, in a
# network of its own, and the last check looks what became of it.
setup_file() {
	[[ $LAB_ISOLATION == enforced ]] || return 0
	export SILENT=$TMPDIR/silent
	mkdir "$SILENT"
	# Whatever goes wrong here is seen there. Bats waits for who has its descriptors.
	CHECK_DIR=$SILENT peer start far bind ::1 4950 ready receive hold 2>/dev/null || true
	CHECK_DIR=$SILENT launch start --life "$PATIENCE" program -- "$PROGRAM" ::1 hello 2>/dev/null || true
}

# bats test_tags=todo:1,points:1
@test "says how it is used unless it gets two arguments" {
	expect_usage
	expect_usage ::1
	expect_usage ::1 "$(random_text 5)" "$(random_text 5)"
}

# bats test_tags=todo:1,points:2
@test "says why a host cannot be looked up" {
	expect_look_up_to_fail "$(random_text 4)..$(random_text 4)"
	expect_ipv6_only
}

# bats test_tags=todo:2,points:1
@test "says that it could not create a socket" {
	expect_no_socket
}

# bats test_tags=todo:2,points:2
@test "says that no address could be connected to" {
	local never=
	given_a_listener ::1 answer hello
	start_program --record --fault "connect:*:ENETUNREACH" -- ::1 "$(random_text 5)"
	await end || [[ -n $ENDED ]] || { note_hang; fail "$HANGS" "$HANGS_CAUSE"; }
	ENDED=$(<"$CHECK_DIR/program.end")
	if [[ $(show calls:connect) -eq 0 ]]; then
		never="the socket is never connected: connect is not called"
		why_no_way "The talker does not get as far as to connect its socket." ::1 hello
	fi
	story note "here every call of connect was made to fail with ENETUNREACH"
	expect_err_match "connected-talker: failed to connect" \
		"No address can be connected to, and the talker does not say so." \
		"${never:-$(why_unsaid "connected-talker: failed to connect" "what connect returns is not checked")}" \
		"man 2 connect, RETURN VALUE"
	[[ $(<"$OUT") != *"connected to "* ]] ||
		fail "No address could be connected to, and the talker says that it is connected." \
			"\"connected to ADDR\" is printed before connect has returned 0"
	expect_status 2 "No address can be connected to, and the exit status is not the one for that." \
		"after \"connected-talker: failed to connect\" the program ends with status 2"
}

# bats test_tags=todo:3,points:1
@test "says to which address it is connected" {
	given_a_listener ::1 answer hello
	run_program --record -- 0:0:0:0:0:0:0:1 "$(random_text 5)"
	if [[ $(<"$OUT") != *"connected to "* ]]; then
		LEANS_ON=("$CONNECTS")
		why_no_way "The talker does not get connected to ::1." 0:0:0:0:0:0:0:1 hello
	fi
	expect_line "connected-talker: connected to ::1" \
		"The talker does not say to which address it is connected." \
		"$(why_other_address)" \
		"man 3 getnameinfo, NI_NUMERICHOST; man 3 inet_ntop"
}

# What is wrong about the line that names the address?
why_other_address() {
	case $(<"$OUT") in
	*"connected to 0:0:0:0:0:0:0:1"*) echo "ADDR is the numeric address that was found, not the host as typed" ;;
	*"connected to a00:1356:"* | *"connected to 10.0.19.86"* | *"connected to 19.86."* | *"connected to 0.0.0.0"*)
		echo "these are other bytes of the socket address: inet_ntop wants those of sin6_addr" ;;
	*) echo "the line is \"connected-talker: connected to ADDR\", on standard output" ;;
	esac
}

# bats test_tags=todo:4,points:1
@test "its message arrives on port 4950 of the host" {
	LEANS_ON=("$CONNECTS" "$CONNECTED_TO")
	expect_arrival
}

# bats test_tags=todo:4,points:1
@test "sends the bytes of the message, no more and no fewer" {
	needs "$ARRIVES"
	NOT_SENT_CAUSE="an empty message is one, too: a datagram may carry 0 bytes"
	sends_each "$(random_text 2)" "$(random_text 8)" "$(random_text 17)%s%n" "$(random_text 99)" ""
}

# bats test_tags=todo:4,points:1
@test "says why a message could not be sent" {
	needs "$BYTES"
	given_too_long_a_message
	expect_failed_send
	expect_no_claim
}

# bats test_tags=todo:4,points:1
@test "says how many bytes it sent" {
	needs "$BYTES"
	local message length=$((10 + RANDOM % 80))
	message="$(random_text $length)äöü"
	given_a_listener ::1 answer hello
	run_program --record -- 0:0:0:0:0:0:0:1 "$message"
	expect_sent 0:0:0:0:0:0:0:1 "$message" "The talker does not say how many bytes it sent to whom."
	tell_about_addresses
}

# bats test_tags=todo:5,points:2
@test "shows the answer" {
	needs "$ARRIVES"
	local answer length=$((10 + RANDOM % 80))
	answer=$(random_text $length)
	given_a_listener ::1 answer "$answer"
	run_program -- ::1 "$(random_text 5)"
	story sent "the answer $answer"
	for_lack_of_patience
	expect_line "connected-talker: received \"$answer\"" "The talker does not show the answer it got." \
		"$(why_not_shown "$answer")" "man 2 recv"
	expect_status 0 "The answer was shown, and the exit status says that something failed." \
		"main ends with return 0 when all went well"
}

# What keeps a talker from showing ANSWER?
why_not_shown() {
	local said
	said=$(<"$OUT")
	case $said in
	*"received \"$1\""*) ;;
	*"received \"$1"*) printf '%s\n' "recv puts no NUL behind what it received: set answer[got] = '\\0'" ;;
	*"received \"${1:0:1}"*) echo "recv is given less room than the 99 bytes that are wanted" ;;
	*"no reply"*) echo "it did not wait for the answer, or took it for something else" ;;
	*"received "*) echo "the line is: connected-talker: received \"TEXT\"" ;;
	*) [[ $(<"$ERR") != *"received "* ]] ||
		echo "it is said on standard error: what went well is told on standard output, with printf" ;;
	esac
} 2>/dev/null

# A talker that does not wait long enough may miss any answer, or not: if there is none
# now, and in the silent run it did not wait its second, that check tells the story.
for_lack_of_patience() {
	[[ $(<"$OUT") == *"no reply"* && -n ${SILENT:-} ]] || return 0
	CHECK_DIR=$SILENT launch await $((2 * PATIENCE)) program end 2>/dev/null || true
	[[ $(<"$SILENT/program.ran") -ge 900 ]] || { BLOCKED_BY=$WAITS; skip "blocked: $WAITS"; }
}

# expect_shown ANSWER TEXT SYMPTOM CAUSE : to ANSWER, TEXT is what the talker shows.
expect_shown() {
	STORY=()
	CRASH_LIKELY="the answer is taken for a format, or written behind the end of its array"
	run_program -- ::1 "$(random_text 5)"
	story sent "an answer of ${#1} bytes"
	[[ $(<"$OUT") != *"$MORE"* ]] || set -- "$1" "$2" \
		"Two answers came, the first one was wanted, and the talker does not show that." \
		"recv is called again after an answer has come: one is enough"
	for_lack_of_patience
	expect_line "connected-talker: received \"$2\"" "$3" "$4" "man 2 recv"
}

# bats test_tags=todo:5,points:1
@test "shows an empty answer, a strange one, and 99 bytes of a long one" {
	needs "$ANSWER"
	local long strange MORE
	long=$(random_text 500)
	strange="100 %s %n %d \\ $(random_text 5)"
	MORE=$(random_text 12 1)
	peer start --within 15000 far bind ::1 4950 ready receive send "$strange" send "$MORE" \
		receive send "$long" receive send "" || no_port 4950
	expect_shown "$strange" "$strange" "An answer with percent signs is not shown as it is." \
		"the answer is taken for a format: printf(\"%s\", answer) shows it as it is"
	expect_shown "$long" "${long:0:99}" "Of a long answer the talker does not show the first 99 bytes." \
		"recv is given room for 99 bytes, in a buffer of 100: the last one is for the NUL"
	expect_shown "" "" "The answer is empty, and the talker does not show it." \
		"recv returns 0 for an empty datagram: that is an answer, not a failure"
}

# A stranger sends TEXT to where the program's socket is. False if it is nowhere yet.
stranger_sends() {
	local port
	port=$(show ports)
	[[ $port == udp* ]] || return 1
	peer run stranger bind ::1 0 to ::1 "${port##* }" send "$1" || harness "the stranger could not send"
}

# bats test_tags=todo:5,points:2
@test "hears only the address it is connected to" {
	needs "$ANSWER"
	local answer=answer stranger=stranger bound=
	answer=$(random_text 20)
	stranger=$(random_text 20)
	given_a_listener ::1 answer "$answer"
	start_program --fault connect:1:hold --fault send:1:hold -- ::1 "$(random_text 5)"
	await held:1 || fail "The talker neither connects its socket nor sends." "" "man 2 connect"
	if [[ $(show calls:connect) -gt 0 ]]; then
		# It is about to connect. Can it be heard already?
		stranger_sends "$stranger" && bound=yes
		launch release program once
		await held:1 || true
	fi
	# It is about to send.
	if ! stranger_sends "$stranger"; then
		needs "$CONNECTS"
		fail "The talker sends from a socket that is not connected, so it hears everybody." \
			"connect is not called before the message is sent" "man 2 connect; man 7 udp"
	fi
	launch release program
	await end || [[ -n $ENDED ]] || fail "$HANGS" "$HANGS_CAUSE"
	story sent "$stranger from a stranger's port, then $answer from port 4950"
	for_lack_of_patience
	if [[ $(<"$OUT") == *"$stranger"* ]]; then
		story got "$(grep -a -m 1 "$stranger" "$OUT")"
		needs "$CONNECTS"
		[[ -z $bound ]] || fail "The talker shows what a stranger sent before it was connected." \
			"bind opened the socket to everybody; what came until connect is still in its queue" \
			"man 2 connect; man 7 udp"
		fail "The talker shows what a stranger sent, from another port." \
			"the socket is not connected, or connected to something else" "man 2 connect; man 7 udp"
	fi
	expect_line "connected-talker: received \"$answer\"" \
		"A stranger sends something, too, and the talker does not show the answer of its peer."
}

# bats test_tags=todo:5,points:2
@test "says that nobody is there" {
	needs "$ARRIVES"
	local call=recv
	[[ $LAB_ISOLATION == enforced ]] || peer run probe bind ::1 4950 || no_port 4950
	HANGS="Nobody listens, and the talker does not end."
	HANGS_CAUSE="a message that is refused again is not sent once more: a loop around send needs an end"
	run_program -- ::1 "$(random_text 5)"
	story note "here nobody listens on port 4950 of ::1"
	[[ $(<"$ERR") != *"send: Connection refused"* ]] || call=send
	for_lack_of_patience
	LEANS_ON=("$CONNECTS" "$ONLY")
	expect_err_match "connected-talker: $call: Connection refused" \
		"Nobody listens, and the talker does not say so." \
		"$(why_unsaid "connected-talker: recv: " \
			"recv fails with ECONNREFUSED then: print the error, and end with status 1")" \
		"man 7 udp, ECONNREFUSED"
	expect_status 1 "Nobody listens, and the exit status does not tell that it failed." \
		"after \"connected-talker: recv: Connection refused\" the program ends with status 1"
}

# bats test_tags=todo:5,stretch
@test "sends a refused message once more" {
	needs "$NOBODY" "$ANSWER"
	local answer message
	message=$(random_text 10)
	answer=$(random_text 20)
	start_program --fault send:2:hold -- ::1 "$message"
	story note "here the listener comes after the first message was refused"
	await held:1 || {
		for_lack_of_patience
		STORY+=("$(expect show "got" "$ERR")")
		fail "The message was refused, and the talker did not send it again." \
			"after recv has failed with ECONNREFUSED, send once more: the error is reported once and cleared" \
			"man 7 udp, ECONNREFUSED"
	}
	given_a_listener ::1 answer "$answer"
	launch release program
	await end || [[ -n $ENDED ]] || fail "$HANGS" "$HANGS_CAUSE"
	ENDED=$(<"$CHECK_DIR/program.end")
	until_the_marker
	for_lack_of_patience
	expect_file is "$CHECK_DIR/far.got" "$message" "What was sent again is not the message." \
		"the second time the same bytes are to be sent, once"
	expect_line "connected-talker: received \"$answer\"" \
		"The message sent again was answered, and the talker does not show the answer." \
		"after the second send, recv has to wait again"
	expect_status 0 "The message sent again was answered, and the exit status says that it failed."
	STORY=()
	start_program --fault "send:*:count" -- ::1 "$message"
	await end || [[ -n $ENDED ]] || fail "$HANGS" "$HANGS_CAUSE"
	[[ $(show calls:send) -ne 2 ]] || return 0
	story note "here nobody listens, however often something is sent"
	story expected "2 messages sent"
	story got "$(show calls:send)"
	fail "A message that is refused again is to be given up, and the talker does not do that." \
		"a refused message is sent again once, not until it is heard"
}

# bats test_tags=todo:5,points:2
@test "waits a second for an answer, then says that there is none" {
	needs "$ARRIVES"
	if [[ -n ${SILENT:-} && -z ${SANITIZED:-} ]]; then
		CHECK_DIR=$SILENT OUT=$SILENT/program.out ERR=$SILENT/program.err STARTED=yes
		as_typed ::1 hello
		story ran "$TYPED"
	else
		peer start far bind ::1 4950 ready receive hold || no_port 4950
		start_program --life "$PATIENCE" -- ::1 hello
	fi
	[[ -s $CHECK_DIR/program.end ]] || await_within $((2 * PATIENCE)) end ||
		harness "the program was not ended"
	ENDED=$(<"$CHECK_DIR/program.end")
	[[ $ENDED == exit* || $ENDED == signal* || $ENDED == late || $ENDED == flood ]] ||
		harness "the silent run ended as: $ENDED"
	story note "here a listener takes the message and does not answer"
	[[ $ENDED != late ]] ||
		fail "Nobody answers, and the talker waits for more than a second." "$HANGS_CAUSE" \
			"man 7 socket, SO_RCVTIMEO; man 2 poll"
	expect_line "connected-talker: no reply" "Nobody answers, and the talker does not say so." \
		"when the time is over recv fails with EAGAIN (EWOULDBLOCK): that means no reply" \
		"man 7 socket, SO_RCVTIMEO"
	expect_status 0 "Nobody answered, which is no failure, and the exit status says that it is one."
	[[ $(<"$CHECK_DIR/program.ran") -ge 900 ]] && return
	story expected "it ends after a second"
	story got "it ends sooner"
	fail "The talker does not wait a whole second for an answer." \
		"tv_sec counts seconds and tv_usec millionths; poll counts thousandths: a second is 1000" \
		"man 7 socket, SO_RCVTIMEO; man 2 poll"
}
