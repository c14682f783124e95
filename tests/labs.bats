# shellcheck disable=SC2086 # LABS is a list of words
# The labs as a student meets them: the reference programs, the skeletons, this machine's
# ports taken, no namespaces, other people at the same time.

load plainly

# outside COMMAND... : as a person would run it, with our names for the tools.
outside() { plainly env CHECK="$CHECK" BOX="$BOX" PEER="$PEER" LABS="$LABS" "$@"; }

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	export LABS
	LABS=$(awk '!/^#/ && NF { print $1 }' labs/labs.txt | paste -sd' ')
	export CHECK=$PWD/build/bin/check BOX=$PWD/build/bin/box PEER=$PWD/build/bin/peer
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

# A place without namespaces, but with a network that nobody else uses.
without_namespaces() {
	"$BOX" --probe >/dev/null || skip "this machine has no user namespaces itself"
	run outside "$BOX" -- bash -c 'echo 0 >/proc/sys/user/max_user_namespaces
		export CHECK_DIR=$TMPDIR LAB_ISOLATION=host
		'"$1"
}

total() { grep -E 'of [0-9]+ points' <<<"$output"; }

@test "the reference programs earn every point and every star" {
	run outside "$CHECK" --from solutions $LABS
	[ "$status" -eq 0 ]
	[[ $(total) =~ ^\ *100\ of\ 100\ points,\ ([0-9]+)\ of\ ([0-9]+)\ stars$ ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

@test "the skeletons earn nothing, and every message names TODO 1" {
	run outside "$CHECK" --from starter --json "$BATS_TEST_TMPDIR/result.json" $LABS
	[ "$status" -eq 1 ]
	[[ $(total) =~ ^\ *0\ of\ 100\ points,\ 0\ of\ [0-9]+\ stars$ ]]
	run jq -r '.labs[].checks[] | select(.status == "fail") | .message' "$BATS_TEST_TMPDIR/result.json"
	[[ $output == *"TODO 1"* ]]
	[[ $output != *"TODO "[2-9]* ]]
	run jq -r '[.labs[].checks[].status] | unique | join(" ")' "$BATS_TEST_TMPDIR/result.json"
	[ "$output" = "blocked fail" ]
}

@test "the points of a lab are twenty, in eight to fourteen checks" {
	outside "$CHECK" --from starter --json "$BATS_TEST_TMPDIR/result.json" $LABS >"$BATS_TEST_TMPDIR/out" || true
	run jq -c '.labs[] | [.max, ([.checks[] | select(.stretch | not)] | length)]' "$BATS_TEST_TMPDIR/result.json"
	[ "${#lines[@]}" -eq 5 ]
	for line in "${lines[@]}"; do
		[[ $line =~ ^\[20,([0-9]+)\]$ ]]
		[ "${BASH_REMATCH[1]}" -ge 8 ]
		[ "${BASH_REMATCH[1]}" -le 14 ]
	done
}

@test "the handouts' tables are what the suites say" {
	build/bin/table --check
}

@test "what this machine's own ports are used for does not matter" {
	"$BOX" --probe >/dev/null || skip "this machine has no user namespaces"
	run outside "$BOX" -- bash -c 'export CHECK_DIR=$TMPDIR LAB_ISOLATION=host
		for at in 127.0.0.1 ::1; do
			$PEER start --within 100000 tcp$at listen $at 3490 ready hold
			$PEER start --within 100000 udp$at bind $at 4950 ready hold
		done
		exec $CHECK --from solutions $LABS'
	[ "$status" -eq 0 ]
}

@test "two people at once" {
	outside "$CHECK" --from solutions $LABS >"$BATS_TEST_TMPDIR/one" 3>&- &
	outside "$CHECK" --from solutions $LABS >"$BATS_TEST_TMPDIR/two" 3>&-
	wait $!
}

@test "another user of this machine" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$CHECK" ||
		skip "nobody else can reach this folder"
	run outside setpriv --reuid=65534 --regid=65534 --clear-groups "$CHECK" --from solutions $LABS
	[ "$status" -eq 0 ]
}

@test "without namespaces the reference programs earn every core point" {
	without_namespaces '$CHECK --from solutions $LABS'
	[ "$status" -eq 0 ]
	[[ $(total) == *"100 of 100 points"* ]]
}

@test "without namespaces a port that is taken is named, and nobody's failure" {
	without_namespaces '$PEER start --within 100000 tcp listen 127.0.0.1 3490 ready hold
		$PEER start --within 100000 udp bind ::1 4950 ready hold
		for lab in lab1 lab2 lab3 lab4; do $CHECK --from solutions $lab; echo "status $?"; done'
	[ "$(grep -c '^status 3$' <<<"$output")" -eq 4 ]
	[[ $output == *3490* ]]
	[[ $output == *4950* ]]
}

@test "without IPv6 the UDP labs say so and are not judged" {
	"$BOX" --probe >/dev/null || skip "this machine has no user namespaces"
	without_namespaces 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		for lab in lab3 lab4 lab5; do $CHECK --from solutions $lab; echo "status $?"; done'
	[ "$(grep -c '^status 3$' <<<"$output")" -eq 3 ]
	[[ $output == *IPv6* ]]
	[[ $output != *✗* ]]
}
