# Lab 3: a UDP listener that takes one datagram.
load ../lib

NEEDS_IPV6=yes

readonly TAKEN="says why and ends with status 2 when port 4950 is taken"
readonly SAYS_WHY=$'listener: bind: .+\nlistener: failed to bind socket'
readonly WAITS="waits on UDP port 4950 for a datagram, and says so"
readonly HEARS="hears a datagram sent to ::1"
readonly EVERYWHERE="hears a datagram sent to another address of the machine"
readonly NAMES="names the sender of a datagram"
readonly COUNTS="says how many bytes came"
readonly SHOWS="shows the text that came"
readonly AT_MOST_99="takes 99 bytes of a datagram, and no more"

# What one check has found out about the program, for those that follow. When a check
# runs alone nothing is known.
note_for_others() { echo "${2:-}" >"$BATS_FILE_TMPDIR/$1"; }
known() { [[ -e $BATS_FILE_TMPDIR/$1 ]]; }

# Starts the listener and waits until it has its port.
given_a_listener() {
	start_program "$@" --
	await bound:4950 && return
	[[ -z $ENDED ]] || ended_early
	note_hang
	fail "The listener is not bound to UDP port 4950." "$(why_elsewhere "$(show ports)")" \
		"man 2 bind; man 7 udp"
}

ended_early() {
	# What ended it when the port was taken has ended it here.
	! known no-port || [[ $(<"$BATS_FILE_TMPDIR/no-port") != "$ENDED $(<"$ERR")" ]] || needs "$TAKEN"
	tell_end
	fail "The listener ended instead of waiting for a datagram." "$(why_error)" "man 2 recvfrom; man 2 bind"
}

# How it ended, and with which words, for the story.
tell_end() {
	story got "$(words_for_end "$ENDED")"
	other_stream "$OUT"
}

# why_elsewhere PORTS : what is likely, from "udp 22035": where the program is bound.
why_elsewhere() {
	case $1 in
	*"udp 22035"*) echo "it is bound to port 22035, which is 4950 with its two bytes swapped: htons is missing" ;;
	*"udp 4950"*) ;;
	*udp*) echo "it is bound to ${1/udp/UDP port}: the port comes from getaddrinfo's second argument, or from the address" ;;
	none) echo "it runs, but no socket of it is bound: is bind called, and before it waits?" ;;
	esac
}

# What is likely, from the words on standard error.
why_error() {
	[[ -s $ERR ]] || return 0
	case $(<"$ERR") in
	*"not connected"*) echo "the socket is one for streams: SOCK_DGRAM is the type for datagrams" ;;
	*"Bad value for ai_flags"* | *"ai_family not supported"* | *"ai_socktype not supported"*)
		echo "the hints hold what was in memory before: set all of them to zero first" ;;
	*"Bad file descriptor"* | *"non-socket"*)
		echo "the descriptor is not that of the socket: look at what socket returned, and where it is kept" ;;
	*recv*"Invalid argument"*)
		echo "the last argument of recvfrom points to a length that must be set before the call: the size of the room for the address" ;;
	*bind*"Invalid argument"*)
		echo "the length given to bind is not that of the address: ai_addrlen, or the size of struct sockaddr_in6" ;;
	*"Address family not supported"*)
		echo "the family given to socket is none: is the list of addresses used after freeaddrinfo?" ;;
	*"temporarily unavailable"*)
		echo "recvfrom was told not to wait" ;;
	esac
}

# Whoever has an IPv4 socket has lost a check for it already; everything else is asked
# over IPv4 then. TO is where the datagrams go.
needs_an_ear() {
	TO=::1
	if known ipv4-only; then
		TO=127.0.0.1
	else
		needs "$HEARS"
	fi
}

# tell_it WORDS ACTION... : one datagram, sent by the actions of a peer. WORDS say what.
tell_it() {
	local status=0
	story sent "$1"
	peer run sender "${@:2}" || status=$?
	[[ $status -eq 0 ]] || harness "a peer could not send ($status): $(tail -n 1 "$CHECK_DIR/sender.log")"
}

# goes_on : true when the listener does something about the datagram, whatever it says.
goes_on() {
	await out:packet && return
	[[ $ENDED == "exit 0" ]] || grep -q 'stopped at TODO [45]' "$ERR"
}

# says LINE SYMPTOM [CAUSE-FUNCTION [READ]] : LINE comes, as a line of its own.
says() {
	await "line:$1" || expect_line "$1" "$2" "$(why_error; ${3:-:})" "${4:-}"
}

# ------------------------------------------------------- TODO 1: the look-up

# bats test_tags=todo:1,points:1
@test "says why when its own addresses cannot be looked up" {
	CRASH_LIKELY="the value that getaddrinfo returns is not checked: where it is not 0 there is no list"
	start_program --fault getaddrinfo:EAI_AGAIN --
	if await bound:4950; then
		# Addresses filled in by hand need no look-up.
		grep -q '^look-up' "$CHECK_DIR/program.record" || return 0
		fail "The look-up failed, and the listener went on as if nothing had happened."
	fi
	story note "here getaddrinfo was made to fail with EAI_AGAIN"
	[[ -n $ENDED ]] || { note_hang; fail "The look-up failed, and the listener neither ended nor said so."; }
	expect_err_match "getaddrinfo: .+" "The look-up failed, and the listener did not say why." \
		"the value that getaddrinfo returns is not checked, or not printed with gai_strerror" \
		"man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The look-up failed, and the exit status does not say so." \
		"the program goes on, or ends with another number than 1"
}

# ------------------------------------------------------- TODO 2: the socket

# hold_port [share] : another program that has UDP port 4950, for IPv6 and for IPv4.
hold_port() {
	stop_if_it_hangs_anyway
	peer start holder "$@" bind :: 4950 bind 0.0.0.0 4950 ready pause 2>/dev/null || no_port 4950
}

# The listener is started while the port is held; true when it ended.
turned_away() {
	start_program --
	await bound:4950 || true
	peer go holder
	peer wait holder
	[[ -z $ENDED ]] || return 0
	return 1
}

# bats test_tags=todo:2,points:2
@test "says why and ends with status 2 when port 4950 is taken" {
	local where
	hold_port
	if ! turned_away; then
		where=$(why_elsewhere "$(show ports)")
		if [[ $where == *"bound to"* ]]; then
			note_for_others wrong-port
			fail "The listener is not bound to UDP port 4950." "$where" "man 3 htons; man 7 ip"
		fi
		note_hang
		story note "here another program held port 4950"
		fail "Port 4950 was taken, and the listener went on as if it had it." \
			"what bind returns is not checked, or bind is not called" "man 2 bind, RETURN VALUE"
	fi
	story note "here another program held port 4950"
	expect match "$ERR" "$SAYS_WHY" >/dev/null || {
		note_for_others no-port "$ENDED $(<"$ERR")"
		expect_err_match "$SAYS_WHY" "Port 4950 was taken, and the listener did not say so." \
			"$(why_not_told)" "man 2 bind, RETURN VALUE"
	}
	expect_status 2 "Port 4950 was taken, and the exit status does not say so." \
		"where no address is left to be bound, 2 is the status to end with"
}

why_not_told() {
	if grep -a -q 'bind: .' "$OUT"; then
		echo "errors go to standard error, not to standard output: perror, or fprintf(stderr, ...)"
	elif [[ ! -s $ERR ]]; then
		echo "what bind returns is not checked, or not told"
	elif grep -q 'bind: .' "$ERR" && ! grep -q 'failed to bind' "$ERR"; then
		echo "after the last address there must be a check that none is left"
	else
		why_error
	fi
}

# bats test_tags=todo:2,points:1
@test "does not share its port with a second listener" {
	needs "$TAKEN"
	hold_port share
	story note "here another program held port 4950, and would have shared it"
	turned_away || fail "A second listener got port 4950 as well, and then only one of the two hears a datagram." \
		"SO_REUSEADDR or SO_REUSEPORT is set on the socket: with datagrams it lets two programs have the same port" \
		"man 7 socket, SO_REUSEADDR and SO_REUSEPORT"
	expect_err_match "listener: bind: .+" "A second listener was not turned away by bind."
}

# ------------------------------------------------------- TODO 3: the datagram

# bats test_tags=todo:3,points:2
@test "waits on UDP port 4950 for a datagram, and says so" {
	! known wrong-port || needs "$TAKEN"
	given_a_listener
	# One that does not wait ends within a millisecond.
	! await_within 30 end || ended_early
	others_stand
	says "listener: waiting to recvfrom..." "The listener does not say that it waits." why_silent
}

# bats test_tags=todo:3,points:2
@test "hears a datagram sent to ::1" {
	local text
	needs "$WAITS"
	given_a_listener
	text=$(random_text 12)
	tell_it "$text, in a datagram to ::1, port 4950" to ::1 4950 send "$text"
	goes_on && return
	if [[ $(show udp:4950) == ipv4* ]]; then
		# Is that all that is wrong with it?
		peer run sender to 127.0.0.1 4950 send "$text"
		! goes_on || note_for_others ipv4-only
		fail "A datagram to ::1 was not heard." \
			"the socket is one for IPv4 and never sees an IPv6 datagram: AF_INET6 is the family to ask for" \
			"man 7 ipv6; man 3 getaddrinfo, ai_family"
	fi
	[[ -n $ENDED ]] || fail "A datagram to ::1 was not heard." \
		"recvfrom is not called, or something before it never ends" "man 2 recvfrom"
	tell_end
	fail "A datagram came, and the listener did not take it." "$(why_error)" "man 2 recvfrom"
}

# bats test_tags=todo:3,points:1
@test "hears a datagram sent to another address of the machine" {
	local at text
	needs "$HEARS"
	given_a_listener
	if [[ $LAB_ISOLATION == enforced ]]; then
		text=$(random_text 12)
		tell_it "$text, in a datagram to fd00::1, port 4950" to fd00::1 4950 send "$text"
		goes_on && return
	fi
	at=$(show udp:4950)
	at=${at##* at }
	[[ $at != "::" || $LAB_ISOLATION == enforced ]] || return 0
	story expected "a socket bound to ::, the wildcard address"
	story got "a socket bound to $at"
	fail "The listener hears what is sent to $at, and nothing that is sent to another address of this machine." \
		"without AI_PASSIVE the look-up gives the loopback address; by hand, in6addr_any is the wildcard" \
		"man 3 getaddrinfo, AI_PASSIVE"
}

why_silent() {
	[[ -s $OUT ]] || echo "the line is missing, or stands behind recvfrom, or stays in a buffer of stdio's"
}

# ------------------------------------------------------- TODO 4: the sender

# bats test_tags=todo:4,points:2
@test "names the sender of a datagram" {
	local port=$((RANDOM % 10000 + 20000))
	needs "$HEARS"
	[[ $LAB_ISOLATION == enforced ]] || port=0
	given_a_listener
	tell_it "a datagram from ::1, port $port" bind ::1 $port to ::1 4950 send "$(random_text 12)"
	says "listener: got packet from ::1" "The listener does not say who sent the datagram." \
		why_address "man 3 inet_ntop; man 3 getnameinfo"
}

why_address() {
	local got
	got=$(grep -a -o 'got packet from.*' "$OUT") || return 0
	case ${got#got packet from} in
	"" | " ") echo "the room for the address in words is empty: what did inet_ntop or getnameinfo return?" ;;
	*"(null)"* | *family*) echo "the address has no family: recvfrom must be given the room for the sender and the size of that room, or it does not say who it was" ;;
	" ::") echo "the address is all zeros: recvfrom must be given the room for the sender and the size of that room, or it does not say who it was" ;;
	*localhost* | *[g-zG-Z]*) echo "that is a name; NI_NUMERICHOST makes getnameinfo give the address" ;;
	" 127.0.0."*) echo "an IPv6 socket gets such an address as ::ffff:127.0.0.1, and that is how it is to be shown" ;;
	*:*" "* | *]*) echo "more than the address is shown" ;;
	*.*) echo "an IPv6 address is read as if it was an IPv4 one: AF_INET6 and sin6_addr belong together" ;;
	*) echo "what is shown is not the address: inet_ntop is to be given sin6_addr, a member of struct sockaddr_in6, not the whole of it" ;;
	esac
}

# bats test_tags=todo:4,points:2
@test "hears an IPv4 sender, and names it ::ffff:ADDRESS" {
	local from=127.0.0.$((RANDOM % 250 + 2))
	needs "$EVERYWHERE" "$NAMES"
	given_a_listener
	tell_it "a datagram from $from to 127.0.0.1, port 4950" \
		bind $from 0 to 127.0.0.1 4950 send "$(random_text 12)"
	goes_on || fail "A datagram from an IPv4 sender was not heard." \
		"IPV6_V6ONLY is set on the socket: without it an IPv6 socket hears IPv4 as well" \
		"man 7 ipv6, IPV6_V6ONLY"
	says "listener: got packet from ::ffff:$from" "The listener does not name an IPv4 sender rightly." \
		why_address "man 7 ipv6"
}

# ------------------------------------------------------- TODO 5: what it holds

# bats test_tags=todo:5,points:1
@test "says how many bytes came" {
	local length=$((RANDOM % 40 + 20))
	needs_an_ear
	given_a_listener
	tell_it "a datagram of $length bytes" to $TO 4950 send "$(random_text $length)"
	says "listener: packet is $length bytes long" "The listener does not say how long the datagram was." \
		why_count "man 2 recvfrom, RETURN VALUE"
}

why_count() {
	local got length=${length:-0}
	got=$(grep -a -o -E 'packet is -?[0-9]+ bytes' "$OUT") || return 0
	got=${got//[!0-9-]/}
	case $got in
	-1) echo "recvfrom returned -1, which is an error and no length" ;;
	7 | 8)
		note_for_others short
		echo "sizeof a pointer is 8, whatever it points to: give recvfrom the size of the array"
		;;
	99 | 100) echo "that is the size of the room; recvfrom returns how much of it was filled" ;;
	$((length + 1))) echo "one too many: the NUL that ends the text did not come with it" ;;
	*) echo "the number is what recvfrom returned" ;;
	esac
}

# bats test_tags=todo:5,points:2
@test "shows the text that came" {
	local text length=$((RANDOM % 20 + 10))
	needs_an_ear
	! known short || needs "$COUNTS"
	text="$(random_text $length) $(random_text 9 1)"
	given_a_listener
	tell_it "$text" to $TO 4950 send "$text"
	says "listener: packet contains \"$text\"" "The listener does not show the text of the datagram." \
		why_text "man 2 recvfrom; man 3 printf"
}

why_text() {
	local got
	got=$(grep -a 'packet contains' "$OUT" | tr -d '\0') || return 0
	case $got in
	*"contains \"$text"?*) echo "behind the text stands what was in memory before: a datagram brings no NUL, so put one behind its last byte" ;;
	*"contains \"${text%% *}\""*) echo "it ends at the first space" ;;
	*"contains \"${text:0:${#text}-1}\""*) echo "the last byte is missing: was the NUL put over it?" ;;
	esac
}

# bats test_tags=todo:5,points:1
@test "takes an empty datagram for a datagram" {
	needs_an_ear
	needs "$COUNTS" "$SHOWS"
	given_a_listener
	tell_it "an empty datagram" to $TO 4950 send ""
	if ! goes_on; then
		[[ -n $ENDED ]] || fail "A datagram of 0 bytes came, and the listener took no notice of it." \
			"0 from recvfrom is the length of a datagram, no reason to wait for another one" "man 7 udp"
		tell_end
		fail "A datagram of 0 bytes came, and the listener took it for an error." \
			"0 from recvfrom is a length like any other; only -1 is an error" "man 2 recvfrom; man 7 udp"
	fi
	says "listener: packet is 0 bytes long" "A datagram of 0 bytes is not counted rightly."
	says "listener: packet contains \"\"" "A datagram of 0 bytes is not shown as it came."
}

FORMAT='what came from outside is given to printf as its format; printf("%s", text) obeys nothing in it'

# bats test_tags=todo:5,points:1
@test "counts bytes behind a NUL, and shows % signs as they came" {
	local text behind length=$((RANDOM % 9 + 3))
	needs_an_ear
	needs "$COUNTS" "$SHOWS"
	text=$(random_text $length)%s%n%d
	behind=$(random_text $((length * 3)))
	printf '%s\0%s' "$text" "$behind" >"$CHECK_DIR/odd"
	given_a_listener
	tell_it "$text, a NUL, and ${#behind} bytes more" to "$TO" 4950 send-file "$CHECK_DIR/odd"
	says "listener: packet is $((${#text} + 1 + ${#behind})) bytes long" \
		"A datagram with a NUL in it is not counted rightly." why_short "man 2 recvfrom, RETURN VALUE"
	CRASH_LIKELY=$FORMAT
	says "listener: packet contains \"$text\"" "A text with % signs, and a NUL behind it, is not shown rightly." \
		why_percent "man 3 printf, BUGS"
}

why_short() {
	! grep -a -q "packet is ${#text} bytes" "$OUT" ||
		echo "strlen stops at the first NUL; what recvfrom returns counts every byte"
}

why_percent() {
	if grep -a -F -q "contains \"$text" "$OUT"; then
		echo "the text is to be shown up to the first NUL; printf's %s does that"
	else
		echo "$FORMAT"
	fi
}

# bats test_tags=todo:5,points:1
@test "takes 99 bytes of a datagram, and no more" {
	local text length
	needs_an_ear
	needs "$COUNTS" "$SHOWS"
	text=$(random_text 99)
	for length in 99 2000; do
		STORY=()
		given_a_listener
		a_datagram_of $length "$text"
		says "listener: packet is 99 bytes long" \
			"Of a datagram of $length bytes the first 99 are to be taken." why_room "man 2 recvfrom"
		says "listener: packet contains \"$text\"" \
			"Of a datagram of $length bytes the first 99 are to be shown." why_room "man 2 recvfrom"
		launch stop program
	done
	memory_errors 2000 "$text"
}

# a_datagram_of LENGTH TEXT : one that begins with TEXT.
a_datagram_of() {
	printf "%s%0$(($1 - ${#2}))d" "$2" 0 >"$CHECK_DIR/long"
	truncate -s "$1" "$CHECK_DIR/long"
	tell_it "a datagram of $1 bytes" to "$TO" 4950 send-file "$CHECK_DIR/long"
}

why_room() {
	local got
	got=$(grep -a -o -E 'packet is -?[0-9]+ bytes' "$OUT") || return 0
	case ${got//[!0-9-]/} in
	98) echo "there is room for 99 bytes and a NUL; the size given to recvfrom is one too small" ;;
	100) echo "the last byte of the room is needed for the NUL: recvfrom may fill 99 of 100" ;;
	"$length") echo "that is the length of the datagram and not of what fits (MSG_TRUNC?)" ;;
	7 | 8) echo "sizeof a pointer is 8, whatever it points to" ;;
	esac
}

# The same once more with sanitizers; what they find is told and costs nothing.
memory_errors() {
	local report PROGRAM=$PROGRAM_SAN SANITIZED=yes
	[[ -x $PROGRAM ]] || return 0
	given_a_listener
	a_datagram_of "$@"
	await end || return 0
	report=$(sanitizer_report "$ERR")
	[[ -z $report ]] || tell "a datagram of $1 bytes: $report"
}

# bats test_tags=todo:5,points:1
@test "takes one datagram, says all about it, and ends with status 0" {
	local one two
	needs_an_ear
	needs "$NAMES" "$COUNTS" "$SHOWS"
	one=$(random_text 17)
	two=$(random_text 17 1)
	given_a_listener --record
	# Both are there before it can have the first.
	launch signal program STOP
	tell_it "two datagrams, $one and $two" to $TO 4950 send "$one" send "$two"
	launch signal program CONT
	if ! await end; then
		! grep -a -q "$two" "$OUT" || fail "The listener took a second datagram." \
			"it waits in a loop: one datagram is enough" "man 2 recvfrom"
		fail "The listener took its datagram, and did not end." "after the datagram main returns"
	fi
	ENDED=$(<"$CHECK_DIR/program.end")
	! grep -a -q "$two" "$OUT" || fail "The listener took a second datagram." \
		"recvfrom is called more than once"
	expect_file lines "$OUT" "listener: got packet from $(from_there)
listener: packet is 17 bytes long
listener: packet contains \"$one\"
" "The listener does not say all of it in this order: sender, length, contents."
	expect_status 0 "All went well, and the exit status does not say so." \
		"main returns another number than 0, or nothing"
	the_list
}

from_there() { [[ $TO != ::1 ]] && echo "$TO" || echo ::1; }

# What became of the list of addresses: told, and costs nothing.
the_list() {
	case $(<"$CHECK_DIR/program.record") in
	*"freed twice"*) tell "the list of addresses is freed twice: one freeaddrinfo for one getaddrinfo" ;;
	*"from the middle"*) tell "freeaddrinfo is not given the head of the list, but an entry behind it" ;;
	*"kept "[1-9]*) tell "the list of addresses is never freed: freeaddrinfo, when the socket is bound" ;;
	esac
}

# bats test_tags=todo:5,stretch
@test "says when a datagram was cut" {
	local text
	needs_an_ear
	needs "$AT_MOST_99"
	text=$(random_text 99)
	given_a_listener
	a_datagram_of 100 "$text"
	says "listener: packet was truncated" \
		"A datagram of 100 bytes was cut, and the listener did not say so." why_cut "man 2 recvmsg, MSG_TRUNC"
	launch stop program
	STORY=()
	given_a_listener
	a_datagram_of 99 "$text"
	says "listener: packet contains \"$text\"" "A datagram of 99 bytes is not shown whole."
	await end || true
	! grep -a -q truncated "$OUT" || fail "A datagram of 99 bytes was taken whole, and the listener said that it was cut." \
		"99 bytes in a room of 99 may be all there was: ask for one byte more, or look at MSG_TRUNC" \
		"man 2 recvmsg, MSG_TRUNC"
}

why_cut() {
	echo "what does not fit is lost without a word: ask for one byte more than is kept, or look at MSG_TRUNC in msg_flags"
}
