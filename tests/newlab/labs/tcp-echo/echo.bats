# Lab 6: a TCP server that sends back what it hears.
load ../lib

readonly LISTENS="listens on port 7007 and says so"
readonly NAMES="says which client came"
readonly ECHOES="sends back what a client says"

given_an_echo() {
	start_program --
	await listening:7007 || fail "The server does not listen on port 7007." "" "man 2 listen"
}

# a_client ACTION... : one that connects, does that, and reads until the end. What it
# got is judged, not whether it could send all.
a_client() {
	story ran "nc 127.0.0.1 7007          (in a second terminal)"
	peer run client connect 127.0.0.1 7007 "$@" half-close read-all 2>/dev/null || true
}

# bats test_tags=todo:1,points:4
@test "says why it cannot have its port" {
	peer start taken listen 0.0.0.0 7007 ready hold || no_port 7007
	HANGS="Port 7007 is taken, and the server goes on as if it had it."
	HANGS_CAUSE="what bind returns is not looked at"
	run_program --
	expect_err_match "echo: bind: .+" "Port 7007 is taken, and the server does not say so." \
		"what bind returns is not looked at" "man 2 bind"
	expect_status 1 "It cannot have its port, and the exit status does not say so."
}

# bats test_tags=todo:2,points:4
@test "listens on port 7007 and says so" {
	# A skeleton that stops behind listen is kept there, to be looked at.
	start_program --fault exit:1:hold --
	await listening:7007 || fail "The server does not listen on port 7007." "" "man 2 listen"
	await "line:echo: listening" || fail "It listens, and does not say so." "" "man 3 printf"
}

# bats test_tags=todo:3,points:4
@test "says which client came" {
	needs "$LISTENS"
	given_an_echo
	a_client
	await end || true
	expect_line "echo: client 127.0.0.1" "The server does not say who its client is." "" "man 2 accept"
}

# bats test_tags=todo:4,points:4
@test "sends back what a client says" {
	needs "$LISTENS" "$NAMES"
	local text
	text=$(random_text 20)
	given_an_echo
	story sent "$text"
	a_client send "$text"
	expect_file is "$CHECK_DIR/client.got" "$text" "The client does not get back what it said." \
		"" "man 2 send"
}

# bats test_tags=todo:4,points:4
@test "sends back what comes in pieces, to the end" {
	needs "$ECHOES"
	local one two
	one=$(random_text 20 1) two=$(random_text 20 2)
	given_an_echo
	story sent "$one"
	story sent "$two, when the first piece had come back"
	a_client send "$one" read 20 send "$two"
	expect_file is "$CHECK_DIR/client.got" "$one$two" "Only a part of what the client said came back." \
		"recv returns what is there, not what was sent: call it until it returns 0" "man 2 recv"
}

# bats test_tags=todo:4,stretch
@test "ends with status 0 when its client has ended" {
	needs "$ECHOES"
	given_an_echo
	a_client
	await end || fail "The client has ended, and the server has not."
	ENDED=$(<"$CHECK_DIR/program.end")
	expect_status 0 "All went well, and the exit status does not say so."
}
