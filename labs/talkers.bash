# What the suites of the two talkers share; loaded after lib.bash. TALKER is the
# program's name, SEND the call that it sends with, LAB the folder.

NEEDS_IPV6=yes

# given_a_listener [HOST [ACTION...]] : a peer on port 4950 of HOST that does what
# is said and then keeps every datagram until the marker comes.
given_a_listener() {
	LISTENER=${1:-::1}
	MARKER=$(random_text 40)
	# Some may talk slowly, waiting a second each time.
	peer start --within 15000 far bind "$LISTENER" 4950 at-least 1 "${@:2}" ready receive-until "$MARKER" ||
		no_port 4950
}

# On loopback a datagram that was sent has arrived: what has not come with the marker
# will not come. Afterwards CAME counts the datagrams.
until_the_marker() {
	local again=()
	# Nothing will come later of a program that stopped at a TODO: twice ends the wait.
	! unfinished || again=(send "$MARKER")
	peer run marker to "$LISTENER" 4950 send "$MARKER" "${again[@]}" || harness "the marker was not sent"
	peer wait far || harness "the marker did not come"
	local kept=("$CHECK_DIR"/far.got.*)
	CAME=${#kept[@]}
	[[ -e ${kept[0]} ]] || CAME=0
}

# why_unsaid WORDS [CAUSE] : why no line on standard error begins with WORDS, if it has
# another cause than CAUSE.
why_unsaid() {
	if [[ $'\n'$(<"$OUT") == *$'\n'"$1"* ]]; then
		echo "it is said on standard output: failures are told on standard error, with fprintf(stderr, ...)"
	elif [[ -s $ERR && $(<"$ERR") != *"Bad file descriptor"* &&
		$(<"$ERR") != *"Destination address required"* ]]; then
		echo "it is said in other words, or not at all: the line begins with \"$1\""
	else
		echo "${2:-}"
	fi
}

# expect_usage [ARGUMENT...] : with these the program can only say how it is used.
expect_usage() {
	STORY=()
	run_program -- "$@"
	expect_err_match "usage: $TALKER hostname message" \
		"The program gets $# arguments and does not say how it is used." \
		"$(why_unsaid "usage: $TALKER" "argc counts the program's own name too: with two arguments it is 3")" \
		"labs/$LAB/README.md, TODO 1"
	expect_status 1 "It says how it is used, but its exit status does not tell that it failed." \
		"a program that could not do its work ends with exit(1)" "man 3 exit"
}

# expect_look_up_to_fail HOST : the talker says why it could not look HOST up.
expect_look_up_to_fail() {
	local cause="the value that getaddrinfo returns is not checked, or not printed with gai_strerror"
	CRASH_LIKELY="what getaddrinfo returns is not checked, and the list that it did not make is used"
	run_program --record -- "$1" "$(random_text 5)"
	[[ $(<"$CHECK_DIR/program.record") != *"look-up "* ||
		$(<"$CHECK_DIR/program.record") == *"look-up $1 "* ]] ||
		cause="the host is argv[1], and getaddrinfo was asked for something else"
	expect_err_match "getaddrinfo: .+" "The host does not exist, and the talker does not say so." \
		"$(why_unsaid "getaddrinfo: " "$cause")" "man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The host does not exist, and the exit status does not tell that it failed." \
		"after \"getaddrinfo: REASON\" the program ends with status 1"
	[[ $(<"$ERR") != *"getaddrinfo: Success"* ]] ||
		tell "\"getaddrinfo: Success\" is no reason: getaddrinfo does not set errno, so" \
			"perror has nothing to say; print gai_strerror of what getaddrinfo returned"
}

# expect_ipv6_only : ::1 is a host for the talker, 127.0.0.1 is none.
expect_ipv6_only() {
	local cause='' family flags
	STORY=()
	given_a_listener ::1 answer hello
	run_program --record -- ::1 "$(random_text 5)"
	if [[ $'\n'$(<"$ERR") == *$'\n'"getaddrinfo: "* ]]; then
		STORY+=("$(expect show "got" "$ERR")")
		read -r _ _ _ family _ flags _ < <(looked_up_how)
		if [[ $family -eq 2 ]]; then
			cause=$(why_ipv4)
		elif [[ $flags -lt 0 || $flags -gt 1023 ]]; then
			cause="what is not set in the hints holds whatever was in that memory: set all of them to 0 first"
		fi
		fail "::1 is an IPv6 address, and the talker could not look it up." "$cause" \
			"man 3 getaddrinfo, hints"
	fi
	STORY=()
	run_program --record -- 127.0.0.1 "$(random_text 5)"
	[[ $ENDED == "exit 1" && $'\n'$(<"$ERR") == *$'\n'"getaddrinfo: "* ]] && return
	story expected "getaddrinfo: REASON on standard error, exit status 1"
	if [[ -s $ERR ]]; then
		STORY+=("$(expect show got "$ERR")")
	else
		story got "$(words_for_end "$ENDED")"
	fi
	fail "127.0.0.1 is an IPv4 address, and the talker took it for its host." \
		"$(why_ipv4)" "man 3 getaddrinfo, ai_family"
}

# The recorded look-up: look-up NODE SERVICE FAMILY SOCKTYPE FLAGS = RESULT
looked_up_how() { grep -m 1 '^look-up' "$CHECK_DIR/program.record"; }

# Why was an IPv4 address taken?
why_ipv4() {
	local family flags
	read -r _ _ _ family _ flags _ < <(looked_up_how)
	case $family in
	0) echo "hints.ai_family is AF_UNSPEC, so getaddrinfo finds IPv4 addresses too; say AF_INET6" ;;
	2) echo "hints.ai_family is AF_INET, which is IPv4; say AF_INET6" ;;
	10) [[ $((flags & 8)) -eq 0 ]] ||
		echo "AI_V4MAPPED dresses IPv4 addresses up as IPv6 ones, and the datagram goes over IPv4" ;;
	esac
}

# expect_no_socket : no socket can be had, and the talker says so.
expect_no_socket() {
	run_program --fault "socket:*:EMFILE" -- ::1 "$(random_text 5)"
	story note "here every call of socket was made to fail with EMFILE"
	[[ $'\n'$(<"$ERR") != *$'\n'"getaddrinfo: "* ]] || needs "$IPV6_ONLY"
	expect_err_match "$TALKER: failed to create socket" \
		"No socket could be made, and the talker does not say so." \
		"$(why_unsaid "$TALKER: failed to create socket" "what socket returns is not checked")" \
		"man 2 socket, RETURN VALUE"
	expect_status 2 "No socket could be made, and the exit status is not the one for that." \
		"after \"$TALKER: failed to create socket\" the program ends with status 2"
}

# why_no_way SYMPTOM HOST MESSAGE : fails if what the talker said tells why it does not
# get through to HOST.
why_no_way() {
	local symptom=$1 host=$2 message=$3 said report
	said=$(<"$ERR")
	! unfinished || fail "$symptom"
	if [[ $'\n'$said == *$'\n'"getaddrinfo: "* ]]; then
		needs "$IPV6_ONLY"
		no_way "$host is an IPv6 address, and the talker could not look it up." \
			"the hints: everything 0 but ai_family (AF_INET6) and ai_socktype (SOCK_DGRAM)" \
			"man 3 getaddrinfo"
	fi
	report=$(played_sanitized "$host" "$message")
	REPORT=$report
	[[ -z $report ]] || story note "the sanitizers say: $report"
	if [[ $report == *use-after-free* ]]; then
		CRASH_LIKELY="the list of addresses is freed before it is used: freeaddrinfo comes after that"
		no_way "$symptom" "$CRASH_LIKELY" "man 3 freeaddrinfo"
	fi
	case $said in
	*"Address already in use"*)
		no_way "$symptom" "bind is for those who want to be found: a talker takes any port, unasked" ;;
	*"Invalid argument"*)
		no_way "$symptom" \
			"the size of the address is p->ai_addrlen; sizeof p->ai_addr is the size of a pointer" \
			"man 2 $SEND; man 2 connect" ;;
	*"Destination address required"*)
		needs "${CONNECTS:-}"
		no_way "$symptom" "the socket has no peer: connect comes before send" "man 2 connect" ;;
	*"Broken pipe"* | *"connect: Connection refused"*)
		no_way "$symptom" \
			"the socket is one for streams: hints.ai_socktype has to be SOCK_DGRAM" "man 2 socket" ;;
	*": Connection refused"*)
		no_way "$symptom" "nobody is where the message went: is it the port 4950 of this host?" ;;
	esac
}

no_way() {
	STORY+=("$(expect show got "$ERR")")
	fail "$@"
}

# Nothing arrived on port 4950 of HOST. Where did it go? The program runs again, with
# somebody at other likely places.
where_did_it_go() {
	local host=$1 message=$2 nothing="No message arrived on port 4950 of the host."
	[[ $ENDED != *SIGPIPE ]] ||
		CRASH_LIKELY="the socket is one for streams: hints.ai_socktype has to be SOCK_DGRAM"
	why_no_way "$nothing" "$host" "$message"
	[[ $ENDED != signal* ]] || fail "$nothing"
	if peer start swapped bind "$host" 22035 ready receive-until "$MARKER"; then
		peer start nearby bind ::1 4950 ready receive-until "$MARKER" || true
	fi
	launch run --within "$PATIENCE" program -- "$PROGRAM" "$host" "$message" || true
	peer run marker to "$host" 22035 send "$MARKER" to ::1 4950 send "$MARKER"
	peer wait swapped || true
	[[ ! -s $CHECK_DIR/swapped.got ]] || fail "The message went to port 22035 instead of 4950." \
		"22035 is 4950 with its two bytes swapped: the port needs htons" "man 3 htons"
	peer wait nearby || true
	[[ ! -s $CHECK_DIR/nearby.got ]] || { needs "$LOOKS_UP"; fail "The message went to ::1 instead of the host $host." \
		"the look-up is not about the first argument, argv[1]"; }
	fail "$nothing" "look at where $SEND sends to: an address of the list, and its port 4950" \
		"man 2 $SEND"
}

# expect_arrival : the message arrives at the host that was named, whatever its length.
expect_arrival() {
	local host=::1 message beginning
	# Another address than everybody's, so that it must have been looked at.
	[[ $LAB_ISOLATION != enforced ]] || host=fd00::1
	message=$(random_text 6)
	given_a_listener "$host" answer hello
	run_program --record -- "$host" "$message"
	until_the_marker
	[[ $CAME -gt 0 ]] || where_did_it_go "$host" "$message"
	# How many bytes come is for later.
	IFS= read -r -N 3 beginning <"$CHECK_DIR/far.got.1" || true
	[[ $message == "$beginning"* && -n $beginning ]] && return
	expect_file is "$CHECK_DIR/far.got.1" "$message" "A datagram arrived, but it is not the message." \
		"the bytes to send are those of the second argument, argv[2]" "man 2 $SEND"
}

# sends_each MESSAGE... : the talker is run once for each, and every run sends the
# bytes of its message in one datagram. Whoever waits for an answer gets one.
sends_each() {
	local LC_ALL=C message i=0
	given_a_listener ::1 at-least $# answer hello
	for message; do
		STORY=()
		run_program -- ::1 "$message"
	done
	until_the_marker
	for message; do
		i=$((i + 1))
		[[ $CAME -eq $# ]] && expect is "$CHECK_DIR/far.got.$i" "$message" >/dev/null && continue
		STORY=()
		as_typed ::1 "$message"
		story ran "$TYPED"
		if [[ $CAME -gt $# ]]; then
			story expected "one datagram"
			story got "$CAME datagrams for $# messages"
			fail "The talker sends more than one datagram for a message." \
				"$SEND is called more than once; a datagram is sent whole, or not at all"
		fi
		if [[ $CAME -lt $# ]]; then
			# Those before it may have come.
			[[ ! -e $CHECK_DIR/far.got.$i ]] ||
				! expect is "$CHECK_DIR/far.got.$i" "$message" >/dev/null || continue
			story expected "a datagram of ${#message} bytes"
			story got "none"
			[[ ! -s $ERR ]] || STORY+=("$(expect show "note: on standard error" "$ERR")")
			fail "A message of ${#message} bytes was not sent." "${NOT_SENT_CAUSE:-}"
		fi
		expect_file is "$CHECK_DIR/far.got.$i" "$message" "What was sent is not the message." \
			"$(why_other_bytes "$(wc -c <"$CHECK_DIR/far.got.$i")" ${#message})" \
			"man 2 $SEND; man 3 strlen"
	done
}

# why_other_bytes SENT LENGTH : what makes a talker send so many bytes instead of LENGTH?
why_other_bytes() {
	if [[ $1 -eq $(($2 + 1)) ]]; then
		echo "the NUL that ends the text in memory is sent too: strlen does not count it"
	elif [[ $1 -eq 8 ]]; then
		echo "8 bytes is the size of a pointer: sizeof argv[2] is not how long the text is; strlen is"
	elif [[ $1 -lt $2 ]]; then
		echo "only $1 of $2 bytes are sent: is the message copied into something smaller?"
	elif [[ $1 -gt $2 ]]; then
		echo "$1 bytes are sent instead of $2: is a whole buffer sent?"
	fi
}

# given_too_long_a_message : 65,528 bytes do not fit into a datagram; the program runs with them.
given_too_long_a_message() {
	run_program -- ::1 "$(long_text 65528)"
	story note "a datagram over IPv6 carries 65,527 bytes at most, so this one cannot be sent"
}

# Then: it says why it could not send.
expect_failed_send() {
	expect_err_match "$TALKER: $SEND: .+" \
		"A message of 65,528 bytes cannot be sent, and the talker does not say so." \
		"$(why_unsaid "$TALKER: $SEND: " "what $SEND returns is not checked: -1 means that nothing was sent")" \
		"man 2 $SEND, RETURN VALUE; man 3 perror"
}

# Then: what could not be sent was not sent.
expect_no_claim() {
	if [[ $'\n'$(<"$OUT") == *$'\n'"$TALKER: sent "* ]]; then
		story got "$(grep -a -m 1 "^$TALKER: sent " "$OUT")"
		fail "Nothing was sent, and the talker says that something was." \
			"after $SEND has failed the program goes on as if it had not" \
			"man 2 $SEND, RETURN VALUE"
	fi
	expect_status 1 "Nothing was sent, and the exit status does not tell that it failed." \
		"after \"$TALKER: $SEND: REASON\" the program ends with status 1"
}

# expect_sent HOST MESSAGE SYMPTOM : run with them, it says what it sent, and to whom.
expect_sent() {
	local LC_ALL=C line
	line="$TALKER: sent ${#2} bytes to $1"
	expect_line "$line" "$3" "$(why_not_sent "$line")" "man 3 printf"
}

# What is wrong about the line that should be LINE?
why_not_sent() {
	local said
	said=$'\n'$(<"$OUT")
	if [[ $said == *$'\n'"$1" ]]; then
		printf '%s\n' "a line ends with a newline, \\n"
	elif [[ $said == *$'\n'"$TALKER: sent "*" bytes to ${1##* to }"* ]]; then
		echo "N is what $SEND returned: the bytes, not the letters, that were sent"
	elif [[ $said == *$'\n'"${1%% to *} to "* ]]; then
		echo "HOST in this line is argv[1], not the address that was found"
	elif [[ $'\n'$(<"$ERR") == *$'\n'"$1"* ]]; then
		echo "it is said on standard error: what went well is told on standard output, with printf"
	else
		echo "the line is \"$TALKER: sent N bytes to HOST\"; N is what $SEND returned, HOST is argv[1]"
	fi
}
