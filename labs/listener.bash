# How the listener's suite speaks to the program, and what is likely when it does not
# answer rightly; loaded after lib.bash. A function why_... prints a cause or nothing; it
# is called when a check fails, and sees that check's variables.

NEEDS_IPV6=yes

# What one check has found out about the program, for those that follow. When a check
# runs alone nothing is known.
note_for_others() { echo "${2:-}" >"$BATS_FILE_TMPDIR/$1"; }
known() { [[ -e $BATS_FILE_TMPDIR/$1 ]]; }

# Starts the listener and waits until it has its port.
given_a_listener() {
	start_program --await "$PATIENCE bound:4950" "$@" -- && return
	[[ -z $ENDED ]] || ended_early
	note_hang
	fail "The listener is not bound to UDP port 4950." "$(why_elsewhere "$(show ports)")" \
		"man 2 bind; man 7 udp"
}

ended_early() {
	port_is_free
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
	[[ $status -eq 0 ]] || has_ipv6 || cannot_judge "$NO_IPV6"
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

# hold_port [share] : another program that has UDP port 4950, for IPv6 and for IPv4.
hold_port() {
	stop_if_it_hangs_anyway
	peer start holder "$@" bind :: 4950 bind 0.0.0.0 4950 ready pause 2>/dev/null || no_port 4950
}

# Without a network of our own somebody else may have the port, and nobody is judged.
port_is_free() {
	[[ $LAB_ISOLATION == enforced ]] ||
		peer run probe bind :: 4950 bind 0.0.0.0 4950 2>/dev/null || no_port 4950
}

# The listener is started while the port is held; true when it ended.
turned_away() {
	start_program --await "$PATIENCE bound:4950" -- || true
	peer go holder
	peer wait holder
	[[ -z $ENDED ]] || return 0
	return 1
}

# What became of the list of addresses: told, and costs nothing.
the_list() {
	case $(<"$CHECK_DIR/program.record") in
	*"freed twice"*) tell "the list of addresses is freed twice: one freeaddrinfo for one getaddrinfo" ;;
	*"from the middle"*) tell "freeaddrinfo is not given the head of the list, but an entry behind it" ;;
	*"kept "[1-9]*) tell "the list of addresses is never freed: freeaddrinfo, when the socket is bound" ;;
	esac
}

# The same once more with sanitizers; what they find is told and costs nothing.
memory_errors() {
	local report PROGRAM=$PROGRAM_SAN SANITIZED=yes
	[[ -x $PROGRAM ]] || return 0
	launch stop program
	! start_program --await "$PATIENCE bound:4950" -- || a_datagram_of "$@"
	await end || return 0
	report=$(sanitizer_report "$ERR")
	[[ -z $report ]] || tell "a datagram of $1 bytes: $report"
}

# a_datagram_of LENGTH TEXT : one that begins with TEXT.
a_datagram_of() {
	printf "%s%0$(($1 - ${#2}))d" "$2" 0 >"$CHECK_DIR/long"
	truncate -s "$1" "$CHECK_DIR/long"
	tell_it "a datagram of $1 bytes" to "$TO" 4950 send-file "$CHECK_DIR/long"
}

# ---------------------------------------------------------------- what is likely

FORMAT='what came from outside is given to printf as its format; printf("%s", text) obeys nothing in it'

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
		echo "recvfrom was told not to wait: MSG_DONTWAIT, O_NONBLOCK or a time-out" ;;
	esac
}

# The port was taken, but that is not what ended it.
another_error() {
	local cause
	cause=$(why_error)
	[[ -n $cause ]] && ! grep -q 'bind: ' "$ERR" || return 0
	tell_end
	fail "The listener ended, and not because port 4950 was taken." "$cause"
}

why_not_told() {
	if grep -a -q 'bind: .' "$OUT"; then
		echo "errors go to standard error, not to standard output: perror, or fprintf(stderr, ...)"
	elif [[ ! -s $ERR ]]; then
		echo "what bind returns is not checked, or not told"
	elif grep -q 'bind: .' "$ERR" && ! grep -q 'failed to bind' "$ERR"; then
		echo "after the last address there must be a check that none is left"
	fi
}

why_silent() {
	[[ -s $OUT ]] || echo "the line is missing, or stands behind recvfrom, or stays in a buffer of stdio's"
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

why_text() {
	local got text=${text:-}
	got=$(grep -a 'packet contains' "$OUT" | tr -d '\0') || return 0
	case $got in
	*"contains \"$text"?*) echo "behind the text stands what was in memory before: a datagram brings no NUL, so put one behind its last byte" ;;
	*"contains \"${text%% *}\""*) echo "it ends at the first space" ;;
	*"contains \"${text:0:${#text}-1}\""*) echo "the last byte is missing: was the NUL put over it?" ;;
	esac
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

why_room() {
	local got
	got=$(grep -a -o -E 'packet is -?[0-9]+ bytes' "$OUT") || return 0
	case ${got//[!0-9-]/} in
	98) echo "there is room for 99 bytes and a NUL; the size given to recvfrom is one too small" ;;
	100) echo "the last byte of the room is needed for the NUL: recvfrom may fill 99 of 100" ;;
	2000) echo "that is the length of the datagram and not of what fits (MSG_TRUNC?)" ;;
	7 | 8) echo "sizeof a pointer is 8, whatever it points to" ;;
	esac
}

why_cut() {
	echo "what does not fit is lost without a word: ask for one byte more than is kept, or look at MSG_TRUNC in msg_flags"
}

# shellcheck disable=SC2154 # of the check
why_order() {
	local line
	for line in "got packet from $TO" "packet is 17 bytes long" "packet contains \"$one\""; do
		grep -a -x -q "listener: $line" "$OUT" || return 0
	done
	echo "all of it is there, in another order"
}
