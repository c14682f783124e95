# The grader as an instructor meets it. LONG=1 grades all labs of a class of 60 and
# kills 20 times; without it a class of 16 and one lab show the same in short.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	# As root all graders have the same users: tests/hostile/check looks for what is left.
	exec 9>>build/slots.lock && flock 9
	# Where another user can reach it.
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/grade-test-XXXXXX")
	export ROOT=$PWD GRADE=$PWD/build/bin/grade WORK
	export PACK=$PWD/build/grade/pack SOLUTIONS=$PWD/solutions
	LAB_OPTIONS="--lab lab4"
	[[ -z ${LONG:-} ]] || LAB_OPTIONS=''
	KILLS=${LONG:+20}
	KILLS=${KILLS:-3}
	export LAB_OPTIONS KILLS
	chmod 755 "$WORK"
	make_class "$WORK/class"
	grade "$WORK/class" "$WORK/first" -j 4 >"$WORK/first.said" ||
		{ cat "$WORK/first.said"; jq .look_at "$WORK/first/summary.json"; return 1; }
}

teardown_file() {
	chmod -R u+rwx "$WORK"
	rm -rf "$WORK"
}

# ---- a class: right, half done at every rung, wrong, hostile, broken archives ----

make_class() {
	local rung lab program name n=0
	mkdir -p "$1"
	cp -R solutions "$1/right"
	cp -R starter "$1/untouched"
	for rung in 1 2 3 ${LONG:+4 5 6}; do
		while read -r _ lab program _; do
			[[ $rung -le $(grep -c 'TODO [0-9]* ends' "solutions/$lab/$program.c") ]] || continue
			mkdir -p "$1/rung-$rung/$lab"
			build/bin/cut --rung "$rung" "solutions/$lab/$program.c" \
				>"$1/rung-$rung/$lab/$program.c"
		done < <(grep -v '^#' labs/labs.txt)
	done
	( cd solutions && zip -qr "$1/in-a-zip.zip" . )
	tar -czf "$1/in-a-tar.tar.gz" -C solutions --transform 's,^\.,homework,' .
	cp solutions/udp-talker/talker.c "$1/doealice_1001_555_talker.c"
	cp solutions/tcp-client/client.c "$1/doealice_1001_556_client-1.c"
	cp -R starter "$1/Carol King_77_assignsubmission_file_"
	cp -R solutions "$1/=cmd|' !A0"
	mkdir "$1/ill" "$1/broken"
	echo 'int main(void) { return x; }' >"$1/broken/talker.c"
	head -c 3000 build/bin/grade >"$1/garbage.zip"
	cp -R solutions "$1/twice"
	printf 'f\tudp-talker/talker.c\tint main(void) { return 0; }\n' | "$PACK" zip "$1/twice.zip"
	touch -d 2020-01-01 "$1/twice" "$1"/twice/*/*
	mkdir -p "$1/bomb/udp-talker" "$1/forger/udp-talker"
	tail -n +2 tests/hostile/fork-bomb.c | sed 1d >"$1/bomb/udp-talker/talker.c"
	sed 1,2d tests/hostile/forged-tap.c >"$1/forger/udp-talker/talker.c"
	if [[ -n ${LONG:-} ]]; then
		for name in tests/hostile/*.c; do
			read -r _ lab _ <"$name"
			[[ $name == */pack.c ]] && continue
			program=$(awk -v lab="${lab%:}" '$2 == lab { print $3 }' labs/labs.txt)
			mkdir -p "$1/h-$((++n))/${lab%:}"
			cp "$name" "$1/h-$n/${lab%:}/$program.c"
			[[ $n -lt 30 ]] || break
		done
		for name in tests/wrong/*/*.diff; do
			lab=${name%/*} lab=${lab##*/}
			program=$(awk -v lab="$lab" '$2 == lab { print $3 }' labs/labs.txt)
			mkdir -p "$1/w-$((++n))/$lab"
			cp "solutions/$lab/$program.c" "$1/w-$n/$lab"
			(cd "$1/w-$n" && GIT_CEILING_DIRECTORIES=$1 git apply --recount -C1 "$ROOT/$name")
			[[ $(find "$1" -mindepth 1 -maxdepth 1 | wc -l) -lt 60 ]] || break
		done
	fi
	chmod -R a+rX "$1"
}

# grade SUBMISSIONS OUT [OPTION...]: a hand-in that a person must look at is no failure here.
grade() {
	local class=$1 out=$2 status=0
	shift 2
	# shellcheck disable=SC2086
	timeout -k 5 3000 "$GRADE" $LAB_OPTIONS "$@" -- "$class" "$out" || status=$?
	[[ $status -eq 2 ]] && jq -e '.harness_errors == 0' "$out/summary.json" >/dev/null || return $status
}

same_gradebook() { diff "$WORK/first/gradebook.csv" "$1/gradebook.csv"; }

# row NAME : its line of the first gradebook, less the name.
row() { grep -F "$1" "$WORK/first/gradebook.csv"; }

# talker_score OUT/NAME : the points of lab 4.
talker_score() { jq '.labs[] | select(.lab == "udp-talker") | .score' "$WORK/$1/result.json"; }

# ---- tests ----------------------------------------------------------------------

@test "every submission of the class has a result, a report and a row" {
	jq -e '.harness_errors == 0' "$WORK/first/summary.json"
	n=$(jq .submissions "$WORK/first/summary.json")
	[ "$(find "$WORK/first" -name result.json | wc -l)" = "$n" ]
	[ "$(find "$WORK/first" -name report.txt | wc -l)" = "$n" ]
	[ "$(wc -l <"$WORK/first/gradebook.csv")" = $((n + 1)) ]
	find "$WORK/first" -name result.json -exec jq -e '.schema == 1 and .max >= .score' {} + >/dev/null
	grep -q "^$n submissions: $n graded, 0 could not be judged" "$WORK/first.said"
}

@test "the reference has every point, in whatever way it is handed in" {
	best=$(jq .score "$WORK/first/right/result.json")
	[ "$best" = "$(jq .max "$WORK/first/right/result.json")" ]
	for name in in-a-zip in-a-tar; do
		[ "$(jq .score "$WORK/first/$name/result.json")" = "$best" ]
	done
	jq -e '.labs[] | select(.lab == "udp-talker") | .score == .max' \
		"$WORK/first/doealice/result.json"
}

@test "more rungs, more points" {
	before=-1
	for name in untouched rung-1 rung-2 rung-3 right; do
		score=$(jq .score "$WORK/first/$name/result.json")
		[ "$score" -ge "$before" ]
		before=$score
	done
	[ "$before" -gt "$(jq .score "$WORK/first/untouched/result.json")" ]
}

@test "what does not build comes with the compiler's words" {
	grep -q "build-failed" "$WORK/first/broken/report.txt"
	grep -q "udp-talker/talker.c:1:.*x.* undeclared" "$WORK/first/broken/report.txt"
	jq -e '.labs[] | select(.lab == "udp-talker") | .status == "build-failed" and
		(.message | test("undeclared")) and (.checks | length > 0)' \
		"$WORK/first/broken/result.json"
}

@test "of two submissions the newer counts, and the report says so" {
	grep -q "twice: twice.zip is newer and counts, twice does not" "$WORK/first/twice/report.txt"
	jq -e '.score < .max' "$WORK/first/twice/result.json"
}

@test "a name that is a formula is none in the gradebook" {
	row "'=cmd|' !A0"
	run ! grep -qE '(^|,)"?[=+@-]' "$WORK/first/gradebook.csv"
}

@test "in any order and at any width: the same gradebook" {
	mkdir "$WORK/mixed"
	( cd "$WORK/class" && printf '%s\n' * | shuf --random-source="$GRADE" |
		while IFS= read -r name; do cp -a -- "$name" "$WORK/mixed/$name"; done )
	grade "$WORK/mixed" "$WORK/one" -j 1
	same_gradebook "$WORK/one"
}

@test "what compiles to the same program is judged once, what does not is judged" {
	talker=udp-talker/talker.c
	mkdir -p "$WORK"/same/{a,b,c}/udp-talker
	cp "solutions/$talker" "$WORK/same/a/$talker"
	{ cat "solutions/$talker"; echo '// by B'; } >"$WORK/same/b/$talker"
	{ cat "solutions/$talker"; echo 'const char by[] = "C";'; } >"$WORK/same/c/$talker"
	grade "$WORK/same" "$WORK/once" -j 1 --lab lab4
	[ "$(find "$WORK/once/.grade/memo" -type f | wc -l)" = 5 ] # three sources, two programs
	[ "$(find "$WORK/once/.grade/memo" -type f -printf '%i\n' | sort -u | wc -l)" = 2 ]
	for name in a b c; do
		jq -e '.score == .max and .max > 0' "$WORK/once/$name/result.json"
	done
	# With its milliseconds, so it was not judged again.
	diff <(jq -S .labs "$WORK/once/a/result.json") <(jq -S .labs "$WORK/once/b/result.json")
}

@test "as root and as an ordinary user: the same gradebook" {
	[ "$(id -u)" = 0 ] || skip "only root can be both"
	id nobody >/dev/null || skip "there is no user nobody"
	su -s /bin/bash nobody -c "test -x '$GRADE'" || skip "nobody cannot look into $ROOT"
	mkdir -m 777 "$WORK/theirs"
	su -s /bin/bash nobody -c "cd '$WORK/theirs' && HOME='$WORK/theirs' '$GRADE' $LAB_OPTIONS -j 4 '$WORK/class' '$WORK/theirs/out'" ||
		[ $? = 2 ]
	same_gradebook "$WORK/theirs/out"
	diff <(jq -S 'del(.. | .ms?)' "$WORK/first/right/result.json") \
		<(jq -S 'del(.. | .ms?)' "$WORK/theirs/out/right/result.json")
}

@test "killed at any moment, the same command ends with the same gradebook" {
	for ((i = 0; i < KILLS; i++)); do
		# shellcheck disable=SC2086
		"$GRADE" $LAB_OPTIONS -j 2 "$WORK/class" "$WORK/killed" >/dev/null 2>&1 &
		pid=$!
		timeout "$((RANDOM % 4)).$((RANDOM % 9 + 1))" tail --pid="$pid" -f /dev/null || true
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" || true
	done
	grade "$WORK/class" "$WORK/killed" -j 2
	same_gradebook "$WORK/killed"
	! pgrep -f "$WORK/killed" || false
}

@test "killed, it leaves nothing of what its tools started" {
	local pid
	# As GNU parallel does when it counts how many processes it can have.
	mkdir "$WORK/tools"
	printf '%s\n' '#!/bin/bash' 'setsid sleep 4323 &' "touch '$WORK/tools/began'" 'wait' \
		>"$WORK/tools/parallel"
	chmod +x "$WORK/tools/parallel"
	for signal in KILL TERM HUP; do
		rm -f "$WORK/tools/began"
		PATH=$WORK/tools:$PATH setsid "$GRADE" --lab lab4 "$WORK/class" "$WORK/left" >/dev/null 2>&1 &
		pid=$!
		until [[ -e $WORK/tools/began ]]; do kill -0 "$pid"; done
		pgrep -x -f 'sleep 4323'
		kill -s "$signal" "$pid"
		wait "$pid" || true
		# Whoever has the lock next comes after the last of them.
		flock -w 20 "$WORK/left/.grade/lock" true
		run ! pgrep -x -f 'sleep 4323'
	done
}

@test "a hangup that nohup ignores is ignored" {
	local pid
	mkdir -p "$WORK/up/class"/{a,b}/udp-talker
	for name in a b; do cp solutions/udp-talker/talker.c "$WORK/up/class/$name/udp-talker"; done
	mkfifo "$WORK/up/go"
	printf '%s\n' '#!/bin/bash' "touch '$WORK/up/began'" "read -r _ <'$WORK/up/go'" \
		"exec $(command -v parallel) \"\$@\"" >"$WORK/up/parallel"
	chmod +x "$WORK/up/parallel"
	(trap '' HUP && PATH=$WORK/up:$PATH exec setsid "$GRADE" --lab lab4 "$WORK/up/class" "$WORK/up/out") &
	pid=$!
	until [[ -e $WORK/up/began ]]; do kill -0 "$pid"; done
	kill -s HUP -- "-$pid"
	exec 8<>"$WORK/up/go" # so that nobody has to be there to read
	echo >&8
	wait "$pid"
	jq -e '.submissions == 2 and .harness_errors == 0' "$WORK/up/out/summary.json"
}

@test "one submission alone: killed, it leaves nothing and blocks nobody" {
	local pid
	mkdir -p "$WORK/alone/class"
	cp -R solutions "$WORK/alone/class/right"
	setsid "$GRADE" "$WORK/alone/class" "$WORK/alone/out" >/dev/null 2>&1 &
	pid=$!
	until pgrep -f -- '--job 0$' >/dev/null; do kill -0 "$pid"; done
	kill -KILL "$pid"
	wait "$pid" || true
	flock -w 20 "$WORK/alone/out/.grade/lock" true
	run ! pgrep -f -- '--job 0$'
}

@test "what is done is not done again; what was touched is" {
	said=$(grade "$WORK/class" "$WORK/first" -j 2)
	[ "$(grep -c 'kept from an earlier run' <<<"$said")" = "$(jq .submissions "$WORK/first/summary.json")" ]
	cp -a "$WORK/class" "$WORK/edited" # -a: which of two submissions is newer
	cp -R "$WORK/first" "$WORK/again"
	echo '/* */' >>"$WORK/edited/untouched/udp-talker/talker.c"
	echo '{}' >"$WORK/again/broken/result.json"
	said=$(grade "$WORK/edited" "$WORK/again" -j 2)
	echo "$said"
	[ "$(grep -E '^ *[0-9]+/[0-9]+ ' <<<"$said" | grep -vc 'kept from an earlier run')" = 2 ]
	same_gradebook "$WORK/again"
}

@test "who gains and who loses, and why" {
	mkdir "$WORK/half"
	cp -R solutions "$WORK/half/right"
	cp -R starter "$WORK/half/untouched"
	sed -i '/main(/,$d' "$WORK/half/right/udp-talker/talker.c"
	cp solutions/udp-talker/talker.c "$WORK/half/untouched/udp-talker/talker.c"
	grade "$WORK/half" "$WORK/new" -j 2
	run "$GRADE" --compare "$WORK/first" "$WORK/new"
	echo "$output"
	[ "$status" = 0 ]
	grep -q '^right: .*(-' <<<"$output"
	grep -q 'udp-talker: .*, graded -> build-failed' <<<"$output"
	grep -q '^untouched: .*(+' <<<"$output"
	grep -q '    +[0-9].*: fail -> pass' <<<"$output"
	grep -q '^2 in both: 1 gain, 1 lose' <<<"$output"
	run "$GRADE" --compare "$WORK/half" "$WORK/new"
	[ "$status" = 1 ]
}

@test "a roster: everybody has a row, strangers are named" {
	mkdir "$WORK/small"
	cp -R solutions "$WORK/small/right"
	mkdir "$WORK/small/stranger"
	printf 'Name,ID\n"Right, Ms.",right\nAbsent,007\n' >"$WORK/roster.csv"
	grade "$WORK/small" "$WORK/rostered" --roster "$WORK/roster.csv"
	cat "$WORK/rostered/gradebook.csv"
	grep -q '^"Right, Ms.",right,right,' "$WORK/rostered/gradebook.csv"
	grep -qE '^Absent,007,,+nothing handed in$' "$WORK/rostered/gradebook.csv"
	jq -e '.nothing_handed_in == 1 and .strangers == ["stranger"]' "$WORK/rostered/summary.json"
}

@test "an instructor's own suites are graded beside the public ones" {
	mkdir -p "$WORK/hidden/udp-talker"
	mkdir "$WORK/hidden-class"
	cp -R solutions "$WORK/hidden-class/right"
	printf '%s\n' 'load ../lib' '# bats test_tags=todo:1,points:3' \
		'@test "asks for two arguments" {' '	run_program --' \
		'	expect_status 1 "It went on without arguments."' '}' \
		>"$WORK/hidden/udp-talker/talker.bats"
	grade "$WORK/hidden-class" "$WORK/hidden-out" --suites "$WORK/hidden"
	jq -e '.labs | map(.lab) | index("hidden/udp-talker")' "$WORK/hidden-out/right/result.json"
	jq -e '.labs[] | select(.lab == "hidden/udp-talker") | .score == 3 and .max == 3' \
		"$WORK/hidden-out/right/result.json"
}

@test "a suite with a mistake in it stops the run before anybody is graded" {
	mkdir -p "$WORK/mistaken/udp-talker" "$WORK/mistaken-class"
	cp -R solutions "$WORK/mistaken-class/right"
	printf '%s\n' '@test "no points" {' '	true' '}' >"$WORK/mistaken/udp-talker/talker.bats"
	run "$GRADE" --lab lab4 --suites "$WORK/mistaken" "$WORK/mistaken-class" "$WORK/mistaken-out"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"hidden/udp-talker/talker.bats:1: "* ]]
}

@test "a whole class in one archive, as a platform hands it out" {
	mkdir -p "$WORK/export/assignment_9"
	cp -R solutions "$WORK/export/assignment_9/submission_17"
	cp -R starter "$WORK/export/assignment_9/submission_18"
	printf -- '---\nsubmission_17:\n  :submitters:\n  - :name: Ada\nsubmission_18:\n  :submitters:\n  - :name: "Bob B."\n' \
		>"$WORK/export/assignment_9/submission_metadata.yml"
	( cd "$WORK/export" && zip -qr "$WORK/export.zip" . )
	grade "$WORK/export.zip" "$WORK/exported"
	[ "$(jq .score "$WORK/exported/Ada/result.json")" = "$(jq .max "$WORK/exported/Ada/result.json")" ]
	[ -f "$WORK/exported/Bob B./report.txt" ]
	grep -q '^Ada,submission_17,Ada,' "$WORK/exported/gradebook.csv"
}

@test "a tree that is edited while it is graded: the copy counts" {
	cp -a "$WORK/class" "$WORK/moving"
	( while [[ ! -e $WORK/stop ]]; do
		for f in "$WORK"/moving/{right,untouched,rung-1}/udp-talker/talker.c; do
			cp "$WORK/class/untouched/udp-talker/talker.c" "$f.new"
			mv "$f.new" "$f"
		done
		cp "$ROOT"/solutions/udp-talker/talker.c "$WORK/moving/right/udp-talker/talker.c.new"
		mv "$WORK/moving/right/udp-talker/talker.c.new" "$WORK/moving/right/udp-talker/talker.c"
	done ) &
	mover=$!
	grade "$WORK/moving" "$WORK/moved" -j 2 || { touch "$WORK/stop"; false; }
	touch "$WORK/stop"
	wait "$mover"
	jq -e '.harness_errors == 0' "$WORK/moved/summary.json"
	# It is one of the two, whole.
	score=$(talker_score moved/right)
	[ "$score" = "$(talker_score first/right)" ] || [ "$score" = "$(talker_score first/untouched)" ]
}

@test "--keep keeps what can be looked into, of failures only" {
	mkdir "$WORK/kept-class"
	cp -R "$WORK/class/right" "$WORK/class/untouched" "$WORK/kept-class"
	grade "$WORK/kept-class" "$WORK/kept" --keep
	[ -s "$WORK/kept/untouched/work/udp-talker/suite.tap" ]
	cmp starter/udp-talker/talker.c "$WORK/kept/untouched/work/udp-talker/talker.c"
	[ ! -e "$WORK/kept/right/work/udp-talker" ]
}

@test "the same seed, the same result; another one is another result's key" {
	mkdir "$WORK/seeded-class"
	cp -R "$WORK/class/untouched" "$WORK/seeded-class"
	grade "$WORK/seeded-class" "$WORK/seeded" --seed 7 | grep -v kept
	grade "$WORK/seeded-class" "$WORK/seeded" --seed 7 | grep kept
	grade "$WORK/seeded-class" "$WORK/seeded" --seed 8 | grep -v kept
}

@test "what the harness cannot do is no zero: empty cells, status 2" {
	mkdir -p "$WORK/odd-class" "$WORK/odd/udp-talker"
	cp -R "$WORK/class/right" "$WORK/odd-class"
	printf '%s\n' '# bats test_tags=todo:1,points:3' '@test "the harness fails" {' \
		'	echo "harness: the peer could not be started"; exit 1' '}' >"$WORK/odd/udp-talker/talker.bats"
	run grade "$WORK/odd-class" "$WORK/odd-out" --suites "$WORK/odd"
	echo "$output"
	[ "$status" = 2 ]
	[[ $output == *"1 could not be judged; trying again, one at a time"* ]]
	grep -qE '^right,,right,[0-9]+,,,,,hidden/udp-talker harness-error$' "$WORK/odd-out/gradebook.csv" || [ -n "${LONG:-}" ]
	jq -e '.harness_errors == 1 and .look_at[0].lab == "hidden/udp-talker"' "$WORK/odd-out/summary.json"
	grep -q "not the student's fault" "$WORK/odd-out/right/report.txt"
}

@test "a job that dies is buried, and nobody else is touched" {
	mkdir "$WORK/dying-class"
	cp -R "$WORK/class/right" "$WORK/class/ill" "$WORK/dying-class"
	# A folder that cannot be made where a file stands already.
	mkdir -p "$WORK/dying"
	echo "in the way" >"$WORK/dying/ill"
	run grade "$WORK/dying-class" "$WORK/dying"
	echo "$output"
	[ "$status" = 2 ]
	jq -e '.score == .max' "$WORK/dying/right/result.json"
	jq -e '.harness_errors == 1' "$WORK/dying/summary.json"
}

@test "wrong usage ends with status 1 and says what is wrong" {
	for arguments in "" "only-one" "a b c" "-j 0 a b" "-j x a b" "--seed x a b" \
		"--lab lab9 $WORK/class $WORK/x" "--no-such a b" "--roster /no/such $WORK/class $WORK/x" \
		"--suites /no/such $WORK/class $WORK/x" "/no/such $WORK/x" "$WORK/class /no/such/x" \
		"--compare a"; do
		# shellcheck disable=SC2086
		run "$GRADE" $arguments
		echo "$arguments: $status: $output"
		[ "$status" = 1 ]
		[ -n "$output" ]
	done
	run "$GRADE" --help
	[ "$status" = 0 ]
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "two graders do not work in one folder" {
	exec 8>"$WORK/first/.grade/lock"
	flock 8
	run grade "$WORK/class" "$WORK/first"
	exec 8>&-
	[ "$status" = 1 ]
	[[ $output == *"another grader is at work there"* ]]
}

@test "where the attacks are let loose, they do get through" {
	attack=$ROOT/build/grade/attack
	[[ $("$attack" secrets /etc/passwd) == broken:* ]]
	[[ $("$attack" descriptors 7</dev/null) == broken:* ]]
	[[ $("$attack" memfd) == broken:* ]]
	[[ $("$attack" core) == broken:* ]] || [ "$(ulimit -Hc)" = 0 ]
}

@test "the doctor finds that every limit holds here, or says how to get it" {
	# Somebody else's program that happens to be called so.
	cp "$(command -v sleep)" "$WORK/attack"
	"$WORK/attack" 120 3>&- &
	run "$GRADE" --doctor
	kill %1
	echo "$output"
	[ "$status" = 0 ]
	[[ $output != *BROKEN* ]]
	grep -q '^reach the network  *enforced' <<<"$output"
}
