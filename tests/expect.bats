# expect: what a failed comparison tells.

setup() {
	EXPECT=$BATS_TEST_DIRNAME/../build/bin/expect
	FILE=$BATS_TEST_TMPDIR/got
}

# the_same / differs FORMAT EXPECTED : the file holds what printf makes of FORMAT.
# shellcheck disable=SC2059 # FORMAT it is
holds() { printf "$1" >"$FILE"; }

@test "equal bytes are equal, and nothing is told" {
	holds 'a\nb\n'
	run "$EXPECT" is "$FILE" $'a\nb\n'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the first difference is marked under its column" {
	holds 'client: got 12 bytes\n'
	run "$EXPECT" is "$FILE" $'client: got 13 bytes\n'
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'expected: client: got 13 bytes\n' ]
	[ "${lines[1]}" = 'got: client: got 12 bytes\n' ]
	[ "${lines[2]}" = 'marked:              ^' ]
}

@test "a missing newline, a NUL and a control byte can be seen" {
	holds 'a'
	run "$EXPECT" is "$FILE" $'a\n'
	[ "${lines[1]}" = 'got: a and then nothing' ]
	holds 'a\0'
	run "$EXPECT" is "$FILE" a
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = 'got: a\x00' ]
	holds '\033[31m'
	run "$EXPECT" is "$FILE" ''
	[[ ${lines[1]} == 'got: \x1B[31m' ]]
}

@test "nothing at all is called nothing" {
	holds ''
	run "$EXPECT" is "$FILE" 'a'
	[ "${lines[1]}" = 'got: nothing' ]
}

@test "only the line that differs is shown, and long ones from near the place" {
	holds 'one\ntwo\nthree\n'
	run "$EXPECT" is "$FILE" $'one\ntwo\nfour\n'
	[ "${lines[0]}" = 'expected: ...four\n' ]
	holds "$(printf 'x%.0s' {1..500})y"
	run "$EXPECT" is "$FILE" "$(printf 'x%.0s' {1..500})z"
	[ "${lines[1]}" = 'got: ...xxxxxxxxxxxxxxxxxxxxy' ]
	[ "${#lines[@]}" -eq 4 ]
}

@test "lines may have others between them, but not in another order" {
	holds 'one\nnoise\ntwo\n'
	run "$EXPECT" lines "$FILE" $'one\ntwo'
	[ "$status" -eq 0 ]
	run "$EXPECT" lines "$FILE" $'two\none'
	[ "$status" -eq 1 ]
}

@test "a pattern matches whole lines" {
	holds 'bind: Address in use\nfailed\n'
	run "$EXPECT" match "$FILE" $'bind: .+\nfailed'
	[ "$status" -eq 0 ]
	run "$EXPECT" match "$FILE" 'bind'
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'expected: a line like: bind' ]
}

@test "a file that is not there is trouble of ours, not a difference" {
	run "$EXPECT" is /nowhere/at/all x
	[ "$status" -eq 125 ]
	run "$EXPECT" resembles x y
	[ "$status" -eq 64 ]
}
