# The launcher, the box and the peers, as the suites use them.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	export PROBE=$BATS_FILE_TMPDIR/probe BIN=$PWD/build/bin
	export CHECK_BIN=$BIN LAB_INTERPOSE=$PWD/build/lib/interpose.so
	cc -std=gnu17 -o "$PROBE" tests/programs/probe.c
	chmod 755 "$BATS_FILE_TMPDIR" "$PROBE"
}

setup() {
	"$BIN/box" --probe >/dev/null || [[ ${NEEDS_NAMESPACES:-yes} == no ]] ||
		skip "this machine has no user namespaces"
}

# boxed COMMANDS : in a box, with a folder of its own and the tools at hand.
boxed() {
	run "$BIN/box" ${MODE:+--mode $MODE} -- bash -c '
		PATH=$BIN:$PATH
		export CHECK_DIR=$(mktemp -d)
		cleanup() { launch stop-all; cd /; umount "$CHECK_DIR/net" 2>/dev/null; rm -rf "$CHECK_DIR"; }
		trap cleanup EXIT
		cd "$CHECK_DIR"
		ended() { cat "$1.end"; }
		'"$1"
	printf '%s\n' "$output"
}

@test "a program gets its arguments, its short name, and nothing else" {
	boxed 'launch run p -- "$PROBE" arguments "two words" ""; cat p.out
	       launch run p -- "$PROBE" environment; sed s/=.*// p.out | sort | tr "\n" " "'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = probe ]
	[ "${lines[2]}" = "two words" ]
	[ "${lines[3]}" = "HOME MALLOC_PERTURB_ PATH TERM " ]
}

@test "a program has three descriptors, two of them terminals" {
	boxed 'exec 7</dev/null 9</dev/null; launch run p -- "$PROBE" descriptors; cat p.out'
	[ "$output" = $'0\n1 terminal\n2 terminal' ]
}

@test "a program sees no process but its own and its init" {
	boxed 'launch run p -- "$PROBE" list /proc; grep -cE "^[0-9]+$" p.out'
	[ "$output" = 2 ]
}

@test "a program sees the C library, itself, and no file of anybody" {
	boxed 'launch run p -- "$PROBE" list /; grep -vE "^(\.|\.\.|bin|lib.*|sbin|usr)$" p.out | sort | tr "\n" " "
	       launch run p -- "$PROBE" list /lab; grep -v "^\." p.out'
	[ "${lines[0]}" = "dev etc lab proc tmp probe" ]
}

@test "what an attacker tries is refused" {
	boxed 'launch run p -- "$PROBE" attack; cat p.out; ended p'
	[[ $output == *"still here"* && $output == *"exit 0"* ]]
	[[ $output != *": done"* ]]
}

@test "bytes arrive as they were printed, each stream by itself" {
	boxed 'launch run p -- "$PROBE" bytes; od -An -c p.out; cat p.err'
	[ "${lines[0]}" = '   a  \0   b  \r  \n   c 377' ]
	[ "${lines[1]}" = "to stderr" ]
}

@test "a program that never flushes loses nothing, and its child repeats nothing" {
	boxed 'launch start p -- "$PROBE" buffered
	       launch await 5000 p "out:before the fork" zombies:0 children:0
	       launch stop p; cat p.out'
	[ "$output" = "before the fork" ]
}

@test "how it ended is told: status, signal, flood, too late" {
	boxed 'for how in nothing crash flood hang; do
	       launch run --within 300 p -- "$PROBE" $how || true; ended p; done'
	[ "$output" = $'exit 77\nsignal 11 SIGSEGV\nflood\nlate' ]
}

@test "a daemon that leaves its session and ignores signals ends with the program" {
	boxed 'launch run p -- "$PROBE" daemon; pgrep -c probe'
	[ "$output" = 0 ]
	MODE=host boxed 'launch run p -- "$PROBE" daemon; pgrep -f "^probe daemon" | wc -l'
	[ "${lines[-1]}" = 0 ]  # box may have had to wait, and then says so
}

@test "waiting ends at once when the program has ended" {
	boxed 'launch start p -- "$PROBE" nothing; launch await 60000 p listening:3490; echo $?'
	[ "$output" = 1 ]
}

@test "waiting ends late when nothing happens" {
	boxed 'launch start p -- "$PROBE" hang; launch await 50 p listening:3490; echo $?'
	[ "$output" = 2 ]
}

@test "listeners, zombies and descriptors are seen" {
	boxed 'launch start s -- "$PROBE" serve
	       launch await 5000 s listening:3490 && launch show s tcp:3490
	       launch show s ports; launch show s descriptors
	       launch start z -- "$PROBE" zombies; launch await 5000 z zombies:3 && echo three'
	[ "${lines[0]}" = "ipv6 backlog 7 peer 0 at ::" ]
	[ "${lines[1]}" = "tcp 3490" ]
	[ "${lines[2]}" = 4 ]
	[ "${lines[3]}" = three ]
}

@test "every check has a network of its own" {
	boxed 'launch start s -- "$PROBE" serve; launch await 5000 s listening:3490 && echo one
	       export CHECK_DIR=$CHECK_DIR/second; mkdir "$CHECK_DIR"
	       launch start s -- "$PROBE" serve; launch await 5000 s listening:3490 && echo two
	       launch stop s'
	[ "$output" = $'one\ntwo' ]
}

@test "a program ends with the process that owns it" {
	boxed 'bash -c "LAUNCH_OWNER=\$\$ launch start p -- $PROBE hang; launch show p end"
	       until [ -e p.end ]; do :; done; ended p
	       LAUNCH_OWNER=$$ launch start q -- "$PROBE" hang; launch show q end'
	[ "$output" = $'running\nstopped\nrunning' ]
}

@test "fork, socket and look-up fail on demand" {
	boxed 'launch run --fault fork:1:EAGAIN p -- "$PROBE" fork; cat p.out p.err
	       launch run --fault "socket:*:EMFILE" p -- "$PROBE" socket; cat p.out
	       launch run --fault getaddrinfo:EAI_AGAIN p -- "$PROBE" look-up localhost; cat p.out'
	[ "${lines[0]}" = "no child" ]
	[ "${lines[1]}" = "fork: Resource temporarily unavailable" ]
	[ "${lines[2]}" = "socket: Too many open files" ]
	[[ ${lines[3]} == getaddrinfo:\ * ]]
}

@test "a call is held until it is released, whichever function made it" {
	boxed 'launch start --fault send:1:hold s -- "$PROBE" serve
	       launch await 5000 s listening:3490
	       peer start c connect ::1 3490 ready send hello half-close read-all
	       launch await 5000 s held:1; launch show s held-by; launch show s child-holds:3490
	       cat c.got; launch release s; peer wait c; cat c.got'
	[ "${lines[0]}" = program ]
	[ "${lines[1]}" = yes ]
	[ "${lines[2]}" = bye ]
}

@test "a wrong fault is refused with the words that are known" {
	boxed 'launch run --fault fly:1:EAGAIN p -- "$PROBE" fork; echo $?'
	[[ $output == *"no such call: fork send recv"* && $output == *64 ]]
}

@test "names have the addresses that the check gives them, in its order" {
	boxed 'launch run --names "three=127.0.0.3,::1,127.0.0.1;other=::1" p -- "$PROBE" look-up three
	       cat p.out p.record; launch run p -- "$PROBE" look-up localhost; sort p.out | tail -1'
	[ "$(printf '%s\n' "${lines[@]:0:3}")" = $'127.0.0.3\n::1\n127.0.0.1' ]
	[ "${lines[3]}" = "look-up three 3490 0 1 0 = 0" ]
	[ "${lines[4]}" = freed ]
	[ "${lines[5]}" = "kept 0" ]
	[ "${lines[6]}" = ::1 ]
}

@test "peers reset, drip, send nothing in a datagram, answer from elsewhere" {
	boxed 'launch start s -- "$PROBE" serve; launch await 5000 s listening:3490
	       peer run c connect 127.0.0.1 3490 send x reset
	       launch await 5000 s "err:recv: Connection reset" && echo reset
	       peer start far bind ::1 4950 ready receive send one elsewhere send two
	       peer run near bind ::1 0 to ::1 4950 send "" receive receive; cat near.got; echo
	       peer wait far; cat far.log | grep -c "datagram of 0 bytes"'
	[ "${lines[0]}" = reset ]
	[ "${lines[1]}" = onetwo ]
	[ "${lines[2]}" = 1 ]
}

@test "a peer that waits in vain says for what" {
	boxed 'peer run --within 50 p bind ::1 4950 receive; echo $?; cat p.log'
	[ "$output" = $'2\nbound\nlate: receive' ]
}

@test "box gives back the status, also of a signal, and says what it cannot find" {
	boxed 'exit 7'
	[ "$status" -eq 7 ]
	run "$BIN/box" -- bash -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	run bash -c '"$BIN/box" -- /nowhere/nothing || echo $?'
	[ "${lines[1]}" -eq 127 ]
	run "$BIN/box" --mode upside-down -- true
	[ "$status" -eq 64 ]
}

@test "interrupting or killing box leaves no process" {
	local signal
	for signal in INT TERM HUP KILL; do
		coproc { exec "$BIN/box" -- bash -c 'sleep 4321 & setsid sleep 4321 & echo $$; wait'; }
		read -r _ <&"${COPROC[0]}"
		pgrep -x -f 'sleep 4321' >/dev/null
		kill -s "$signal" "$COPROC_PID"
		wait "$COPROC_PID" || true
		tail --pid="$(pgrep -o -x -f 'sleep 4321' || echo 1000000)" -f /dev/null
		if pgrep -x -f 'sleep 4321'; then return 1; fi
	done
}

@test "on the machine's network boxes come one after the other, and leave nothing" {
	local file=$BATS_TEST_TMPDIR/turns first
	touch "$file"
	"$BIN/box" --mode host -- bash -c "echo in >>'$file'; setsid sleep 4322 & read -t 0.3 <> <(:); echo out >>'$file'" 3>&- &
	first=$!
	"$BIN/box" --mode host -- bash -c "echo in >>'$file'; echo out >>'$file'" 3>&-
	wait "$first"
	[ "$(tr '\n' ' ' <"$file")" = "in out in out " ]
	run ! pgrep -x -f 'sleep 4322'
}
