# build/bin/runner against Bats: what both print must be the same, test by test, and what
# the runner does not know it must refuse.

bats_require_minimum_version 1.5.0

setup_file() {
	make -s -C "$BATS_TEST_DIRNAME/.." tools >/dev/null 2>&1 3>&- 4>&- || true
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	RUNNER_BIN=$PWD/build/bin/runner
	SUITE=$BATS_TEST_TMPDIR/a.bats
}

# suite : the suite on standard input, with @ for the @ of @test, which Bats would look
# for in this file, too.
suite() { sed 's/^AT/@/' >"$SUITE"; }

# verdicts COMMAND... : the plan, the results and what failed tests printed, without the
# places, which each of the two words in its own way.
verdicts() {
	env -u BATS_TMPDIR -u BATS_RUN_TMPDIR "$@" 2>/dev/null |
		grep -vE "^# \(|^#  (in|from)|^#   \`" || true
}

# refused LINE WORDS : the runner refuses the suite with the place, and plays nothing.
refused() {
	run -2 "$RUNNER_BIN" "$SUITE"
	[[ $output == "$SUITE:$1: "*"$2"* ]] || { echo "$output"; return 1; }
	[[ $output != *ok* ]]
}

@test "prints what Bats prints" {
	suite <<-'SUITE'
		setup() { MADE=$((${MADE:-0} + 1)); }
		teardown() { echo "down $BATS_TEST_NUMBER"; }
		setup_file() { echo kept >"$BATS_FILE_TMPDIR/kept"; }
		helper() { false; }
		ATtest "passes" {
			[ "$MADE" = 1 ]
			[ "$(cat "$BATS_FILE_TMPDIR/kept")" = kept ]
			[ -d "$BATS_TEST_TMPDIR" ]
		}
		# bats test_tags=todo:1,points:2
		ATtest "fails in a \"helper\"" {
			echo before
			helper
			echo after
		}
		ATtest 'skips' {
			skip "for a reason"
		}
		ATtest "calls what is not there" {
			ehco hello
		}
		ATtest "ends by itself" {
			printf '%s\n' 'symptom: two' ' # lines'
			exit 1
		}
		ATtest "runs" {
			run false
			[ "$status" = 1 ]
			run echo hello
			[ "$output" = hello ] && [ "${lines[0]}" = hello ]
		}
		ATtest "advises" {
			echo '# tell: x' >&3
		}
	SUITE
	verdicts bats --tap "$SUITE" >"$BATS_TEST_TMPDIR/bats"
	verdicts "$RUNNER_BIN" "$SUITE" | sed "s,$SUITE: line,: line," >"$BATS_TEST_TMPDIR/runner"
	sed -i "s,/[^ ]*: line,: line," "$BATS_TEST_TMPDIR/bats"
	grep -qx 'not ok 2 fails in a "helper"' "$BATS_TEST_TMPDIR/bats"
	diff "$BATS_TEST_TMPDIR/bats" "$BATS_TEST_TMPDIR/runner"
	run -1 "$RUNNER_BIN" "$SUITE"
	# And the place, of the file that was given.
	[[ $output == *"$SUITE:4, called from $SUITE:"* ]]
}

@test "a filter plays the tests it matches" {
	printf '%s\n' '@test "one" {' true '}' '@test "two" {' true '}' >"$SUITE"
	run -0 "$RUNNER_BIN" --filter '^two$' "$SUITE"
	[ "$output" = $'1..1\nok 1 two' ]
}

@test "a test that replaces the shell has no result" {
	printf '%s\n' '@test "one" {' 'exec true' '}' >"$SUITE"
	run "$RUNNER_BIN" "$SUITE"
	[ "$output" = '1..1' ]
}

@test "refuses what it does not understand, with the place" {
	echo 'true' >"$SUITE"
	refused 1 "no test"
	printf '%s\n' '@test "one" {' true '}' '@test "one" {' true '}' >"$SUITE"
	refused 4 "in line 1"
	printf '%s\n' '@test "one"' '{' true '}' >"$SUITE"
	refused 1 "on one line"
	printf '%s\n' '@test one {' true '}' >"$SUITE"
	refused 1 "in quotes"
	# shellcheck disable=SC2016 # for the suite
	printf '%s\n' '@test "one $HOME" {' true '}' >"$SUITE"
	refused 1 "without"
	printf '%s\n' 'one() { # @test' true '}' >"$SUITE"
	refused 1 "marked as tests"
	printf '%s\n' '# bats test_tags=bats:focus' '@test "one" {' true '}' >"$SUITE"
	refused 1 "begin with bats:"
	for word in bats_load_library bats_pipe BATS_TEST_TIMEOUT=1 BATS_TEST_RETRIES=2 bats::on_failure; do
		printf '%s\n' '@test "one" {' true '}' "later() { $word; }" >"$SUITE"
		refused 4 "does not know"
	done
	echo 'load helper' >"$SUITE"
	printf '%s\n' '@test "one" {' true '}' >>"$SUITE"
	refused 1 "no file"
	echo 'x() { bats_pipe; }' >"$BATS_TEST_TMPDIR/helper.bash"
	run -2 "$RUNNER_BIN" "$SUITE"
	[[ $output == "$BATS_TEST_TMPDIR/helper.bash:1: "* ]]
	echo 'setup_suite() { :; }' >"$BATS_TEST_TMPDIR/setup_suite.bash"
	run -2 "$RUNNER_BIN" "$SUITE"
	[[ $output == "$BATS_TEST_TMPDIR/setup_suite.bash:1: "* ]]
}

# letters RESULT : every check's verdict and what was said of it.
letters() { jq -r '.labs[] | .lab as $l | .checks[] | [$l, .name, .status, .message] | @tsv' "$1"; }

@test "says of the references and of the skeletons what Bats says" {
	# Bats puts its inner programs before itself.
	PATH=$(tr : '\n' <<<"$PATH" | grep -v '/libexec/bats-core$' | paste -sd:)
	mapfile -t labs < <(awk '!/^#/ && NF { print $1 }' labs/labs.txt)
	for tree in solutions starter; do
		for lab in "${labs[@]}"; do
			make -s "build-$lab" FROM=$tree
		done
		build/bin/check --seed 7 --from $tree --json "$BATS_TEST_TMPDIR/ours" "${labs[@]}" >/dev/null || true
		RUNNER=bats build/bin/check --seed 7 --from $tree --json "$BATS_TEST_TMPDIR/theirs" \
			"${labs[@]}" >/dev/null || true
		letters "$BATS_TEST_TMPDIR/ours" >"$BATS_TEST_TMPDIR/ours.tsv"
		letters "$BATS_TEST_TMPDIR/theirs" >"$BATS_TEST_TMPDIR/theirs.tsv"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/ours.tsv")" -gt 50 ]
		diff "$BATS_TEST_TMPDIR/theirs.tsv" "$BATS_TEST_TMPDIR/ours.tsv"
	done
}

@test "bats labs/LAB, typed by a person, judges the programs of FROM" {
	FROM=solutions run -0 bats --tap labs/udp-talker
	[[ $output == 1..15* && $output != *"not ok"* && $output != *skip* ]]
	FROM=starter run -1 bats --tap labs/udp-talker
	[[ $output == *"not ok 1 "*"symptom: The program stopped at TODO 1."* ]]
	[[ $output != *"harness:"* ]]
	run ! grep -E '^ok [0-9]+ [^#]*$' <<<"$output"
}
