# Lab 3: a UDP listener that takes one datagram.
load ../lib
load ../listener

readonly TAKEN="says why and ends with status 2 when port 4950 is taken"
readonly SAYS_WHY=$'listener: bind: .+\nlistener: failed to bind socket'
readonly WAITS="waits on UDP port 4950 for a datagram, and says so"
readonly HEARS="hears a datagram sent to ::1"
readonly EVERYWHERE="hears a datagram sent to another address of the machine"
readonly NAMES="names the sender of a datagram"
readonly COUNTS="says how many bytes came"
readonly SHOWS="shows the text that came"
readonly AT_MOST_99="takes 99 bytes of a datagram, and no more"

# ------------------------------------------------------- TODO 1: the look-up

# bats test_tags=todo:1,points:1
@test "says why when its own addresses cannot be looked up" {
	CRASH_LIKELY="the value that getaddrinfo returns is not checked: where it is not 0 there is no list"
	if start_program --await "$PATIENCE bound:4950" --fault getaddrinfo:EAI_AGAIN --; then
		# Addresses filled in by hand need no look-up.
		grep -q '^look-up' "$CHECK_DIR/program.record" || return 0
		fail "The look-up failed, and the listener went on as if nothing had happened."
	fi
	if [[ -z $ENDED ]]; then
		grep -q '^look-up' "$CHECK_DIR/program.record" || [[ $(show ports) == none ]] || return 0
		note_hang
		note_for_others hangs
		grep -q '^look-up' "$CHECK_DIR/program.record" ||
			fail "The listener runs, but it neither looks its address up nor has a port."
		story note "here getaddrinfo was made to fail with EAI_AGAIN"
		fail "The look-up failed, and the listener neither ended nor said so." \
			"what getaddrinfo returns is not checked, or the program waits all the same"
	fi
	port_is_free
	story note "here getaddrinfo was made to fail with EAI_AGAIN"
	local cause="the value that getaddrinfo returns is not checked, or not printed with gai_strerror"
	! grep -a -q getaddrinfo "$OUT" || cause="errors go to standard error, not to standard output"
	expect_err_match "getaddrinfo: .+" "The look-up failed, and the listener did not say why." "$cause" \
		"man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The look-up failed, and the exit status does not say so." \
		"the program goes on, or ends with another number than 1"
}

# ------------------------------------------------------- TODO 2: the socket

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
		if known hangs; then
			note_for_others wrong-port
			fail "The listener runs, but it has no port." "$where" "man 2 bind; man 7 udp"
		fi
		story note "here another program held port 4950"
		fail "Port 4950 was taken, and the listener went on as if it had it." \
			"what bind returns is not checked, or bind is not called" "man 2 bind, RETURN VALUE"
	fi
	story note "here another program held port 4950"
	expect match "$ERR" "$SAYS_WHY" >/dev/null || {
		note_for_others no-port "$ENDED $(<"$ERR")"
		another_error
		expect_err_match "$SAYS_WHY" "Port 4950 was taken, and the listener did not say so." \
			"$(why_not_told)" "man 2 bind, RETURN VALUE"
	}
	expect_status 2 "Port 4950 was taken, and the exit status does not say so." \
		"where no address is left to be bound, 2 is the status to end with"
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
	! await_within 20 end || ended_early
	others_stand
	says "listener: waiting to recvfrom..." "The listener does not say that it waits." why_silent \
		"labs/udp-listener/README.md, TODO 3"
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
		if goes_on; then
			note_for_others ipv4-only
			story note "one to 127.0.0.1 was heard"
		fi
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
	tell_it "a datagram of $length bytes" to "$TO" 4950 send "$(random_text "$length")"
	says "listener: packet is $length bytes long" "The listener does not say how long the datagram was." \
		why_count "man 2 recvfrom, RETURN VALUE"
}

# bats test_tags=todo:5,points:2
@test "shows the text that came" {
	local text length=$((RANDOM % 20 + 10))
	needs_an_ear
	! known short || needs "$COUNTS"
	text="$(random_text $length) $(random_text 9 1)"
	given_a_listener
	tell_it "$text" to "$TO" 4950 send "$text"
	says "listener: packet contains \"$text\"" "The listener does not show the text of the datagram." \
		why_text "man 2 recvfrom; man 3 printf"
}

# bats test_tags=todo:5,points:1
@test "takes an empty datagram for a datagram" {
	needs_an_ear
	needs "$COUNTS" "$SHOWS"
	given_a_listener
	tell_it "an empty datagram" to "$TO" 4950 send ""
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

# bats test_tags=todo:5,points:1
@test "takes 99 bytes of a datagram, and no more" {
	local text
	needs_an_ear
	needs "$COUNTS" "$SHOWS"
	text=$(random_text 99)
	given_a_listener
	a_datagram_of 2000 "$text"
	says "listener: packet is 99 bytes long" \
		"Of a datagram of 2000 bytes the first 99 are to be taken." why_room "man 2 recvfrom"
	says "listener: packet contains \"$text\"" \
		"Of a datagram of 2000 bytes the first 99 are to be shown." why_room "man 2 recvfrom"
	memory_errors 2000 "$text"
}

# bats test_tags=todo:5,points:1
@test "takes one datagram, says all about it, and ends with status 0" {
	local one two all
	needs_an_ear
	needs "$NAMES" "$COUNTS" "$SHOWS"
	one=$(random_text 17)
	two=$(random_text 17 1)
	given_a_listener --record
	tell_it "two datagrams, $one and $two" to "$TO" 4950 send "$one" send "$two"
	if ! await end; then
		! grep -a -q "$two" "$OUT" || fail "The listener took a second datagram." \
			"it waits in a loop: one datagram is enough" "man 2 recvfrom"
		fail "The listener took its datagram, and did not end." "after the datagram main returns"
	fi
	ENDED=$(<"$CHECK_DIR/program.end")
	! grep -a -q "$two" "$OUT" || fail "The listener took a second datagram." \
		"recvfrom is called more than once"
	all=$'listener: got packet from '$TO$'\nlistener: packet is 17 bytes long\n'
	all+=$'listener: packet contains "'$one$'"\n'
	expect lines "$OUT" "$all" >/dev/null || expect_file lines "$OUT" "$all" \
		"The listener does not say all of it in this order: sender, length, contents." "$(why_order)"
	expect_status 0 "All went well, and the exit status does not say so." \
		"main returns another number than 0, or nothing"
	the_list
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
		"a room that is full is not yet one that was too small: ask for one byte more than is kept, or look at MSG_TRUNC" \
		"man 2 recvmsg, MSG_TRUNC"
}
