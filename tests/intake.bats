# From the platform's download to a gradebook: whatever the work is packed in.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	exec 9>>build/slots.lock && flock 9
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/intake-test-XXXXXX")
	chmod 755 "$WORK"
	export ROOT=$PWD GRADE=$PWD/build/bin/grade WORK PACK=$PWD/build/grade/pack
	build/bin/cut --rung 3 solutions/udp-talker/talker.c >"$WORK/rung.c"
	mkdir -p "$WORK/work/udp-talker"
	cp solutions/udp-talker/talker.c "$WORK/work/udp-talker"
}

teardown_file() {
	chmod -R u+rwx "$WORK"
	rm -rf "$WORK"
}

# grade SUBMISSIONS OUT [OPTION...]
grade() {
	local class=$1 out=$2
	shift 2
	timeout -k 5 300 "$GRADE" --lab lab4 -j 2 "$@" -- "$class" "$out"
}

score() { jq .score "$WORK/$1/result.json"; }

# zipped FILE FOLDER : FOLDER's content as an archive.
zipped() { (cd "$2" && zip -qr "$1" .); }

# ---- the forms --------------------------------------------------------------------

# What the student FORM hands in, as files in the folder $1.
hand_in() {
	local talker=$ROOT/solutions/udp-talker/talker.c
	mkdir -p "$1"
	case $2 in
	flat) cp "$talker" "$1" ;;
	rung) cp "$WORK/rung.c" "$1/talker.c" ;;
	zip) zipped "$1/labs.zip" "$WORK/work" ;;
	zip-in-zip) (cd "$WORK/work" && zip -qr "$WORK/inner.zip" . && cd "$WORK" && zip -q "$1/labs.zip" inner.zip && rm inner.zip) ;;
	tgz) tar -czf "$1/homework.tgz" -C "$WORK/work" --transform 's,^\.,home/work,' . ;;
	pdf-too) zipped "$1/labs.zip" "$WORK/work"; echo '%PDF-1.4' >"$1/README.pdf" ;;
	txt) cp "$talker" "$1/talker.c.txt" ;;
	capital) cp "$talker" "$1/Talker.C" ;;
	browser) cp "$talker" "$1/talker (2).c" ;;
	space) cp "$talker" "$1/talker .c" ;;
	lab4) cp "$talker" "$1/lab4.c" ;;
	final) cp "$talker" "$1/talker_final_v2.c" ;;
	cpp) cp "$talker" "$1/talker.cpp" ;;
	folder) cp "$talker" "$1/udp-talker.c" ;;
	copy) cp "$talker" "$1"; cp "$WORK/rung.c" "$1/talker - Copy.c" ;;
	utf16) { printf '\xff\xfe'; iconv -t UTF-16LE "$talker"; } >"$1/talker.c" ;;
	windows) { printf '\xef\xbb\xbf'; sed 's/$/\r/' "$talker"; } >"$1/talker.c" ;;
	# and these nobody can judge by himself
	rar) printf 'Rar!\x1a\x07\x01\x00........' >"$1/labs.rar" ;;
	docx) echo PK >"$1/Lab report.docx" ;;
	empty) : >"$1/talker.c" ;;
	two) mkdir -p "$WORK/two"/{old,new}; cp "$talker" "$WORK/two/new"; cp "$WORK/rung.c" "$WORK/two/old/talker.c"
		zipped "$1/HW.zip" "$WORK/two" ;;
	header) { echo '#include "net.h"'; cat "$talker"; } >"$1/talker.c"; echo '#define A 1' >"$1/net.h" ;;
	locked) (cd "$WORK/work" && zip -qrP secret "$1/labs.zip" .) ;;
	broken) zipped "$WORK/whole.zip" "$WORK/work"; head -c 200 "$WORK/whole.zip" >"$1/labs.zip" ;;
	bundle) echo '# v2 git bundle' >"$1/labs.bundle" ;;
	esac
}

WELL="flat zip zip-in-zip tgz pdf-too txt capital browser space lab4 final cpp folder copy utf16 windows"
ILL="rar docx empty two header locked broken bundle"

# The class, as a platform hands it out.
make_class() {
	local form n=0 file file_id=900 platform=$1
	mkdir -p "$WORK/$platform"
	[[ $platform != gradescope ]] || echo --- >"$WORK/$platform/submission_metadata.yml"
	for form in $WELL rung $ILL; do
		n=$((n + 1))
		rm -rf "$WORK/hand"
		hand_in "$WORK/hand" "$form"
		case $platform in
		canvas)
			for file in "$WORK"/hand/*; do
				cp "$file" "$WORK/canvas/${form//-/}joe_$((4000 + n))_$((file_id++))_${file##*/}"
			done ;;
		moodle) cp -R "$WORK/hand" "$WORK/moodle/Joe ${form^}_$((1700 + n))_assignsubmission_file" ;;
		gradescope)
			cp -R "$WORK/hand" "$WORK/gradescope/submission_$((31 + n))"
			printf "submission_%d:\n  :submitters:\n  - :name: Joe %s\n    :sid: '%d'\n    :email: %s@x\n" \
				$((31 + n)) "${form^}" $((4000 + n)) "$form" >>"$WORK/gradescope/submission_metadata.yml" ;;
		esac
		printf '"%s, Joe",%d\n' "${form^}" $((4000 + n)) >>"$WORK/roster.new"
	done
	{ echo Student,ID; echo '"Absent, Joe",1'; cat "$WORK/roster.new"; } >"$WORK/roster.csv"
	rm "$WORK/roster.new"
}

@test "every form earns what the flat one earns, or stands before the instructor, on three platforms" {
	for platform in canvas moodle gradescope; do
		make_class "$platform"
		run grade "$WORK/$platform" "$WORK/out-$platform" --roster "$WORK/roster.csv"
		echo "$output"
		[ "$status" = 2 ]
		# Names, ids, points; not what the platform calls it.
		cut -d, -f1-3,5-9 "$WORK/out-$platform/gradebook.csv" | sort >"$WORK/$platform.points"
		jq -e '.not_on_the_roster == 0 and .nothing_handed_in == 1 and .harness_errors == 0' \
			"$WORK/out-$platform/summary.json"
		jq -r '.look_at[].submission' "$WORK/out-$platform/summary.json" | sort -u >"$WORK/$platform.looks"
		[ "$(wc -l <"$WORK/$platform.looks")" = "$(wc -w <<<"$ILL")" ]
		grep -q "^Look at these 8 first" <<<"$output"
	done
	cat "$WORK/canvas.points"
	diff "$WORK/canvas.points" "$WORK/moodle.points"
	diff "$WORK/canvas.points" "$WORK/gradescope.points"
	for form in $WELL; do
		grep -qi "^\"$form, joe\",40[0-9]*,20,20,20,1," "$WORK/canvas.points"
	done
	run ! grep -q '^"Rung, Joe",.*,20,20,20' "$WORK/canvas.points"
}

@test "what cannot be taken is said with the remedy" {
	jq -r '.look_at[] | "\(.submission) \(.file): \(.why)"' "$WORK/out-moodle/summary.json" >"$WORK/said"
	cat "$WORK/said"
	grep -q '^Joe Rar labs.rar: a RAR archive.*unrar' "$WORK/said"
	grep -q '^Joe Docx Lab report.docx: a document.*ask for' "$WORK/said"
	grep -q '^Joe Empty talker.c: the file is empty' "$WORK/said"
	grep -q '^Joe Two : two files could be talker.c: HW.zip/new/talker.c and HW.zip/old/talker.c' "$WORK/said"
	grep -q '^Joe Header net.h: the source includes this file' "$WORK/said"
	grep -q '^Joe Locked labs.zip/udp-talker/talker.c: it is encrypted.*password' "$WORK/said"
	grep -q '^Joe Broken labs.zip: ' "$WORK/said"
	grep -q '^Joe Bundle labs.bundle: a git bundle.*git clone' "$WORK/said"
	grep -q 'not taken: README.pdf (a document' "$WORK/out-moodle/Joe Pdf-too/report.txt"
	grep -q 'talker_final_v2.c' "$WORK/out-moodle/Joe Final/report.txt"
}

@test "a second run of the same class takes nothing anew" {
	run grade "$WORK/moodle" "$WORK/out-moodle" --roster "$WORK/roster.csv"
	[ "$status" = 2 ]
	[ "$(grep -c 'kept from an earlier run' <<<"$output")" = "$(wc -w <<<"$WELL rung $ILL")" ]
}

@test "several uploads complete each other; for one lab the newer counts" {
	class=$WORK/uploads
	mkdir -p "$class"
	cp "$WORK/rung.c" "$class/ann_5_100_talker.c"
	zipped "$class/ann_5_101_labs.zip" "$WORK/work"
	zipped "$class/bob_6_102_labs.zip" "$WORK/work"
	cp "$WORK/rung.c" "$class/bob_6_103_talker-1.c"
	grade "$class" "$WORK/uploaded"
	[ "$(score uploaded/ann)" = 20 ]
	[ "$(score uploaded/bob)" -lt 20 ]
	grep -q 'udp-talker/talker.c was handed in twice: ann_5_101_labs.zip is newer' "$WORK/uploaded/ann/report.txt"
}

@test "anonymous downloads, text entries, Moodle's online text" {
	class=$WORK/anonymous
	mkdir -p "$class/Jane Doe_12_assignsubmission_file" "$class/Jane Doe_12_assignsubmission_onlinetext"
	cp "$WORK/work/udp-talker/talker.c" "$class/anon_a3Fq9_9077_talker.c"
	cp "$WORK/rung.c" "$class/anon_LATE_Zk2Lm_9080_talker.c"
	echo '<p>int main</p>' >"$class/roe_1235_text.html"
	echo '<a href="x">x</a>' >"$class/poe_1236_link.html"
	cp "$WORK/work/udp-talker/talker.c" "$class/Jane Doe_12_assignsubmission_file"
	echo '<p>done</p>' >"$class/Jane Doe_12_assignsubmission_onlinetext/onlinetext.html"
	run grade "$class" "$WORK/anonymously"
	echo "$output"
	[ "$status" = 2 ]
	[ "$(score anonymously/anon_a3Fq9)" = 20 ]
	[ "$(score 'anonymously/Jane Doe')" = 20 ]
	grep -q 'marks this submission as late' "$WORK/anonymously/anon_Zk2Lm/report.txt"
	grep -q '^anon_Zk2Lm,.*,marked late by the platform$' "$WORK/anonymously/gradebook.csv"
	jq -e '[.look_at[].submission] == ["poe", "roe"]' "$WORK/anonymously/summary.json"
	grep -q 'roe.*' <<<"$output"
}

@test "a folder too high, a folder too low, a checkout" {
	mkdir -p "$WORK/term/hand-ins"/{ann,bob}
	cp -R "$WORK/work/udp-talker" "$WORK/term/hand-ins/ann"
	cp "$WORK/rung.c" "$WORK/term/hand-ins/bob/talker.c"
	run grade "$WORK/term" "$WORK/high"
	echo "$output"
	[ "$status" = 0 ]
	grep -q 'The submissions are in the folder hand-ins' <<<"$output"
	[ "$(score high/ann)" = 20 ]
	[ -e "$WORK/high/bob/result.json" ]
	run grade "$WORK/term/hand-ins/ann" "$WORK/low"
	[ "$status" = 0 ]
	grep -q 'one submission' <<<"$output"
	[ "$(score low/ann)" = 20 ]
}

@test "repositories are people's by their logins" {
	class=$WORK/github
	mkdir -p "$class"/lab4-{hubot,octo-cat}/labs
	cp -R "$WORK/work/udp-talker" "$class/lab4-hubot/labs"
	cp -R "$WORK/work/udp-talker" "$class/lab4-octo-cat/labs"
	printf 'identifier,github_username,name\n7,hubot,Hu Bot\n8,octo-cat,Octo Cat\n9,nobody,No Body\n' >"$WORK/logins.csv"
	grade "$class" "$WORK/githubbed" --roster "$WORK/logins.csv"
	cat "$WORK/githubbed/gradebook.csv"
	grep -q '^Hu Bot,7,lab4-hubot,20,' "$WORK/githubbed/gradebook.csv"
	grep -q '^Octo Cat,8,lab4-octo-cat,20,' "$WORK/githubbed/gradebook.csv"
	jq -e '.nothing_handed_in == 1 and .not_on_the_roster == 0' "$WORK/githubbed/summary.json"
}

@test "each member of a pair or a team gets the grade" {
	class=$WORK/pairs
	mkdir -p "$class/submission_1"
	cp "$WORK/work/udp-talker/talker.c" "$class/submission_1"
	printf -- "---\nsubmission_1:\n  :submitters:\n  - :name: Conan O'Brien\n    :sid: '200'\n  - :name: 'Sinéad O''Connor'\n    :sid: '201'\n" \
		>"$class/submission_metadata.yml"
	printf 'Name,SID\nConan O'\''Brien,200\nSinéad O'\''Connor,201\n' >"$WORK/pair.csv"
	grade "$class" "$WORK/paired" --roster "$WORK/pair.csv"
	grep -q "^Conan O'Brien,200,.*,20,20,20,1," "$WORK/paired/gradebook.csv"
	grep -q "^Sinéad O'Connor,201,.*,20,20,20,1," "$WORK/paired/gradebook.csv"
	jq -e '.submissions == 1 and .nothing_handed_in == 0' "$WORK/paired/summary.json"
	mkdir -p "$WORK/teams/Team 3_assignsubmission_file"
	cp "$WORK/work/udp-talker/talker.c" "$WORK/teams/Team 3_assignsubmission_file"
	printf 'First name;Last name;ID number;Groups\nA;One;1;Team 3\nB;Two;2;Team 4\nC;Three;3;Team 3\n' >"$WORK/team.csv"
	grade "$WORK/teams" "$WORK/teamed" --roster "$WORK/team.csv"
	[ "$(grep -c ',Team 3,20,' "$WORK/teamed/gradebook.csv")" = 2 ]
	grep -q '^B Two,2,,.*nothing handed in' "$WORK/teamed/gradebook.csv"
}

@test "two people of one name are a question, unless a number tells" {
	class=$WORK/zhang
	mkdir -p "$class"/"Wei Zhang_"{1766,1769}_assignsubmission_file
	for n in 1766 1769; do cp "$WORK/work/udp-talker/talker.c" "$class/Wei Zhang_${n}_assignsubmission_file"; done
	printf 'Name,ID\nWei Zhang,S1\nWei Zhang,S2\n' >"$WORK/zhang.csv"
	run grade "$class" "$WORK/zhangs" --roster "$WORK/zhang.csv"
	echo "$output"
	[ "$status" = 2 ]
	grep -q 'more than one whose it could be: Wei Zhang (S1) Wei Zhang (S2)' <<<"$output"
	run ! grep -q '^Wei Zhang,S1,.*,20,' "$WORK/zhangs/gradebook.csv"
	printf 'who,lab,points,reason\n1766,,is=S2,asked him\nWei Zhang_1769,,is=S1,the other\n' >"$WORK/is.csv"
	grade "$class" "$WORK/zhangs" --roster "$WORK/zhang.csv" --override "$WORK/is.csv"
	grep -q '^Wei Zhang,S2,Wei Zhang_1766,20,' "$WORK/zhangs/gradebook.csv"
	grep -q '^Wei Zhang,S1,Wei Zhang_1769,20,' "$WORK/zhangs/gradebook.csv"
	"$GRADE" fill --column Points "$WORK/zhangs" "$WORK/zhang.csv"
	[ "$(grep -c '^Wei Zhang,S[12],20$' "$WORK/zhang-filled.csv")" = 2 ]
	sed -i s/S2/S9/ "$WORK/is.csv"
	run grade "$class" "$WORK/zhangs" --roster "$WORK/zhang.csv" --override "$WORK/is.csv"
	[ "$status" = 1 ]
	printf 'Identifier,Full name\nParticipant 1766,Wei Zhang\nParticipant 1769,Wei Zhang\n' >"$WORK/zhang.csv"
	grade "$class" "$WORK/zhangs" --roster "$WORK/zhang.csv"
	[ "$(grep -c '^Wei Zhang,Participant 17\|^Wei Zhang,17' "$WORK/zhangs/gradebook.csv")" = 2 ]
}

@test "two submissions of one student are a question" {
	class=$WORK/doubled
	mkdir -p "$class/ann"
	cp "$WORK/work/udp-talker/talker.c" "$class/ann"
	cp "$WORK/rung.c" "$class/ann_7_90_talker.c"
	printf 'Name,ID\nAnn,7\n' >"$WORK/ann.csv"
	run grade "$class" "$WORK/doubles" --roster "$WORK/ann.csv"
	echo "$output"
	[ "$status" = 2 ]
	grep -q "several submissions are this student's" <<<"$output"
	"$GRADE" fill --column Points "$WORK/doubles" "$WORK/ann.csv" || [ $? = 2 ]
	run ! grep -q '^Ann,7,[0-9]' "$WORK/ann-filled.csv"
}

@test "whatever they are called, no two share a result and none hides a report" {
	class=$WORK/called
	mkdir -p "$class"/{gradebook.csv,summary.json,index.html,john_5,alice_123}
	for name in gradebook.csv summary.json index.html john_5; do cp "$WORK/rung.c" "$class/$name/talker.c"; done
	cp "$WORK/work/udp-talker/talker.c" "$class/alice_123"
	cp "$WORK/work/udp-talker/talker.c" "$class/.grade_9_90_talker.c"
	cp "$WORK/work/udp-talker/talker.c" "$class/john_5_100_talker.c"
	cp "$WORK/rung.c" "$class/john_6_101_talker.c"
	cp "$WORK/rung.c" "$class/alice_123_45_talker.c"
	cp "$WORK/rung.c" "$class/alice_999_77_talker.c"
	echo "name,id" >"$class/roster.csv"
	run grade "$class" "$WORK/callings"
	echo "$output"
	[ "$status" = 0 ]
	grep -q 'roster.csv is no submission' <<<"$output"
	[ "$(find "$WORK/callings" -name result.json | wc -l)" = 10 ]
	[ "$(wc -l <"$WORK/callings/gradebook.csv")" = 11 ]
	jq -e '.submissions == 10' "$WORK/callings/summary.json"
	[ "$(tail -n +2 "$WORK/callings/gradebook.csv" | cut -d, -f3 | sort | uniq -d | wc -l)" = 0 ]
	# The folder's own work was not replaced by the other John's.
	[ "$(grep -c ',20,20,20,1,$' "$WORK/callings/gradebook.csv")" = 3 ]
}

@test "results are never taken for submissions" {
	class=$WORK/nested
	mkdir -p "$class/ann"
	cp "$WORK/work/udp-talker/talker.c" "$class/ann"
	for _ in 1 2; do
		grade "$class" "$class/results"
		jq -e '.submissions == 1' "$class/results/summary.json"
	done
	run grade "$class" "$class"
	[ "$status" = 1 ]
	run grade "$class/results" "$WORK/x"
	[ "$status" = 1 ]
	[[ $output == *"results of the grader"* ]]
}

@test "three levels of archives are one too many, and are said" {
	class=$WORK/levels
	mkdir -p "$class/ann"
	(cd "$WORK/work" && zip -qr "$WORK/a.zip" . && cd "$WORK" && zip -q b.zip a.zip && zip -q "$class/ann/c.zip" b.zip)
	run grade "$class" "$WORK/levelled"
	echo "$output"
	[ "$status" = 2 ]
	grep -q 'c.zip/b.zip/a.zip: an archive in an archive in an archive' <<<"$output"
}

@test "a class archive that is a bomb is refused, a deep one leaves nothing behind" {
	mkdir "$WORK/bomb"
	(cd "$WORK/bomb" && for ((i = 0; i < 30; i++)); do mkdir -p "d$i"; done
		for ((i = 0; i < 6000; i++)); do : >"d$((i % 30))/$i"; done)
	tar -C "$WORK/bomb" --sort=name --mtime=@0 --owner=0 --group=0 -cf - . | xz -9e >"$WORK/bomb.tar.xz"
	# The same entry again and again, as no honest class is.
	mkdir "$WORK/same"
	: >"$WORK/same/a"
	for ((i = 0; i < 20000; i++)); do echo a; done | tar -C "$WORK/same" --hard-dereference -T - -cf - | gzip -9 >"$WORK/same.tgz"
	run grade "$WORK/same.tgz" "$WORK/bombed"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *bomb* ]]
	[ "$(find "$WORK/bombed" | wc -l)" -lt 6000 ]
	deep=$WORK/deep
	mkdir -p "$deep/ann"
	cp "$WORK/work/udp-talker/talker.c" "$deep/ann"
	path=$(printf 'd/%.0s' {1..1500})
	mkdir -p "$deep/bob/$path"
	: >"$deep/bob/${path}x"
	tar -C "$deep" -cf "$WORK/deep.tar" .
	for _ in 1 2; do
		run grade "$WORK/deep.tar" "$WORK/deepened"
		echo "$output"
		[ "$status" -ne 1 ]
		[ "$(score deepened/ann)" = 20 ]
	done
}

@test "a file of another lab is called that" {
	mkdir -p "$WORK/other/ann"
	cp "$ROOT/solutions/tcp-server/server.c" "$WORK/work/udp-talker/talker.c" "$WORK/other/ann"
	grade "$WORK/other" "$WORK/othered"
	grep -q 'not taken: server.c (the source of tcp-server, which is not graded now)' "$WORK/othered/ann/report.txt"
}
