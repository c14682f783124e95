# A sample of the hostile submissions, small enough for every day: all the files, and
# the programs that would do most harm. `make test-hostile` has all of them.

bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_DIRNAME/.." || return; }

check() {
	run timeout -k 5 600 tests/hostile/check "$@"
	grep -v '^ok' <<<"$output" || true
	[ "$status" = 0 ]
}

@test "broken and hostile files each end as stated, and nothing gets out" {
	check files
	[ "$(grep -c '^ok' <<<"$output")" -ge 70 ]
}

@test "hostile programs each end as stated, and nothing gets out" {
	check programs include-endless include-self incbin-secret fork-bomb daemon \
		stop-parent kill-all forged-tap forged-descriptors forged-harness \
		forged-result escapes read-suite memory-file namespaces hold-port
	[ "$(grep -c '^ok' <<<"$output")" -ge 16 ]
}

@test "each of them states its verdict, and there are enough" {
	[ "$(find tests/hostile -name '*.c' ! -name pack.c | wc -l)" -ge 50 ]
	for file in tests/hostile/*.c; do
		# Two of one name would be one.
		run ! grep "^${file:14:-2} " tests/hostile/files.bash
		[[ $file == */pack.c ]] ||
			head -n 1 "$file" | grep -qE '^/\* [a-z-]+: (build-failed|graded, at most [0-9]+)$'
	done
}
