# Lab 4: a talker that sends one datagram over IPv6.
load ../lib
load ../talkers

TALKER=talker SEND=sendto
PATIENCE=1500                   # milliseconds: a talker has nothing to wait for

readonly LOOKS_UP="says why a host cannot be looked up"
readonly IPV6_ONLY="looks up IPv6 addresses, and no others"
readonly ARRIVES="its message arrives on port 4950 of the host"
readonly NEEDS_NOBODY="needs nobody to listen or to answer"
readonly BYTES="sends the bytes of the message, no more and no fewer"
readonly LARGE="sends 2,000 and 65,527 bytes in one datagram each"
readonly SAYS_WHY="says why a message could not be sent"
readonly SAYS_SENT="says how many bytes it sent"
readonly AS_TYPED="names the host as it was typed"

# bats test_tags=todo:1,points:2
@test "says how it is used unless it gets two arguments" {
	expect_usage
	expect_usage ::1
	expect_usage ::1 "$(random_text 5)" "$(random_text 5)"
}

# bats test_tags=todo:2,points:2
@test "says why a host cannot be looked up" {
	expect_look_up_to_fail "$(random_text 4)..$(random_text 4)"
}

# bats test_tags=todo:2,points:1
@test "looks up IPv6 addresses, and no others" {
	needs "$LOOKS_UP"
	expect_ipv6_only
}

# bats test_tags=todo:3,points:2
@test "says that it could not create a socket" {
	expect_no_socket
}

# bats test_tags=todo:4,points:2
@test "its message arrives on port 4950 of the host" {
	# Whoever waits for an answer gets one here; the next check is about that.
	expect_arrival
}

# bats test_tags=todo:4,points:1
@test "needs nobody to listen or to answer" {
	needs "$ARRIVES"
	given_a_listener
	HANGS="The listener does not answer, and the talker waits for it."
	HANGS_CAUSE="it receives something after it has sent: a talker only sends"
	run_program -- ::1 "$(random_text 6)"
	until_the_marker
	HANGS="Nobody listens, and the talker waits for somebody."
	STORY=()
	run_program -- ::1 "$(random_text 6)"
}

# bats test_tags=todo:4,points:2
@test "sends the bytes of the message, no more and no fewer" {
	needs "$ARRIVES" "$NEEDS_NOBODY"
	sends_each "$(random_text 2)" "$(random_text 8)" "$(random_text 17)" "$(random_text 99)"
	local name
	name=$(random_text 5)
	STORY=()
	given_a_listener
	run_program --names "$name=::1,::1" -- "$name" hello
	until_the_marker
	[[ $CAME -le 1 ]] && return
	story note "here $name has two addresses, and both lead to the same listener"
	story expected "one datagram"
	story got "$CAME datagrams"
	fail "The host has two addresses, and the talker sends to both." \
		"the walk over the list ends when $SEND has worked" "man 3 getaddrinfo, the example"
}

# bats test_tags=todo:4,points:1
@test "sends an empty message as an empty datagram" {
	needs "$BYTES"
	NOT_SENT_CAUSE="an empty message is one, too: a datagram may carry 0 bytes"
	sends_each ""
}

# bats test_tags=todo:4,points:1
@test "sends spaces, signs and bytes that are no letters as they are" {
	needs "$BYTES"
	CRASH_LIKELY="the message is taken for a format: %s and %n mean something there"
	sends_each "  -%s%n%d $(random_text 3)\\n\"'  "$'\t\n\r\e[1m\xff\x80\xc3\xa9\n'
}

# bats test_tags=todo:4,points:1
@test "sends 2,000 and 65,527 bytes in one datagram each" {
	needs "$BYTES"
	sends_each "$(long_text 2000)" "$(long_text 65527)"
}

# bats test_tags=todo:4,points:1
@test "says why a message could not be sent" {
	needs "$LARGE"
	given_too_long_a_message
	expect_failed_send
}

# bats test_tags=todo:4,points:1
@test "does not claim to have sent what could not be sent" {
	needs "$SAYS_WHY"
	given_too_long_a_message
	expect_no_claim
}

# bats test_tags=todo:5,points:2
@test "says how many bytes it sent" {
	needs "$BYTES"
	# Bytes, not letters: some of these are written with two each.
	local message length=$((10 + RANDOM % 80))
	message="$(random_text $length)äöü"
	run_program --record -- ::1 "$message"
	expect_sent ::1 "$message" "The talker does not say how many bytes it sent to whom."
	expect_status 0 "The message was sent, and the exit status says that something failed." \
		"main ends with return 0 when all went well; that nobody listens is no failure"
	tell_about_addresses
}

# bats test_tags=todo:5,points:1
@test "names the host as it was typed" {
	needs "$SAYS_SENT"
	local host
	for host in 0:0:0:0:0:0:0:1 localhost; do
		# Elsewhere localhost may be an IPv4 address only.
		[[ $host != localhost || $LAB_ISOLATION == enforced ]] || continue
		STORY=()
		run_program -- "$host" hello
		expect_sent "$host" hello "The talker names the host in other words than those typed."
	done
}

# bats test_tags=todo:4,stretch
@test "goes on to the next address when sending to one fails" {
	needs "$SAYS_WHY" "$SAYS_SENT" "$AS_TYPED"
	local second=::1 name message
	[[ $LAB_ISOLATION != enforced ]] || second=fd00::1
	name=$(random_text 5)
	message=$(random_text 20)
	given_a_listener "$second"
	run_program --fault send:1:EHOSTUNREACH --names "$name=::1,$second" -- "$name" "$message"
	until_the_marker
	story note "here $name has two addresses, and sending to the first fails with EHOSTUNREACH"
	[[ $CAME -gt 0 ]] ||
		fail "Sending to the first address failed, and the talker did not try the second one." \
			"the walk over the list ends at its first entry: when sendto fails, go on with p->ai_next" \
			"man 3 getaddrinfo, the example"
	expect_file is "$CHECK_DIR/far.got.1" "$message" \
		"What was sent to the second address is not the message."
	expect_sent "$name" "$message" "The message went to the second address, and the talker does not say so."
	expect_status 0 "The message went to the second address, and the exit status says that it failed."
}
