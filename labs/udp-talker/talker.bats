# Lab 4: a talker that sends one datagram over IPv6.
load ../lib

NEEDS_IPV6=yes
PATIENCE=1500                   # a talker has nothing to wait for

readonly LOOKS_UP="says why a host cannot be looked up"
readonly IPV6_ONLY="takes no IPv4 address for its host"
readonly ARRIVES="its message arrives on port 4950 of the host"
readonly NEEDS_NOBODY="needs nobody to listen or to answer"
readonly BYTES="sends the bytes of the message, no more and no fewer"
readonly SAYS_WHY="says why a message could not be sent"
readonly SAYS_SENT="says how many bytes it sent"

# given_a_listener [HOST [ACTION...]] : a peer on port 4950 of HOST that does what
# is said and then keeps every datagram until the marker comes.
given_a_listener() {
	LISTENER=${1:-::1}
	MARKER=$(random_text 40)
	peer start far bind "$LISTENER" 4950 "${@:2}" ready receive-until "$MARKER" || no_port 4950
}

# On loopback a datagram that was sent has arrived: what has not come before the
# marker will not come. Afterwards CAME counts the datagrams.
until_the_marker() {
	peer run marker to "$LISTENER" 4950 send "$MARKER" || harness "the marker was not sent"
	peer wait far || harness "the marker did not come"
	local kept=("$CHECK_DIR"/far.got.*)
	CAME=${#kept[@]}
	[[ -e ${kept[0]} ]] || CAME=0
}

# expect_usage [ARGUMENT...] : with these the program can only say how it is used.
expect_usage() {
	STORY=()
	run_program -- "$@"
	expect_err_match "usage: talker hostname message" \
		"The program does not say how it is used when it gets $# arguments." \
		"argc counts the program's own name too: with two arguments it is 3" \
		"man 3 exit; labs/udp-talker/README.md, TODO 1"
	expect_status 1 "It says how it is used, but its exit status does not tell that it failed." \
		"a program that could not do its work ends with exit(1)"
}

# bats test_tags=todo:1,points:2
@test "says how it is used unless it gets two arguments" {
	expect_usage
	expect_usage ::1
	expect_usage ::1 "$(random_text 5)" "$(random_text 5)"
}

# bats test_tags=todo:2,points:2
@test "says why a host cannot be looked up" {
	run_program -- "$(random_text 4)..$(random_text 4)" "$(random_text 5)"
	expect_err_match "getaddrinfo: .+" "The host does not exist, and the talker does not say so." \
		"the value that getaddrinfo returns is not checked, or not printed with gai_strerror" \
		"man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The host does not exist, and the exit status does not tell that it failed."
	grep -q 'getaddrinfo: Success' "$ERR" &&
		tell "\"getaddrinfo: Success\" is no reason: perror looks at errno, but getaddrinfo" \
			"returns its error; print gai_strerror of that"
	true
}

# Why was an IPv4 address taken? The look-up was recorded.
why_ipv4() {
	local node service family type flags rest
	read -r _ node service family type flags rest < <(grep -m 1 '^look-up' "$CHECK_DIR/program.record")
	case $family in
	0) echo "hints.ai_family is AF_UNSPEC, so getaddrinfo finds IPv4 addresses too; say AF_INET6" ;;
	2) echo "hints.ai_family is AF_INET, which is IPv4; say AF_INET6" ;;
	10) [[ $((flags & 8)) -eq 0 ]] ||
		echo "AI_V4MAPPED dresses IPv4 addresses up as IPv6 ones, and the datagram goes over IPv4" ;;
	esac
}

# bats test_tags=todo:2,points:1
@test "takes no IPv4 address for its host" {
	needs "$LOOKS_UP"
	run_program --record -- 127.0.0.1 "$(random_text 5)"
	[[ $ENDED == "exit 1" ]] && grep -q '^getaddrinfo: ' "$ERR" && return
	story expected "getaddrinfo: REASON on standard error, exit status 1"
	story got "$(words_for_end "$ENDED")"
	fail "127.0.0.1 is an IPv4 address, and the talker took it for its host." \
		"$(why_ipv4)" "man 3 getaddrinfo, ai_family"
}

# bats test_tags=todo:3,points:2
@test "says that it could not create a socket" {
	run_program --fault socket:*:EMFILE -- ::1 "$(random_text 5)"
	story note "here every call of socket was made to fail with EMFILE"
	expect_err_match "talker: failed to create socket" \
		"No socket could be made, and the talker does not say so." \
		"what socket returns is not checked, or nothing is said after the last address" \
		"man 2 socket, RETURN VALUE"
	expect_status 2 "No socket could be made, and the exit status is not the one for that." \
		"after \"failed to create socket\" the program ends with status 2"
}

# Nothing arrived on port 4950 of HOST. Where did it go? The program runs again, with
# somebody at other likely places.
where_did_it_go() {
	local host=$1 message=$2 report
	if grep -q '^getaddrinfo: ' "$ERR"; then
		needs "$IPV6_ONLY"
		story got "$(<"$ERR")"
		fail "$host is an IPv6 address, and the talker could not look it up." \
			"the hints: everything 0 but ai_family (AF_INET6) and ai_socktype (SOCK_DGRAM)" \
			"man 3 getaddrinfo"
	fi
	report=$(played_sanitized "$host" "$message")
	[[ ! -s $ERR ]] || story got "$(expect show "on standard error" "$ERR")"
	if [[ -n $report ]]; then
		story note "$report"
		[[ $report != *use-after-free* ]] ||
			fail "No message arrived on port 4950 of the host." \
				"the list of addresses is freed before it is used: freeaddrinfo comes after sendto" \
				"man 3 freeaddrinfo"
	fi
	grep -q 'Invalid argument' "$ERR" && fail "No message arrived on port 4950 of the host." \
		"sendto wants the size of the address, p->ai_addrlen; sizeof p->ai_addr is the size of a pointer" \
		"man 2 sendto, addrlen"
	[[ $ENDED != *SIGPIPE ]] && ! grep -q 'Broken pipe' "$ERR" ||
		fail "No message arrived on port 4950 of the host." \
			"the socket is one for streams: hints.ai_socktype has to be SOCK_DGRAM" "man 2 socket"
	peer start swapped bind "$host" 22035 ready receive-until "$MARKER" &&
		peer start nearby bind ::1 4950 ready receive-until "$MARKER" || true
	launch run --within "$PATIENCE" program -- "$PROGRAM" "$host" "$message" || true
	peer run marker to "$host" 22035 send "$MARKER" to ::1 4950 send "$MARKER"
	peer wait swapped || true
	[[ ! -s $CHECK_DIR/swapped.got ]] || fail "The message went to port 22035 instead of 4950." \
		"22035 is 4950 with its two bytes swapped: the port needs htons" "man 3 htons"
	peer wait nearby || true
	[[ ! -s $CHECK_DIR/nearby.got ]] || fail "The message went to ::1 instead of the host $host." \
		"the look-up is not about the first argument, argv[1]"
	fail "No message arrived on port 4950 of the host." \
		"${report:-"look at what sendto is given: the socket, the message, the address"}" \
		"man 2 sendto"
}

# bats test_tags=todo:4,points:2
@test "its message arrives on port 4950 of the host" {
	local host=::1 message=$(random_text 6) beginning
	# Another address than everybody's, so that it must have been looked at.
	[[ $LAB_ISOLATION != enforced ]] || host=fd00::1
	# Whoever waits for an answer gets one here; the next check is about that.
	given_a_listener "$host" answer hello
	run_program -- "$host" "$message"
	until_the_marker
	[[ $CAME -gt 0 ]] || where_did_it_go "$host" "$message"
	# How many bytes come is for later, too.
	IFS= read -r -N 3 beginning <"$CHECK_DIR/far.got.1"
	[[ $message == "$beginning"* && -n $beginning ]] && return
	expect_file is "$CHECK_DIR/far.got.1" "$message" "A datagram arrived, but it is not the message." \
		"the bytes to send are those of the second argument, argv[2]" "man 2 sendto"
}

# bats test_tags=todo:4,points:1
@test "needs nobody to listen or to answer" {
	needs "$ARRIVES"
	given_a_listener
	expect_end "The listener does not answer, and the talker waits for it." \
		"it receives something after it has sent: a talker only sends"
	until_the_marker
	expect_end "Nobody listens, and the talker waits for somebody."
}

# expect_end SYMPTOM [CAUSE] : the talker sends a message and ends by itself.
expect_end() {
	STORY=()
	start_program -- ::1 "$(random_text 6)"
	if ! await end && [[ -z $ENDED ]]; then
		note_hang
		fail "$@"
	fi
	launch stop program
}

# sends_each MESSAGE... : the talker is run once for each, and every run sends the
# bytes of its message in one datagram.
sends_each() {
	local message i=0
	given_a_listener
	for message; do
		STORY=()
		run_program -- ::1 "$message"
	done
	until_the_marker
	for message; do
		STORY=()
		as_typed ::1 "$message"
		story ran "$TYPED"
		i=$((i + 1))
		if [[ $CAME -ne $# && -e $CHECK_DIR/far.got.$((CAME > $# ? 2 : i)) ]]; then
			story expected "one datagram for each message"
			story got "$CAME datagrams for $# messages"
			[[ $CAME -lt $# ]] || fail "The talker sends more than one datagram for a message." \
				"sendto is called more than once; a datagram is sent whole, or not at all"
		fi
		[[ -e $CHECK_DIR/far.got.$i ]] || {
			story expected "a datagram of ${#message} bytes"
			story got "none"
			fail "A message of ${#message} bytes was not sent." "$(said_on_error)"
		}
		expect_file is "$CHECK_DIR/far.got.$i" "$message" \
			"What was sent is not the message." "$(why_other_bytes "$i" "$message")" \
			"man 2 sendto; man 3 strlen"
	done
}

said_on_error() {
	[[ ! -s $ERR ]] || expect show "it said" "$ERR"
}

# What makes a talker send other bytes than those of MESSAGE in the Nth datagram?
why_other_bytes() {
	local size length=${#2}
	size=$(wc -c <"$CHECK_DIR/far.got.$1")
	if [[ $size -eq $((length + 1)) ]]; then
		echo "the NUL that ends the text in memory is sent too: strlen does not count it"
	elif [[ $size -eq 8 ]]; then
		echo "8 bytes is the size of a pointer: sizeof argv[2] is not how long the text is; strlen is"
	elif [[ $size -lt $length ]]; then
		echo "only $size of $length bytes are sent: is the message copied into something smaller?"
	elif [[ $size -gt $length ]]; then
		echo "$size bytes are sent instead of $length: is a whole buffer sent?"
	fi
}

# bats test_tags=todo:4,points:2
@test "sends the bytes of the message, no more and no fewer" {
	needs "$ARRIVES" "$NEEDS_NOBODY"
	sends_each "$(random_text 1)" "$(random_text 2)" "$(random_text 8)" \
		"$(random_text 17)" "$(random_text 99)"
}

# bats test_tags=todo:4,points:1
@test "sends an empty message as an empty datagram" {
	needs "$BYTES"
	sends_each ""
}

# bats test_tags=todo:4,points:1
@test "sends spaces, signs and bytes that are no letters as they are" {
	needs "$BYTES"
	sends_each "$(random_text 3)%s%n%d $(random_text 3)" "  -$(random_text 3)\\n\"'  " \
		$'\t\n\r\e[1m\xff\x80\xc3\xa9'"$(random_text 3)"$'\n'
}

# bats test_tags=todo:4,points:1
@test "sends 2,000 and 65,527 bytes in one datagram each" {
	needs "$BYTES"
	sends_each "$(long_text 2000)" "$(long_text 65527)"
}

# bats test_tags=todo:4,points:1
@test "says why a message could not be sent" {
	needs "$ARRIVES"
	run_program -- ::1 "$(long_text 65528)"
	story note "a datagram over IPv6 carries 65,527 bytes at most, so this one cannot be sent"
	expect_err_match "talker: sendto: .+" \
		"A message of 65,528 bytes cannot be sent, and the talker does not say so." \
		"what sendto returns is not checked: -1 means that nothing was sent" \
		"man 2 sendto, RETURN VALUE; man 3 perror"
}

# bats test_tags=todo:4,points:1
@test "does not claim to have sent what could not be sent" {
	needs "$SAYS_WHY"
	run_program -- ::1 "$(long_text 65528)"
	story note "a datagram over IPv6 carries 65,527 bytes at most, so this one cannot be sent"
	if grep -q '^talker: sent ' "$OUT"; then
		story got "$(expect show "on standard output" "$OUT")"
		fail "Nothing was sent, and the talker says that something was." \
			"after sendto has failed the program goes on as if it had not" \
			"man 2 sendto, RETURN VALUE"
	fi
	expect_status 1 "Nothing was sent, and the exit status does not tell that it failed." \
		"after \"talker: sendto: REASON\" the program ends with status 1"
}

# expect_sent HOST MESSAGE SYMPTOM [CAUSE] : run with them, it says what it sent.
expect_sent() {
	local LC_ALL=C host=$1 message=$2
	shift 2
	STORY=()
	run_program -- "$host" "$message"
	expect_line "talker: sent ${#message} bytes to $host" "$@"
}

# bats test_tags=todo:5,points:2
@test "says how many bytes it sent" {
	needs "$BYTES"
	expect_sent ::1 "$(random_text $((10 + RANDOM % 80)))" \
		"The talker does not say how many bytes it sent to whom." \
		"the line is: talker: sent N bytes to HOST; N is what sendto returned"
	expect_status 0 "The message was sent, and the exit status tells that something failed." \
		"main ends with return 0 when all went well; that nobody listens is no failure"
	# Bytes, not letters: these are written with two each.
	expect_sent ::1 "$(random_text 3)äöü" \
		"The talker does not say how many bytes it sent to whom." \
		"the line is: talker: sent N bytes to HOST; N is what sendto returned"
}

# bats test_tags=todo:5,points:1
@test "names the host as it was typed" {
	needs "$SAYS_SENT"
	local host
	for host in 0:0:0:0:0:0:0:1 localhost; do
		# Elsewhere localhost may be an IPv4 address only.
		[[ $host != localhost || $LAB_ISOLATION == enforced ]] || continue
		expect_sent "$host" "$(random_text 5)" "The talker names the host in other words than those typed." \
			"HOST in this line is argv[1], not the address that was found"
	done
}

# bats test_tags=todo:4,stretch
@test "goes on to the next address when sending to one fails" {
	needs "$BYTES"
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
			"the walk over the list ends at the first address; when sendto fails, go on with p->ai_next" \
			"man 3 getaddrinfo, the example"
	expect_file is "$CHECK_DIR/far.got.1" "$message" "What was sent to the second address is not the message."
	expect_line "talker: sent 20 bytes to $name" \
		"The message went to the second address, and the talker does not say so."
	expect_status 0 "The message went to the second address, and the exit status says that it failed."
}
