#!/usr/bin/env bats
# score: recorded TAP, scored by the same rules as a run of check.

bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C.UTF-8 SCORE=$BATS_TEST_DIRNAME/../build/bin/score
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p labs/tcp-server labs/tcp-client
	printf '%s\n' 'lab1 tcp-server server A server' 'lab2 tcp-client client A client' >labs/labs.txt
	# (Bats would take a line that begins with its mark for a test of this file.)
	sed 's/^CHECK/@test/' >labs/tcp-server/server.bats <<-'SUITE'
		# bats test_tags=todo:1,points:5
		CHECK "says \"hello\"" {
		}
		# bats test_tags=todo:2,points:15
		CHECK "says why" {
		}
		# bats test_tags=todo:2,stretch
		CHECK "shines" {
		}
	SUITE
	cp labs/tcp-server/server.bats labs/tcp-client/client.bats
	printf '%s\n' 1..3 'ok 1 says "hello"' 'not ok 2 says why' '# symptom: It is silent.' \
		'ok 3 shines' >half.tap
	printf '%s\n' 1..3 'ok 1 says "hello"' 'ok 2 says why' 'ok 3 shines' >full.tap
}

score() { run -"$1" --keep-empty-lines "$SCORE" "${@:2}"; }
shows() { [[ $output == *"$1"* ]] || { echo "does not show: $1"; echo "$output"; return 1; }; }

@test "TAP is scored and shown" {
	score 0 --name alice --json out.json lab1=half.tap tcp-client=full.tap
	shows 'It is silent.'
	shows 'lab2  tcp-client  ████████████████████  20/20  ★  done'
	shows '25 of 40 points, 2 of 2 stars'
	[ "$(jq -c '[.submission, .score, .max, .stars, .isolation]' out.json)" = '["alice",25,40,2,"best effort"]' ]
	[ "$(jq -c '[.labs[].lab]' out.json)" = '["tcp-server","tcp-client"]' ]
}

@test "what did not run is told, with all its checks" {
	echo 'server.c:1: error: x' >words
	score 0 --isolation enforced --json out.json lab1!build-failed=words lab2!not-submitted
	shows 'server.c:1: error: x'
	[ "$(jq -c '[.labs[] | .status, .score, .max, (.checks | length)]' out.json)" = \
		'["build-failed",0,20,3,"not-submitted",0,20,3]' ]
	[ "$(jq -r '.labs[0].message' out.json)" = 'server.c:1: error: x' ]
	[ "$(jq -r .isolation out.json)" = enforced ]
	score 0 --json out.json lab1!rejected=words
	[ "$(jq -r '.labs[0].status' out.json)" = rejected ]
	score 3 --json out.json lab1!harness-error=words
	[ "$(jq -r '.labs[0].status' out.json)" = harness-error ]
}

@test "a forged or broken stream is no score" {
	printf '%s\n' 1..3 'ok 1 says "hello"' 'ok 2 says why' 'ok 2 says why' >forged.tap
	score 3 --json out.json lab1=forged.tap
	[ "$(jq -c '[.labs[0].checks[].status]' out.json)" = '["pass","error","error"]' ]
	: >empty
	score 3 lab1=empty
	# An endless file is not read to its end.
	timeout 60 head -c 20000000 /dev/zero >endless
	score 3 lab1=endless
}

@test "wrong usage and missing files are told" {
	for words in '' lab9=half.tap lab1 'lab1!perfect' --wrong; do
		# shellcheck disable=SC2086
		score 2 $words
		[ -n "$output" ]
	done
	score 3 lab1=missing.tap
	shows 'missing.tap: No such file or directory'
	score 3 --json missing/out.json lab1=full.tap
	shows 'missing/out.json: No such file or directory'
	rm labs/tcp-server/server.bats
	score 3 lab1=full.tap
	shows 'labs/tcp-server/server.bats: No such file or directory'
	score 0 --help
	shows 'usage: score'
}
