#!/usr/bin/env bats
# The student's command from end to end: build/bin/check in a project of its own, whose
# box plays a recorded run, so that every moment of it can be arranged.

bats_require_minimum_version 1.5.0

setup_file() {
	make -s -C "$BATS_TEST_DIRNAME/.." tools >/dev/null 2>&1 3>&- 4>&- || true
}

setup() {
	P=$BATS_TEST_TMPDIR/project
	mkdir -p "$P"/{build/bin,tap} "$P"/bin
	cp "$BATS_TEST_DIRNAME/../build/bin/check" "$P/build/bin/check"
	# What a terminal or a person set must not reach the tests unasked.
	unset NO_COLOR CI
	export TERM=xterm LC_ALL=C.UTF-8
	PATH=$P/bin:$PATH
	printf '#!/bin/sh\necho Bats 1.9.0\n' >"$P/bin/bats"
	# Plays tap/LAB, or tap/LAB.only when one check is asked for; tap/LAB.sh instead.
	cat >"$P/build/bin/box" <<-'BOX'
		#!/bin/bash
		top=$(cd "${0%/*}/../.." && pwd)
		if [ "$1" = --probe ]; then echo "${PROBE:-enforced}"; exit "${PROBED:-0}"; fi
		printf '%s\n' "$*" >>"$top/ran"
		if [ -e "$top/tap/$LAB.sh" ]; then . "$top/tap/$LAB.sh"; exit; fi
		case " $* " in
		*" --filter "*) cat "$top/tap/$LAB.only" ;;
		*) cat "$top/tap/$LAB" ;;
		esac
	BOX
	chmod +x "$P/build/bin/box" "$P/bin/bats"
	mkdir "$P/labs"
	lab lab1 tcp-server server 'A TCP server that greets every client'
	lab lab2 tcp-client client 'A TCP client that shows the greeting'
	cd "$P" || return
}

# lab TARGET FOLDER PROGRAM TITLE: a lab of two TODOs, three checks and two stars, its
# skeleton untouched and built.
lab() {
	echo "$1 $2 $3 $4" >>"$P/labs/labs.txt"
	mkdir -p "$P/labs/$2" "$P/starter/$2" "$P/build/trees/labs/$2"
	# (Bats would take a line that begins with its mark for a test of this file.)
	sed 's/^CHECK/@test/' >"$P/labs/$2/$3.bats" <<-'SUITE'
		# bats test_tags=todo:1,points:5
		CHECK "says how it is used" {
		}
		# bats test_tags=todo:2,points:10
		CHECK "shows exactly what came" {
		}
		# bats test_tags=todo:2,points:5
		CHECK "ends with status 0" {
		}
		# bats test_tags=todo:2,stretch
		CHECK "keeps no socket" {
		}
		# bats test_tags=todo:2,stretch
		CHECK "leaks nothing" {
		}
	SUITE
	cat >"$P/labs/$2/$3.c" <<-SOURCE
		/* usage: $3 hostname */
		int main(void)
		{
		        /* TODO 1: Return the one argument.
		         * Read: man 3 exit.  Works when: it says
		         * how it is used. */
		        /* TODO 2: Receive and print. */
		}
	SOURCE
	cp "$P/labs/$2/$3.c" "$P/starter/$2/$3.c"
	printf '#!/bin/sh\n' >"$P/build/trees/labs/$2/$3"
	chmod +x "$P/build/trees/labs/$2/$3"
	tap "$2" 'not ok 1' '# symptom: It is silent.' 'skip 2' 'skip 3' 'skip 4' 'skip 5'
}

names=('' 'says how it is used' 'shows exactly what came' 'ends with status 0'
	'keeps no socket' 'leaks nothing')

# tap FOLDER RESULT...: what Bats prints; a RESULT is `ok N`, `not ok N`, `skip N` (blocked
# by the first check) or a line as it is.
tap() {
	local file=$P/tap/$1
	shift
	echo 1..5 >"$file"
	for result; do
		case $result in
		'ok '? | 'not ok '?) echo "$result ${names[${result: -1}]}" ;;
		'skip '?) echo "ok ${result#skip } ${names[${result#skip }]} # skip blocked: ${names[1]}" ;;
		*) echo "$result" ;;
		esac
	done >>"$file"
}

# The student has begun with a lab.
touched() { echo '/* mine */' >>"$P/labs/$1/$2.c"; }

STORY=('not ok 2'
	'# (in test file x.bats, line 7)'
	'# symptom: The reply has 14 bytes, not 13.'
	'# ran: build/trees/labs/tcp-client/client ::1'
	"# expected: 'Hello, world!'"
	"# got: 'Hello, w0rld!'"
	'# marked:          ^'
	'# cause: sizeof counts the NUL.'
	'# read: man 2 send'
	'# seed: 17')

half_done() {
	touched tcp-client client
	tap tcp-client 'ok 1' "${STORY[@]}" 'not ok 3' '# symptom: It ended with status 1.' \
		'ok 4' '# tell: a leak in line 3' 'not ok 5' '# symptom: Leaked.'
}

all_done() {
	touched "$1" "$2"
	tap "$1" 'ok 1' 'ok 2' 'ok 3' 'ok 4' 'not ok 5' '# symptom: Leaked.'
}

check() { run -"$1" --keep-empty-lines build/bin/check "${@:2}"; }
shows() { [[ $output == *"$1"* ]] || { echo "does not show: $1"; echo "$output"; return 1; }; }
hides() { [[ $output != *"$1"* ]] || { echo "shows: $1"; echo "$output"; return 1; }; }

# Runs a command on a terminal of 80 columns; what it draws is in $output.
on_a_terminal() {
	run script -qec "stty cols 80; $*" /dev/null </dev/null
}

escape=$'\033'

# ---- what is shown ---------------------------------------------------------------

@test "the skeleton is welcomed" {
	check 1 lab2
	shows 'This is the starting point.'
	shows 'TODO 1 of 2 is in labs/tcp-client/client.c, line 4:'
	shows 'Return the one argument.'
	shows 'It works when it says how it is used.'
	shows 'labs/tcp-client/README.md'
	shows 'make check-lab2'
	shows 'says how it is used'
	hides 'shows exactly what came'
	hides '✗'
	check 1 --verbose lab2
	shows '✗ says how it is used'
	shows '0 of 20 points'
}

@test "the skeletons themselves lead to one's own program" {
	mkdir -p build/trees/starter
	cp -r build/trees/labs/* build/trees/starter/
	check 1 --from starter lab2
	shows 'This is the starting point.'
	shows 'write your code       labs/tcp-client/client.c'
	hides 'FROM='
	[ ! -e build/state/tcp-client ]
}

@test "what is half done is listed, and the first failure told whole" {
	half_done
	check 1 lab2
	cat >expected <<-'EXPECTED'
		lab2  tcp-client: A TCP client that shows the greeting

		  TODO 1   1 ✓ says how it is used                                           5/5
		  TODO 2   2 ✗ shows exactly what came                                      0/10
		           3 ✗ ends with status 0                                            0/5
		  stars    4 ★ keeps no socket
		           5 ☆ leaks nothing

		  5 of 20 points  █████░░░░░░░░░░░░░░░  1 of 2 stars

		✗ 2  shows exactly what came

		  The reply has 14 bytes, not 13.

		  ran       build/trees/labs/tcp-client/client ::1
		  expected  'Hello, world!'
		  got       'Hello, w0rld!'
		                     ^
		  cause     sizeof counts the NUL.
		  read      man 2 send
		  code      labs/tcp-client/client.c:7, TODO 2: Receive and print.
		  again     make check-lab2 ONLY=2 SEED=17

		Then (V=1 tells this, too):
		✗ 3  It ended with status 1.

		Worth knowing (it costs no points):
		   5  a leak in line 3
	EXPECTED
	diff -u expected - <<<"${output%$'\n'}"
}

@test "all that Bats said is shown on demand, and every story" {
	half_done
	check 1 --verbose lab2
	shows '(in test file x.bats, line 7)'
	shows '✗ 3  ends with status 0'
	shows '☆ 5  leaks nothing'
	check 1 lab2
	hides 'x.bats'
}

@test "what is done is praised, with the stars left and the next lab" {
	all_done tcp-client client
	check 0 lab2
	shows '20 of 20 points'
	shows 'Well done: lab2 earns every point.'
	shows '☆  5  leaks nothing'
	shows 'make check-lab2 ONLY=5'
	shows 'make check-lab1'
	hides 'keeps no socket

'
}

@test "a lab done before is not the next" {
	all_done tcp-server server
	check 0 lab1
	all_done tcp-client client
	check 0 lab2
	hides 'make check-lab1'
}

@test "what waits names the check it waits for, in one line" {
	touched tcp-client client
	check 1 lab2
	shows '3 · ends with status 0                                    waits for 1'
}

@test "commands go on with the same tree" {
	mkdir -p mine/tcp-client build/trees/mine/tcp-client
	cp labs/tcp-client/client.c mine/tcp-client/
	echo >>mine/tcp-client/client.c
	cp build/trees/labs/tcp-client/client build/trees/mine/tcp-client/
	check 1 --from mine lab2
	shows 'make check-lab2 ONLY=1 FROM=mine'
	[ ! -e build/state/tcp-client ]
}

@test "nothing is wider than 80 columns" {
	half_done
	long=$(printf 'word %.0s' {1..60})
	wide=$(printf '你好%.0s' {1..50})
	tap tcp-client 'not ok 1' "# symptom: $long" "# got: $wide" "# expected: ${long// /_}" \
		"# cause: $wide" "# tell: $long" "# harnes: $long" 'not ok 2' "# symptom: $wide" \
		"ok 3 ends with status 0 # skip error: $long" 'skip 4' "ok 5 leaks nothing # skip $long" \
		"ok 9 $long"
	{ echo 1..1; echo "not ok 1 ${names[3]}"; echo "# harness: $long"; } >tap/tcp-client.only
	for words in lab2 '--verbose lab2' 'lab1 lab2' '--only 1 lab2' --where '--built lab2'; do
		# shellcheck disable=SC2086
		run build/bin/check $words
		[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || {
			echo "check $words:"
			printf '%s\n' "$output" | awk 'length > 80'
			return 1
		}
	done
}

@test "a mark stays under what it marks when the line is broken or escaped" {
	touched tcp-client client
	tap tcp-client 'not ok 1' '# symptom: Look.' "# got: $(printf 'x%.0s' {1..70})Y" "# marked: $(printf ' %.0s' {1..70})^" \
		'skip 2' 'skip 3' 'skip 4' 'skip 5'
	check 1 lab2
	shows $'            xxY\n              ^\n'
	tap tcp-client 'not ok 1' '# symptom: Look.' '# got: é-Y' '# marked:   ^' 'skip 2' 'skip 3' 'skip 4' 'skip 5'
	LC_ALL=C check 1 lab2
	shows $'got       \\xC3\\xA9-Y\n                     ^\n'
}

# ---- where it is shown --------------------------------------------------------------

@test "a pipe gets neither colours nor lines drawn over" {
	half_done
	check 1 lab2
	hides "$escape"
	hides $'\r'
}

@test "a terminal gets colours, each check as it comes, and the running one" {
	half_done
	on_a_terminal build/bin/check lab2
	shows "${escape}[32m✓"
	shows "${escape}[31m✗"
	shows '1 … says how it is used'
}

@test "NO_COLOR and a dumb terminal are respected" {
	half_done
	NO_COLOR=1 on_a_terminal build/bin/check lab2
	hides "${escape}["3
	shows '✓'
	NO_COLOR='' on_a_terminal build/bin/check lab2
	shows "${escape}["3
	TERM=dumb on_a_terminal build/bin/check lab2
	hides "$escape"
	shows '✗'
}

@test "without UTF-8 everything is ASCII" {
	half_done
	tap tcp-client 'ok 1' 'not ok 2' '# symptom: Look.' '# got: grüß' 'ok 4' 'ok 3' 'ok 5'
	LC_ALL=C check 1 lab2 lab1
	LC_ALL=C check 1 lab2
	shows '+ says how it is used'
	shows 'gr\xC3\xBC\xC3\x9F'
	LC_ALL=C run ! grep '[^[:print:][:space:]]' <<<"$output"
}

@test "a student's control bytes do not reach the terminal" {
	touched tcp-client client
	printf '1..5\nnot ok 1 says how it is used\n# symptom: a\033[2Jb\r\n# got: \302\233c\001\n# \033]0;x\a\n' >tap/tcp-client
	printf 'ok 2 \033[1m\n# tell: \033[1m\nnot ok 3 ends with status 0\n' >>tap/tcp-client
	check 3 --verbose lab2
	hides "$escape"
	hides $'\r'
	shows 'a\x1B[2Jb\x0D'
	printf 'client.c:1: error: \033[31mred\tx\n' >build/trees/labs/tcp-client/client.log
	rm build/trees/labs/tcp-client/client
	check 1 lab2
	hides "$escape"
	check 1 --built lab2
	hides "$escape"
	printf '/* usage: client \033[31m */ /* TODO 1: a\033[31m. */' >labs/tcp-client/client.c
	check 1 --built lab2
	hides "$escape"
	check 0 --where
	hides "$escape"
}

# ---- one check, several labs ----------------------------------------------------------

@test "one check alone: its story, and no change of where one stands" {
	half_done
	{ echo 1..1; echo 'not ok 1 ends with status 0'; echo '# symptom: It ended with status 1.'; } >tap/tcp-client.only
	check 1 --only 3 lab2
	shows '  TODO 2   3 ✗ ends with status 0'
	shows 'It ended with status 1.'
	hides 'of 20 points'
	[ ! -e build/state/tcp-client ]
	grep -qF -- '--filter ^ends with status 0$' ran
	{ echo 1..1; echo 'ok 1 ends with status 0'; } >tap/tcp-client.only
	check 0 --only 3 lab2
	shows 'It passes.'
	{ echo 1..1; echo 'ok 1 ends with status 0 # skip error: no network'; } >tap/tcp-client.only
	check 3 --only 3 lab2
	shows 'no network'
}

@test "a check's name reaches Bats as a pattern for itself alone" {
	sed -i 's/leaks nothing/leaks \\"it\\" (no. 1*)/' labs/tcp-client/client.bats
	{ echo 1..1; echo 'ok 1 leaks "it" (no. 1*)'; } >tap/tcp-client.only
	check 0 --only 5 lab2
	grep -qF -- '--filter ^leaks \\"it\\" \(no\. 1\*\)$' ran
}

@test "several labs: a row each, the sum, the next step" {
	half_done
	all_done tcp-server server
	check 1 lab1 lab2
	cat >expected <<-'EXPECTED'
		  lab1  tcp-server  ████████████████████  20/20  ★☆  done
		  lab2  tcp-client  █████░░░░░░░░░░░░░░░   5/20  ★☆  TODO 2

		        25 of 40 points, 2 of 4 stars

		Next: lab2, TODO 2, check 2: shows exactly what came
		  The reply has 14 bytes, not 13.
		    make check-lab2         tells more
	EXPECTED
	diff -u expected - <<<"${output%$'\n'}"
}

@test "several labs: every story on demand; the end of it all" {
	half_done
	all_done tcp-server server
	check 1 --verbose lab1 lab2
	shows 'lab1  tcp-server: A TCP server that greets every client'
	shows '✗ 3  ends with status 0'
	shows '25 of 40 points'
	all_done tcp-client client
	check 0 lab1 lab2
	shows 'Every lab earns every point.'
}

@test "several labs: what does not build or is not there does not stop the others" {
	all_done tcp-server server
	rm build/trees/labs/tcp-client/client
	echo 'client.c:1: error: x' >build/trees/labs/tcp-client/client.log
	check 1 lab2 lab1
	shows 'does not build'
	shows '20/20'
	rm labs/tcp-client/client.c
	check 1 lab2 lab1
	shows 'no client.c'
}

@test "several labs run side by side" {
	[ "$(nproc)" -gt 1 ] || skip 'one processor'
	mkfifo fifo
	echo 'echo 1..5; echo >"$top/fifo"; cat "$top/tap/$LAB" | tail -n 6' >tap/tcp-server.sh
	echo 'echo 1..5; read l <"$top/fifo"; cat "$top/tap/$LAB" | tail -n 6' >tap/tcp-client.sh
	run -1 timeout 20 build/bin/check lab1 lab2
	shows 'not started'
}

@test "without namespaces they run one after the other, with a folder that goes" {
	echo 'mkdir "$top/busy" || exit; touch "$TMPDIR/left"; echo "$TMPDIR" >"$top/tmp"
		cat "$top/tap/$LAB"; rmdir "$top/busy"' | tee tap/tcp-server.sh >tap/tcp-client.sh
	PROBE='host (no)' PROBED=1 check 1 --json out.json lab1 lab2
	grep -q '"best effort"' out.json
	grep -q '"graded"' out.json
	run ! grep -q 'harness-error' out.json
	[ -s tmp ]
	[ ! -e "$(cat tmp)" ]
}

# ---- what the machine cannot judge -----------------------------------------------------

@test "an error is tried again once, alone, and what waited for it after it" {
	touched tcp-client client
	tap tcp-client 'ok 1 says how it is used # skip error: no port' 'ok 2' 'skip 3' 'ok 4' 'ok 5'
	cat >tap/tcp-client.sh <<-'SH'
		case $* in
		*'^says how'*) echo 1..1; echo 'ok 1 says how it is used' ;;
		*'^ends with'*) echo 1..1; echo 'ok 1 ends with status 0' ;;
		*) cat "$top/tap/$LAB" ;;
		esac
	SH
	check 0 lab2
	shows 'Tried again, alone:'
	shows '20 of 20 points'
	[ "$(wc -l <ran)" = 3 ]
}

@test "an error that stays is not the student's failure" {
	touched tcp-client client
	tap tcp-client 'ok 1 says how it is used # skip error: no port' 'ok 2' 'skip 3' 'ok 4' 'ok 5'
	{ echo 1..1; echo 'ok 1 says how it is used # skip error: still no port'; } >tap/tcp-client.only
	check 3 --json out.json lab2
	shows '2 checks could not be judged'
	shows 'still no port'
	hides '✗'
	[ "$(wc -l <ran)" = 2 ]
	grep -q '"harness-error"' out.json
	[ ! -e build/state/tcp-client ]
}

@test "an error that turns out a failure blocks what waited" {
	touched tcp-client client
	tap tcp-client 'ok 1 says how it is used # skip error: no port' 'ok 2' 'skip 3' 'ok 4' 'ok 5'
	{ echo 1..1; echo 'not ok 1 says how it is used'; echo '# symptom: It is silent.'; } >tap/tcp-client.only
	check 1 lab2
	shows 'It is silent.'
	shows '10 of 20 points'
	[ "$(wc -l <ran)" = 2 ]
}

@test "a box that fails is told, in its own words" {
	echo 'echo "box: no room" >&2; exit 125' >tap/tcp-client.sh
	touched tcp-client client
	check 3 lab2
	shows 'box: no room'
	hides '✗'
}

@test "what is missing is said in one sentence, with what to do" {
	mv bin/bats bin/old
	PATH=$P/bin RUNNER=bats check 3 lab2
	shows 'RUNNER=bats asks for Bats, which is not on this machine.'
	RUNNER=bast check 3 lab2
	shows "There is no runner 'bast'"
	printf '#!/bin/sh\necho Bats 1.2.1\n' >bin/bats
	chmod +x bin/bats
	PATH=$P/bin:/usr/bin/missing RUNNER=bats check 3 lab2
	shows 'too old (1.2.1'
	# What npm put here is found, with no other Bats on the PATH.
	mkdir -p node_modules/.bin few
	ln -s "$(command -v cat)" few/cat
	mv bin/old node_modules/.bin/bats
	PATH=$P/bin:$P/few RUNNER=bats check 1 lab2
	shows 'starting point'
	PROBE='broken' PROBED=7 check 3 lab2
	shows 'broken'
	rm build/bin/box
	check 3 lab2
	shows '`make tools`'
}

@test "a program that is not there is told, with what to do" {
	rm build/trees/labs/tcp-client/client
	check 3 lab2
	shows 'is not built: `make lab2` builds it.'
	printf 'client.c:3:5: error: expected something\n%.0s' {1..60} >build/trees/labs/tcp-client/client.log
	check 1 lab2
	shows 'labs/tcp-client/client.c does not build.'
	shows 'client.c:3:5: error: expected something'
	shows '... and 40 more lines, in build/trees/labs/tcp-client/client.log'
	rm labs/tcp-client/client.c
	check 1 lab2
	shows 'There is no labs/tcp-client/client.c. `make reset-lab2` lays the skeleton there.'
}

@test "a suite that cannot be read is an error with its line" {
	echo '@test "x" {' >>labs/tcp-client/client.bats
	check 3 lab2
	shows 'labs/tcp-client/client.bats:16: no tags above this check'
}

@test "warnings are mentioned" {
	half_done
	echo 'client.c:3: warning: unused' >build/trees/labs/tcp-client/client.log
	check 1 lab2
	shows 'The compiler has 1 warning: make lab2 shows it.'
}

# ---- interrupted --------------------------------------------------------------------------

# Starts `check lab2` with a suite that hangs, and waits until it does: $pid is check's, and
# the files `box` and `child` have those of what it started.
hanging() {
	mkfifo ready
	cat >tap/tcp-client.sh <<-'SH'
		echo $$ >"$top/box"
		sleep 300 & echo $! >"$top/child"
		trap 'kill %1; exit 143' TERM
		echo 1..5
		echo ready >"$top/ready"
		wait
	SH
	touched tcp-client client
	"$@" >out 2>&1 3>&- 4>&- &
	pid=$!
	read -r -t 20 _ <>ready
}

# Until both have ended. A zombie has: in a container nobody may be there to reap it.
ended() {
	local pid tries
	[[ -p never ]] || mkfifo never
	for pid in $(<box) $(<child); do
		for ((tries = 0; tries < 500; tries++)); do
			grep -qs '^State:.[^ZX]' "/proc/$pid/status" || continue 2
			read -r -t 0.02 _ <>never || true
		done
		return 1
	done
}

@test "Ctrl-C and its like end everything and leave no file" {
	all_done tcp-client client
	check 0 lab2
	cp build/state/tcp-client before
	for signal in INT TERM HUP; do
		rm -f ready
		hanging env --default-signal=INT build/bin/check lab2
		kill -"$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" = $((128 + $(kill -l "$signal"))) ]
		ended
		cmp before build/state/tcp-client
		[ "$(echo build/state/*)" = build/state/tcp-client ]
	done
}

@test "a check that is killed leaves nothing running" {
	hanging build/bin/check lab2
	kill -KILL "$pid"
	wait "$pid" || true
	ended
}

@test "a reader that leaves ends everything" {
	mkfifo leave
	hanging bash -c 'build/bin/check lab2 | read -r _ <leave'
	echo >leave
	ended
	wait "$pid" || true
}

@test "a terminal that closes ends everything" {
	hanging script -qec 'build/bin/check lab2' /dev/null
	kill -KILL "$pid"
	ended
}

@test "what it runs gets neither our descriptors nor our settings" {
	cat >tap/tcp-client.sh <<-'SH'
		ls /proc/self/fd | tr '\n' ' ' >"$top/fds"
		env >"$top/env"
		cat "$top/tap/$LAB"
	SH
	BATS_TEST_NAME_PREFIX=x BASH_ENV=/nonexistent LANG=de_DE SEED=x \
		check 1 --seed 42 lab2 7</dev/null
	[ "$(cat fds)" = '0 1 2 3 ' ]
	run ! grep -E '^(BATS_|BASH_ENV|LANG=)' env
	grep -qx "PROGRAM=$P/build/trees/labs/tcp-client/client" env
	grep -qx 'PROGRAM_SHOWN=build/trees/labs/tcp-client/client' env
	grep -qx 'PROGRAM_SAN=' env
	grep -qx 'SEED=42' env
	# To a shell 08 is a wrong octal number.
	check 1 --seed 008 lab2
	grep -qx 'SEED=8' env
	grep -qx 'LAB=tcp-client' env
	grep -qx "CHECK_BIN=$P/build/bin" env
}

# ---- where one stands, and the result ---------------------------------------------------------

@test "make says where one stands and what to do next" {
	check 0 --where
	shows 'lab1  tcp-server  ░░░░░░░░░░░░░░░░░░░░  0/20  ☆☆  not started'
	shows 'Next: lab1, A TCP server that greets every client'
	shows 'edit    labs/tcp-server/server.c, line 4'
	shows 'make check-lab1'
	touched tcp-server server
	check 0 --where
	shows 'not checked yet'
	all_done tcp-server server
	half_done
	check 1 lab1 lab2
	check 0 --where
	shows '★☆  done'
	shows '★☆  TODO 2'
	shows 'Next: lab2, A TCP client that shows the greeting'
	shows 'TODO    2: Receive and print.'
	shows '25 of 40 points, 2 of 4 stars'
	all_done tcp-client client
	check 0 lab2
	check 0 --where
	shows 'Every lab earns every point.'
	touch -d '+1 minute' labs/tcp-client/client.c
	check 0 --where
	shows 'done, changed'
}

@test "a build that fails does not take points away that were shown before" {
	half_done
	check 1 lab2
	rm build/trees/labs/tcp-client/client
	echo 'client.c:1: error: x' >build/trees/labs/tcp-client/client.log
	check 1 lab2
	check 0 --where
	shows '5/20  ★☆  does not build'
}

@test "a state file that makes no sense is no state" {
	mkdir build/state
	for words in '' 'score 1000000000 max 20' 'score 21 max 20 stars 0 maxstars 2 todo 1 check 1 status 0' \
		'score 1 max 20 stars 0 maxstars 99999 todo 1 check 1 status 0' $'\033[2J'; do
		echo "$words" >build/state/tcp-client
		check 0 --where
		shows 'lab2  tcp-client  ░░░░░░░░░░░░░░░░░░░░  0/20  ☆☆  not started'
		hides "$escape"
	done
}

@test "the result is written as JSON, from where one is" {
	half_done
	mkdir elsewhere
	cd elsewhere
	run -1 ../build/bin/check --json out.json --name $'al"ice\n' lab1 lab2
	[ "$(jq -r .submission out.json)" = $'al"ice' ]
	[ "$(jq -c '[.schema, .score, .max, .stars, .isolation]' out.json)" = '[1,5,40,1,"enforced"]' ]
	[ "$(jq -c '[.labs[] | .lab, .status, .score, .max, .stars, (.checks | length)]' out.json)" = \
		'["tcp-server","graded",0,20,0,5,"tcp-client","graded",5,20,1,5]' ]
	[ "$(jq -c '.labs[1].checks[1] | [.name, .todo, .points, .earned, .stretch, .status]' out.json)" = \
		'["shows exactly what came",2,10,0,false,"fail"]' ]
	[ "$(jq -r '.labs[1].checks[1].message' out.json | head -n 1)" = 'The reply has 14 bytes, not 13.' ]
	[ "$(ls)" = out.json ]
}

@test "wrong usage is told" {
	for words in '' lab9 '--only 1' '--only 1 lab1 lab2' '--only 0 lab1' '--only x lab1' '--only 6 lab1' \
		'--only 1 --json x lab1' '--seed x lab1' '--wrong lab1' 'lab1 lab1' '--where lab1' 'lab1 tcp-server'; do
		# shellcheck disable=SC2086
		check 2 $words
		[ -n "$output" ]
	done
	check 0 --help
	shows 'usage: check'
}

@test "a lab may be named by its folder, a tree with a slash behind" {
	check 1 --from labs/ tcp-client
	hides 'FROM='
	shows 'lab2  tcp-client'
}

# ---- the Makefile -----------------------------------------------------------------------------

# The real one, in this project; its tools count as built.
with_makefile() {
	cp "$BATS_TEST_DIRNAME/../Makefile" .
	mkdir -p build/deps
	touch build/deps/{build,check}
	real_sources
}

real_sources() {
	printf '#include <stdio.h>\nint main(void)\n{\n\tputs("client");\n}\n' >labs/tcp-client/client.c
	printf 'int main(void) { return x; }\n' >labs/tcp-server/server.c
}

@test "make builds a program twice, only when it changed, and keeps the compiler's words" {
	with_makefile
	rm -r build/trees
	make -s build-lab2 build-lab1
	[ "$(build/trees/labs/tcp-client/client)" = client ]
	[ "$(build/trees/labs/tcp-client/client.san)" = client ]
	[ ! -e build/trees/labs/tcp-server/server ]
	grep -q "error: .x. undeclared" build/trees/labs/tcp-server/server.log
	run make build-lab2
	hides ' -o '
	touch -d '+1 minute' labs/tcp-client/client.c
	echo 'int main(void) { }' >labs/tcp-server/server.c
	make -s build-lab2 build-lab1
	[ -x build/trees/labs/tcp-server/server ]
	# A source that fails to build leaves no program of before.
	echo 'int main(void) { return x; }' >labs/tcp-server/server.c
	touch -d '+1 minute' labs/tcp-server/server.c
	make -s build-lab1
	[ ! -e build/trees/labs/tcp-server/server ]
	[ ! -e build/trees/labs/tcp-server/server.san ]
}

@test "make builds any folder's programs where check looks for them" {
	with_makefile
	mkdir -p "$P/other/tcp-client" "$P/../up/tcp-client"
	cp labs/tcp-client/client.c other/tcp-client/
	cp labs/tcp-client/client.c ../up/tcp-client/
	for from in other "$P/other" ../up; do
		make -s build-lab2 FROM="$from"
		check 0 --from "$from" --built lab2
		shows 'The program, to try by hand:'
	done
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.san' -not -path "$P/build/trees/*")" ]
}

@test "make reset keeps the work aside, and forgets where one stood" {
	with_makefile
	mkdir -p build/state
	touch build/state/tcp-client
	cp labs/tcp-client/client.c work
	run -0 make -s reset-lab2
	shows 'Your work is kept in labs/tcp-client/client.c.'
	cmp labs/tcp-client/client.c starter/tcp-client/client.c
	cmp work labs/tcp-client/client.c.*.bak
	[ ! -e build/state/tcp-client ]
	run -0 make -s reset-lab2
	shows 'is the skeleton, untouched.'
	[ "$(echo labs/tcp-client/*.bak | wc -w)" = 1 ]
	rm labs/tcp-client/client.c
	run -0 make -s reset-lab2
	cmp labs/tcp-client/client.c starter/tcp-client/client.c
}

@test "make diff shows what was changed" {
	with_makefile
	run -0 make -s diff-lab2
	shows '+	puts("client");'
	cp starter/tcp-client/client.c labs/tcp-client/client.c
	run -0 make -s diff-lab2
	shows 'is the skeleton, untouched.'
}
