# Lab 1: a TCP server that greets every client.
load ../lib

readonly LISTENS="listens on port 3490 and says so"
readonly GREETS="greets a client with exactly 'Hello, world!'"

# Starts the server and waits until it takes connections.
given_a_server() {
	start_program "$@" --
	await listening:3490 && return
	[[ -n $ENDED ]] || note_hang
	fail "The server does not listen on TCP port 3490."
}

# bats test_tags=todo:1,points:1
@test "says why when its own addresses cannot be looked up" {
	start_program --fault getaddrinfo:EAI_AGAIN --
	if await listening:3490; then
		# Addresses filled in by hand need no look-up.
		grep -q '^look-up' "$CHECK_DIR/program.record" || return 0
		fail "The look-up failed, and the server went on."
	fi
	[[ -n $ENDED ]] || { note_hang; fail "The look-up failed, and the server neither ended nor said so."; }
	story note "here the look-up was made to fail with EAI_AGAIN"
	expect_err_match "getaddrinfo: .+" "The look-up failed, and the server did not say why." \
		"the value that getaddrinfo returns is not checked, or not printed with gai_strerror" \
		"man 3 getaddrinfo, RETURN VALUE"
	expect_status 1 "The look-up failed, and the exit status does not say so."
}

# bats test_tags=todo:3,points:2
@test "listens on port 3490 and says so" {
	start_program --
	await "out:server: waiting for connections...
" || fail "The server does not say that it waits for connections."
}

# bats test_tags=todo:5,points:2
@test "greets a client with exactly 'Hello, world!'" {
	needs "$LISTENS"
	given_a_server
	peer run client connect 127.0.0.1 3490 read-all || fail "The client was not greeted." "" "$(<"$CHECK_DIR/client.log")"
	expect_file is "$CHECK_DIR/client.got" "Hello, world!" "The greeting is not right."
}

# bats test_tags=todo:6,points:2
@test "leaves no zombie behind when many children end at once" {
	needs "$GREETS"
	given_a_server
	launch signal program STOP
	peer start clients burst 10 127.0.0.1 3490
	launch signal program CONT
	peer wait clients || fail "Not every client was greeted."
	await zombies:0 children:0 || fail "Children that have ended are still there as zombies."
}
