# From a gradebook to what platforms take: overrides, lateness, filled lists, exports.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	exec 9>>build/slots.lock && flock 9
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/upload-test-XXXXXX")
	chmod 755 "$WORK"
	export ROOT=$PWD GRADE=$PWD/build/bin/grade WORK
	build/bin/cut --rung 3 solutions/udp-talker/talker.c >"$WORK/rung.c"
	mkdir "$WORK/class"
	cp solutions/udp-talker/talker.c "$WORK/class/adamsalice_40000_1_talker.c"
	cp "$WORK/rung.c" "$WORK/class/garcíacarlos_40074_2_talker.c"
	printf 'Rar!\x1a\x07\x01\x00' >"$WORK/class/vanderbergzoë_40962_3_labs.rar"
	cp "$WORK/rung.c" "$WORK/class/novákhana_LATE_40259_4_talker.c"
	touch -d '2026-11-20 12:00:00Z' "$WORK"/class/*
	touch -d '2026-11-22 13:00:00Z' "$WORK"/class/novák*
	grade "$WORK/class" "$WORK/first" >"$WORK/first.said" || [ $? = 2 ]
	RUNG=$(jq .score "$WORK/first/garcíacarlos/result.json")
	export RUNG
}

teardown_file() {
	rm -rf "$WORK"
}

# grade SUBMISSIONS OUT [OPTION...]
grade() {
	local class=$1 out=$2
	shift 2
	timeout -k 5 300 "$GRADE" --lab lab4 -j 2 "$@" -- "$class" "$out"
}

canvas_export() {
	printf '\xef\xbb\xbfStudent,ID,SIS User ID,SIS Login ID,Section,Lab 4 (7001),Labs Current Score\r\n'
	printf '    Points Possible,,,,,20.00,(read only)\r\n'
	printf '"Adams, Alice",40000,S1,aadams,"A ""B""",,\r\n"García, Carlos",40074,S2,cgarcía,A,,1.5\r\n'
	printf '"Novák, Hana",40259,S3,hnovák,B,,\r\n"van der Berg, Zoë",40962,S4,zberg,B,,\r\n"Absent, Joe",1,S5,jabsent,B,,\r\n'
	printf '"Student, Test",99999,,0123,A,,\r\n'
}

# ---- overrides --------------------------------------------------------------------

@test "an override settles, survives the next run, and shows everywhere" {
	[ "$RUNG" -gt 0 ]
	[ "$RUNG" -lt 20 ]
	cp -R "$WORK/first" "$WORK/settled"
	cp solutions/udp-talker/talker.c "$WORK/unpacked.c"
	printf '%s\n' 'who,lab,points,reason' '"Zoë van der Berg",lab4,source=unpacked.c,unpacked by hand' \
		'40074,,+3,"a good question, answered"' 'adamsalice,udp-talker,12,two people wrote it' >"$WORK/over.csv"
	canvas_export >"$WORK/roster.csv"
	for _ in 1 2; do
		run grade "$WORK/class" "$WORK/settled" --override "$WORK/over.csv" --roster "$WORK/roster.csv"
		echo "$output"
		[ "$status" = 0 ]
	done
	[ "$(grep -c 'kept from an earlier run' <<<"$output")" = 4 ]
	cat "$WORK/settled/gradebook.csv"
	grep -q '^"van der Berg, Zoë",40962,.*,20,20,20,1,,,20,' "$WORK/settled/gradebook.csv"
	grep -q "^\"García, Carlos\",.*,$RUNG,$RUNG,20,[01],,3,$((RUNG + 3)),\"a good question, answered\"" "$WORK/settled/gradebook.csv"
	grep -q '^"Adams, Alice",.*,20,20,20,1,,-8,12,two people wrote it' "$WORK/settled/gradebook.csv"
	grep -q "^\"Novák, Hana\",.*,$RUNG,$RUNG,20,[01],,,$RUNG," "$WORK/settled/gradebook.csv"
	grep -q 'grade: 12 (20 earned)' "$WORK/settled/adamsalice/report.txt"
	jq -e '.final == 12 and .score == 20 and .settled[0].reason != ""' "$WORK/settled/adamsalice/result.json"
	run "$GRADE" --compare "$WORK/first" "$WORK/settled"
	echo "$output"
	grep -q 'now: override udp-talker -8: two people wrote it' <<<"$output"
	# Without it everything is as it was.
	grade "$WORK/class" "$WORK/settled" >/dev/null || [ $? = 2 ]
	diff "$WORK/first/gradebook.csv" "$WORK/settled/gradebook.csv"
}

@test "an override that says nothing clear is refused before anybody is graded" {
	while IFS='|' read -r row words; do
		printf 'who,lab,points,reason\n%s\n' "$row" >"$WORK/wrong.csv"
		run grade "$WORK/class" "$WORK/refused" --override "$WORK/wrong.csv"
		echo "$row: $output"
		[ "$status" = 1 ]
		[[ $output == *"row 2"*"$words"* ]]
		[ ! -e "$WORK/refused/gradebook.csv" ]
	done <<'END'
nobody,lab4,12,why|nobody
adamsalice,lab9,12,why|no such lab
adamsalice,lab4,12,|a reason is missing
adamsalice,lab4,twelve,why|points are
adamsalice,lab4,,why|points are
adamsalice,lab4,source=/no/such,why|cannot be read
adamsalice,,source=over.csv,why|needs a lab
END
	echo 'name,points' >"$WORK/wrong.csv"
	run grade "$WORK/class" "$WORK/refused" --override "$WORK/wrong.csv"
	[ "$status" = 1 ]
}

@test "what could not be judged is settled by a number" {
	mkdir -p "$WORK/odd/udp-talker" "$WORK/odd-class"
	cp -p "$WORK"/class/adams* "$WORK/odd-class"
	printf '%s\n' '# bats test_tags=todo:1,points:3' '@test "the harness fails" {' \
		'	echo "harness: the peer could not be started"; exit 1' '}' >"$WORK/odd/udp-talker/talker.bats"
	run grade "$WORK/odd-class" "$WORK/odd-out" --suites "$WORK/odd"
	[ "$status" = 2 ]
	printf 'who,lab,points,reason\nadamsalice,,21,by hand\n' >"$WORK/odd.csv"
	run grade "$WORK/odd-class" "$WORK/odd-out" --suites "$WORK/odd" --override "$WORK/odd.csv"
	echo "$output"
	[ "$status" = 0 ]
	grep -q ',21,.*by hand' "$WORK/odd-out/gradebook.csv"
}

# ---- due dates --------------------------------------------------------------------

@test "lateness stands beside the points, and says by whose word" {
	run grade "$WORK/class" "$WORK/late" --due '2026-11-21 00:59 Europe/Berlin' --late '10%/day up to 5'
	echo "$output"
	[ "$status" = 2 ]
	cat "$WORK/late/gradebook.csv"
	# 2026-11-22 13:00Z is one day and 13 h after 2026-11-20 23:59Z: two days have begun.
	lost=$((RUNG * 2 / 10))
	[ "$lost" -gt 0 ]
	grep -q "^novákhana,.*,$RUNG,$RUNG,20,[01],-$lost,,$((RUNG - lost)),\"late by 1 day 13 h, due 2026-11-20T23:59:00Z, by the files' dates" \
		"$WORK/late/gradebook.csv"
	grep -q "^garcíacarlos,.*,$RUNG,20,[01],,,$RUNG," "$WORK/late/gradebook.csv"
	jq -e --argjson lost "$lost" '.settled[0].kind == "late" and .settled[0].points == -$lost' "$WORK/late/novákhana/result.json"
	grep -q "late in udp-talker: -$lost" "$WORK/late/novákhana/report.txt"
	# Marked late, but its date says that it was not: it was, by a moment.
	grade "$WORK/class" "$WORK/late" --due 'lab4=2026-12-31 23:59Z' --late '10%/day' >/dev/null || [ $? = 2 ]
	grep -q "by the platform's mark" "$WORK/late/gradebook.csv"
	grade "$WORK/class" "$WORK/late" --due '2020-01-01 00:00Z' --due 'lab4=2026-12-31 23:59Z' >/dev/null || [ $? = 2 ]
	grep -q "^garcíacarlos,.*,,,$RUNG," "$WORK/late/gradebook.csv"
	for wrong in "--due tomorrow" "--due lab9=2026-11-20T23:59Z" "--late 10%/day" \
		"--due 2026-11-20T23:59Z --late 10%/week"; do
		# shellcheck disable=SC2086
		run grade "$WORK/class" "$WORK/late" $wrong
		[ "$status" = 1 ]
	done
}

# ---- filled lists -----------------------------------------------------------------

# only_grades BEFORE AFTER COLUMN : with this column empty in both, they are the same.
only_grades() {
	diff <(cut -d, -f"$3" --complement "$1") <(cut -d, -f"$3" --complement "$2")
}

@test "Canvas' own export comes back with grades and nothing else changed" {
	canvas_export | sed 's/"A ""B"""/AB/' >"$WORK/canvas.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/canvas.csv"
	echo "$output"
	[ "$status" = 2 ]
	grep -q 'not filled: vanderbergzoë (a person has to look at it first)' <<<"$output"
	only_grades "$WORK/canvas.csv" "$WORK/canvas-filled.csv" 7 # a comma in the name
	grep -q $'^"Adams, Alice",40000,S1,aadams,AB,20,\r$' "$WORK/canvas-filled.csv"
	grep -q ",cgarcía,A,$RUNG,1.5"$'\r' "$WORK/canvas-filled.csv"
	grep -q $',zberg,B,,\r$' "$WORK/canvas-filled.csv"
	grep -q $',jabsent,B,,\r$' "$WORK/canvas-filled.csv"
	[ "$(head -c 3 "$WORK/canvas-filled.csv" | od -An -tx1)" = ' ef bb bf' ]
	[ "$(wc -l <"$WORK/canvas.csv")" = "$(wc -l <"$WORK/canvas-filled.csv")" ]
}

@test "points are converted only if that is asked for" {
	canvas_export | sed 's/20\.00/100.00/' >"$WORK/hundred.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/hundred.csv"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"gives 100 points, here 20"* ]]
	[ ! -e "$WORK/hundred-filled.csv" ]
	run "$GRADE" fill --scale "$WORK/first" "$WORK/hundred.csv"
	[ "$status" = 2 ]
	grep -q ",cgarcía,A,$((RUNG * 5)),1.5" "$WORK/hundred-filled.csv"
}

@test "Moodle's worksheet, in semicolons, in UTF-16, Gradescope's and Blackboard's lists" {
	printf '\xef\xbb\xbfIdentifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments\r\n' >"$WORK/moodle.csv"
	printf 'Participant 1,Alice Adams,ok,,20.00,Yes,\r\nParticipant 2,Carlos García,ok,,20.00,No,\r\nParticipant 3,Hana Novák,ok,"",20.00,Yes,"a, b"\r\n' >>"$WORK/moodle.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/moodle.csv"
	echo "$output"
	[ "$status" = 2 ]
	grep -q 'not filled: Carlos García (the file says' <<<"$output"
	grep -q $'^Participant 1,Alice Adams,ok,20,20.00,Yes,\r$' "$WORK/moodle-filled.csv"
	grep -q $'^Participant 3,Hana Novák,ok,'"$RUNG"$',20.00,Yes,"a, b"\r$' "$WORK/moodle-filled.csv"
	only_grades "$WORK/moodle.csv" "$WORK/moodle-filled.csv" 4
	printf 'Identifier;Full name;Grade;Maximum Grade\nParticipant 1;Alice Adams;;20,00\n' >"$WORK/semi.csv"
	"$GRADE" fill "$WORK/first" "$WORK/semi.csv" || [ $? = 2 ]
	grep -qx 'Participant 1;Alice Adams;20;20,00' "$WORK/semi-filled.csv"
	{ printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE "$WORK/semi.csv"; } >"$WORK/wide.csv"
	"$GRADE" fill "$WORK/first" "$WORK/wide.csv" || [ $? = 2 ]
	cmp "$WORK/wide-filled.csv" <(printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE "$WORK/semi-filled.csv")
	printf 'First Name,Last Name,SID,Email,Lab 4,Lab 4 - Max Points\nAlice,Adams,40000,a@x,,20.0\n' >"$WORK/gradescope.csv"
	"$GRADE" fill "$WORK/first" "$WORK/gradescope.csv" || [ $? = 2 ]
	grep -qx 'Alice,Adams,40000,a@x,20,20.0' "$WORK/gradescope-filled.csv"
	printf '"Last name","First name","Username","Student ID"\n"Adams","Alice","aadams","40000"\n' >"$WORK/blackboard.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/blackboard.csv"
	[ "$status" = 1 ]
	[[ $output == *--column* ]]
	"$GRADE" fill --column 'Lab 4' "$WORK/first" "$WORK/blackboard.csv" || [ $? = 2 ]
	grep -qx '"Adams","Alice","aadams","40000",20' "$WORK/blackboard-filled.csv"
	grep -qx '"Last name","First name","Username","Student ID",Lab 4' "$WORK/blackboard-filled.csv"
}

@test "of two columns none is guessed, and nobody is who is not clearly that" {
	printf 'Student,ID,SIS Login ID,Essay (1),Talker (2)\n"Adams, Alice",40000,a,,\n"Adams, Alice",1,b,,\n' >"$WORK/two.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/two.csv"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"'Essay (1)', 'Talker (2)'"* ]]
	run "$GRADE" fill --column 'Talker (2)' "$WORK/first" "$WORK/two.csv"
	[ "$status" = 2 ]
	grep -q '^"Adams, Alice",40000,a,,20$' "$WORK/two-filled.csv"
	grep -q '^"Adams, Alice",1,b,,$' "$WORK/two-filled.csv"
	echo 'nobody' >"$WORK/junk.csv"
	run "$GRADE" fill "$WORK/first" "$WORK/junk.csv" "$WORK/no-such.csv"
	[ "$status" = 1 ]
}

@test "what another class left in the same folder is not filled in" {
	cp -R "$WORK/first" "$WORK/mixed"
	mkdir -p "$WORK/smaller"
	cp -p "$WORK"/class/garc* "$WORK/smaller"
	grade "$WORK/smaller" "$WORK/mixed"
	printf 'Name,ID\nAlice Adams,40000\nCarlos García,40074\n' >"$WORK/both.csv"
	"$GRADE" fill --column Points "$WORK/mixed" "$WORK/both.csv"
	grep -qx 'Alice Adams,40000' "$WORK/both-filled.csv"
	grep -qx "Carlos García,40074,$RUNG" "$WORK/both-filled.csv"
}

@test "reports go back into the folders of Moodle's download" {
	mkdir -p "$WORK/moodle/Zoë Berg_17_assignsubmission_file"
	cp "$WORK/rung.c" "$WORK/moodle/Zoë Berg_17_assignsubmission_file/talker.c"
	grade "$WORK/moodle" "$WORK/moodled"
	"$GRADE" feedback "$WORK/moodled"
	mkdir "$WORK/fed"
	(cd "$WORK/fed" && unzip -q "$WORK/moodled/feedback.zip")
	cmp "$WORK/moodled/Zoë Berg/report.txt" "$WORK/fed/Zoë Berg_17_assignsubmission_file/report.txt"
}

@test "the gradebook opens right: a mark for UTF-8, no formula" {
	[ "$(head -c 3 "$WORK/first/gradebook.csv" | od -An -tx1)" = ' ef bb bf' ]
	mkdir -p "$WORK/formula/y;=1+1;" "$WORK/formula/＝1+1" "$WORK/formula/"$'\xc2\xa0''=1'
	grade "$WORK/formula" "$WORK/formulas" >/dev/null || [ $? = 2 ]
	cat "$WORK/formulas/gradebook.csv"
	run ! grep -qP '(^|[,;"])[\s\xA0\x{3000}]*[=＝]' "$WORK/formulas/gradebook.csv"
}

@test "LibreOffice reads names whole, numbers as numbers, and runs nothing" {
	command -v soffice >/dev/null || skip "there is no LibreOffice"
	mkdir "$WORK/office"
	cp "$WORK/first/gradebook.csv" "$WORK/office/book.csv"
	cp "$WORK/formulas/gradebook.csv" "$WORK/office/formulas.csv"
	canvas_export >"$WORK/office/canvas.csv"
	"$GRADE" fill "$WORK/first" "$WORK/office/canvas.csv" || [ $? = 2 ]
	cd "$WORK/office"
	HOME=$WORK/office timeout 120 soffice --headless --infilter=csv:44,34,76 --convert-to fods ./*.csv
	grep -q '<text:p>novákhana</text:p>' book.fods
	grep -q '<text:p>name</text:p>' book.fods
	grep -q 'office:value="20"' book.fods
	grep -q '<text:p>van der Berg, Zoë</text:p>' canvas-filled.fods
	grep -q "office:value=\"$RUNG\"" canvas-filled.fods
	run ! grep -q 'table:formula' ./*.fods
}

# ---- exports, against what each format's own documentation asks for -----------------

export_as() { "$GRADE" export "$1" "$WORK/first/garcíacarlos/result.json"; }

@test "Gradescope: results.json" {
	export_as gradescope >"$WORK/gradescope.json"
	jq -e --argjson score "$RUNG" '.score == $score and (.output | type) == "string" and .output_format == "text"
		and .visibility == "visible" and (.tests | length) > 8
		and all(.tests[]; (.name | type) == "string" and (.number | test("^1[.][0-9]+$")) and (.score | type) == "number"
			and (.max_score | type) == "number" and .score <= .max_score and (.status | IN("passed", "failed"))
			and (.output | type) == "string" and (.tags | type) == "array")
		and all(.tests[]; .visibility == "visible")
		and ([.tests[].score] | add) == $score and ([.tests[].max_score] | add) == 20' "$WORK/gradescope.json"
	# The instructor's own checks are nobody's to see before.
	jq '.labs[0].lab = "hidden/udp-talker"' "$WORK/first/garcíacarlos/result.json" >"$WORK/hidden.json"
	"$GRADE" export gradescope "$WORK/hidden.json" | jq -e 'all(.tests[]; .visibility == "after_published")'
}

# The rules of the schema classroom50/result/v1, and those it states in words.
classroom50_rules='
	def time: test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$");
	def whole: type == "number" and . == floor and . >= 0;
	(keys - ["graded_at", "submitted_by"]) == ["assignment", "assignment_type", "classroom", "commit", "datetime",
		"max-score", "owner", "release", "review", "schema", "score", "submission", "tests"]
	and .schema == "classroom50/result/v1" and (.assignment_type | IN("individual", "group"))
	and all(.classroom, .assignment, .owner, .commit, .release, .review; type == "string" and length > 0)
	and (.submission | startswith("submit/")) and (.datetime | time)
	and (.score | whole) and (."max-score" | whole) and .score <= ."max-score"
	and all(.tests[]; (."test-name" | length) > 0 and (.passed | type) == "boolean"
		and (.score | whole) and (."max-score" | whole) and .score <= ."max-score")'

@test "Classroom 50: result.json, and its autograder.py in a checkout" {
	run export_as classroom50
	[ "$status" = 2 ]
	export CLASSROOM=net ASSIGNMENT=lab4 ASSIGNMENT_TYPE=individual OWNER=hubot USERNAME=hubot \
		SUBMISSION_TAG=submit/20261120-abc COMMIT_URL=https://example.org/c RELEASE_URL=https://example.org/r \
		REVIEW_URL=https://example.org/d
	COMMIT_TIME=2026-11-20T10:00:00Z export_as classroom50 >"$WORK/classroom.json"
	jq -e "$classroom50_rules" "$WORK/classroom.json"
	jq -e --argjson score "$RUNG" '.score == $score and ."max-score" == 20' "$WORK/classroom.json"
	command -v python3 >/dev/null || skip "there is no python3"
	mkdir -p "$WORK/checkout/labs/udp-talker"
	cp "$WORK/rung.c" "$WORK/checkout/labs/udp-talker/talker.c"
	cd "$WORK/checkout"
	git init -q . && git add . && GIT_COMMITTER_DATE='2026-11-20T11:00:00+01:00' \
		git -c user.name=x -c user.email=x@x commit -qm x
	SOCKET_LABS=$ROOT GRADE_OPTIONS='--lab lab4' "$ROOT/grader/grade/exports/classroom50/autograder.py"
	jq -e "$classroom50_rules" result.json
	jq -e --argjson score "$RUNG" '.score == $score and .datetime == "2026-11-20T10:00:00Z"' result.json
	grep -q '^Score: ' release-body.md
}

@test "Autolab: the last line" {
	export_as autolab >"$WORK/autolab"
	[ "$(tail -n 1 "$WORK/autolab")" = "{\"scores\":{\"udp-talker\":$RUNG}}" ]
}

@test "PrairieLearn: a score from 0 to 1, below 1 MB" {
	export_as prairielearn >"$WORK/prairie.json"
	jq -e --argjson score "$RUNG" '.gradable == true and .score == $score / 20 and all(.tests[];
		(.name | length) > 0 and .points <= .max_points and (.output | type) == "string")' "$WORK/prairie.json"
	[ "$(stat -c %s "$WORK/prairie.json")" -lt 1000000 ]
}

@test "JUnit: well-formed XML whose counts are right" {
	export_as junit >"$WORK/junit.xml"
	command -v python3 >/dev/null || skip "there is no python3"
	python3 - "$WORK/junit.xml" <<-'END'
		import sys, xml.etree.ElementTree as tree
		root = tree.parse(sys.argv[1]).getroot()
		assert root.tag == "testsuites" and len(root) == 1
		suite = root[0]
		cases = suite.findall("testcase")
		assert int(suite.get("tests")) == len(cases) > 8
		for kind in "failure", "error", "skipped":
		    plural = {"failure": "failures", "error": "errors"}.get(kind, kind)
		    assert int(suite.get(plural)) == len(suite.findall("testcase/" + kind))
		assert int(suite.get("failures")) > 0
	END
}

@test "what could not be judged is no score anywhere" {
	jq '.labs[0].status = "harness-error"' "$WORK/first/garcíacarlos/result.json" >"$WORK/error.json"
	for format in gradescope autolab classroom50; do
		run --separate-stderr "$GRADE" export "$format" "$WORK/error.json"
		[ "$status" = 2 ]
		[ -z "$output" ]
	done
	"$GRADE" export prairielearn "$WORK/error.json" | jq -e '.gradable == false'
	run "$GRADE" export no-such "$WORK/error.json"
	[ "$status" = 1 ]
}

@test "make gradescope: graded where its files lie, with boxes and without" {
	[ "$(id -u)" = 0 ] || skip "only root can lay out /autograder"
	bwrap --dev-bind / / true || skip "there are no namespaces here"
	make -s gradescope >/dev/null
	mkdir -p "$WORK/autograder"/{source,submission,results}
	(cd "$WORK/autograder/source" && unzip -q "$ROOT/build/gradescope.zip" && cp run_autograder ..)
	cp "$WORK/rung.c" "$WORK/autograder/submission/talker.c"
	# Without what this Bats says to its own.
	there() { env -i PATH="$PATH" bwrap --dev-bind / / --bind "$WORK/autograder" /autograder --chdir /autograder "$@"; }
	there make -s -C source/socket-labs -j2 grader
	there ./run_autograder
	jq -e --argjson score "$RUNG" '.score == $score' "$WORK/autograder/results/results.json"
	there --unshare-user --disable-userns --cap-drop ALL ./run_autograder
	jq -e --argjson score "$RUNG" '.score == $score and (.output | test("best effort"))' "$WORK/autograder/results/results.json"
}
