#!/usr/bin/env bash
# runner [--tap] [--filter REGEX] FILE.bats - runs a suite and prints the TAP that Bats
# prints, some twenty times as fast: the file is read once, and each test is a fork of
# the shell that has read it. Bats itself starts a new shell for each test, which reads
# everything again.
#
# It knows the part of Bats that suites need: @test, load, setup, teardown, setup_file,
# teardown_file, skip, run (without options), bats_require_minimum_version, and the
# variables in KNOWN below. Everything else that belongs to Bats is refused with its
# place, before a test runs: what is not understood must never pass.
#
# Exit status: 0 all tests passed; 1 some did not; 2 the suite is refused.
# Source: bats(7), https://bats-core.readthedocs.io/en/stable/writing-tests.html
#
# shellcheck disable=SC2317 # what suites call, nobody calls here

set -eET -o pipefail
shopt -s extglob

KNOWN=' BATS_TEST_FILENAME BATS_TEST_DIRNAME BATS_TEST_NAME BATS_TEST_DESCRIPTION
 BATS_TEST_NUMBER BATS_SUITE_TEST_NUMBER BATS_TEST_TMPDIR BATS_FILE_TMPDIR BATS_RUN_TMPDIR
 BATS_TMPDIR BATS_TEST_COMPLETED BATS_TEST_SKIPPED BATS_VERSION
 bats_require_minimum_version '

# refuse FILE LINE WORDS : the suite cannot be run.
refuse() {
	printf '%s:%s: %s\n' "$@" >&2
	exit 2
}

# ------------------------------------------------------------------ the command line

BATS_VERSION=1.8.2      # the version whose behaviour this is
filter=
while [[ ${1:-} == -* ]]; do
	case $1 in
	--tap) ;;
	--filter)
		[[ $# -ge 2 ]] || refuse runner 0 "--filter wants a regular expression"
		filter=$2
		shift ;;
	*) refuse runner 0 "there is no option $1; this is runner [--tap] [--filter REGEX] FILE" ;;
	esac
	shift
done
[[ $# -eq 1 ]] || refuse runner 0 "it runs one file: runner [--tap] [--filter REGEX] FILE"
[[ -f $1 && -r $1 ]] || refuse "$1" 0 "this file cannot be read"
BATS_TEST_FILENAME=$1
[[ $1 == /* ]] || BATS_TEST_FILENAME=$PWD/$1
BATS_TEST_DIRNAME=${BATS_TEST_FILENAME%/*}
[[ ! -e $BATS_TEST_DIRNAME/setup_suite.bash ]] ||
	refuse "$BATS_TEST_DIRNAME/setup_suite.bash" 1 "this runner does not run setup_suite"

# ------------------------------------------------------------------ reading the suite

# Words of Bats that are not known here, in a file of the suite. A comment may name them.
look_for_unknown_words() {
	local file=$1 i word rest
	local -n lines=$2
	for i in "${!lines[@]}"; do
		rest=${lines[i]}
		case $rest in
		*([[:blank:]])'#'*)
			case $rest in
			*'# bats test_tags='*bats:* | *'# bats file_tags='*bats:*)
				refuse "$file" $((i + 1)) "tags that begin with bats: mean something to Bats that this runner does not do" ;;
			*'# bats test_tags='* | *'# bats file_tags='*) ;;
			*([[:blank:]])'# bats '*=* | *([[:blank:]])'# bats:'*)
				refuse "$file" $((i + 1)) "this runner does not know this line for Bats" ;;
			esac
			continue ;;
		*'# @test'*)
			refuse "$file" $((i + 1)) "write @test \"NAME\" { : this runner does not know functions marked as tests" ;;
		*[Bb][Aa][Tt][Ss]_* | *bats::*) ;;
		*) continue ;;
		esac
		while [[ $rest =~ (^|[^A-Za-z0-9_])((BATS|bats)(_|::)[A-Za-z0-9_]+)(.*)$ ]]; do
			word=${BASH_REMATCH[2]} rest=${BASH_REMATCH[5]}
			[[ $KNOWN == *[[:space:]]"$word"[[:space:]]* ]] ||
				refuse "$file" $((i + 1)) "this runner does not know $word of Bats"
		done
	done
}

# load FILE : reads a helper, named from the suite's folder, with or without .bash.
load() {
	local file=$1 text
	[[ $file == /* ]] || file=$BATS_TEST_DIRNAME/$file
	[[ -f $file ]] || file+=.bash
	[[ -f $file ]] || refuse "$BATS_TEST_FILENAME" "${BASH_LINENO[0]}" "load: there is no file $file"
	if [[ -z ${READ_BEFORE[$file]:-} ]]; then
		mapfile -t text <"$file"
		look_for_unknown_words "$file" text
		READ_BEFORE[$file]=yes
	fi
	# shellcheck disable=SC1090 # that is what load is for
	source "$file" "${@:2}"
}
declare -A READ_BEFORE=()

setup() { :; }
teardown() { :; }
setup_file() { :; }
teardown_file() { :; }

# The version is the one whose behaviour this runner has.
bats_require_minimum_version() {
	[[ $(printf '%s\n' "$1" "$BATS_VERSION" | sort -V | head -n 1) == "$1" ]] ||
		refuse "$BATS_TEST_FILENAME" "${BASH_LINENO[0]}" "this runner does what Bats $BATS_VERSION does, and not $1"
}

skip() {
	BATS_TEST_SKIPPED=${1:-1}
	BATS_TEST_COMPLETED=1
	exit 0
}

# run COMMAND... : its output and status; the test goes on.
run() {
	local flags=$-
	case $1 in
	-* | !) refuse "$BATS_TEST_FILENAME" "${BASH_LINENO[0]}" "this runner knows run without options only" ;;
	esac
	set +eET
	# shellcheck disable=SC2034 # the test reads them
	output=$("$@" 2>&1)
	# shellcheck disable=SC2034
	status=$?
	# shellcheck disable=SC2034
	mapfile -t lines <<<"$output"
	set "-$flags"
}

# plain NAME : the name in a @test line without its quotes, as Bats would print it. What
# the shell would replace in it is refused: each version of Bats does that differently.
plain() {
	local name=$1
	case $name in
	\'*\') name=${name:1:-1} ;;
	\"*\")
		name=${name:1:-1}
		[[ $name != *([^\\]|\\?)[\$\`]* ]] || return 1
		name=${name//\\\"/\"} name=${name//\\\$/\$} name=${name//\\\`/\`} name=${name//\\\\/\\} ;;
	*) return 1 ;;
	esac
	PLAIN=$name
}

# The suite as a file of functions, line for line.
tests=() names=() places=()
read_suite() {
	local i name
	local -A seen=()
	mapfile -t suite <"$BATS_TEST_FILENAME"
	look_for_unknown_words "$BATS_TEST_FILENAME" suite
	for i in "${!suite[@]}"; do
		[[ ${suite[i]} == *([[:blank:]])@test* ]] || continue
		{ [[ ${suite[i]} =~ ^[[:blank:]]*@test[[:blank:]]+(.*[^[:blank:]])[[:blank:]]+\{(.*)$ ]] &&
			plain "${BASH_REMATCH[1]}"; } ||
			refuse "$BATS_TEST_FILENAME" $((i + 1)) "write @test \"NAME\" { on one line, the name in quotes and without \$ or \`"
		name=$PLAIN
		[[ -z ${seen[x$name]:-} ]] || refuse "$BATS_TEST_FILENAME" $((i + 1)) \
			"two tests have this name; the other one is in line ${seen[x$name]}"
		seen[x$name]=$((i + 1))
		# With its setup, as in Bats: a check that plays itself again begins anew.
		suite[i]="test_$((i + 1))() { setup; ${BASH_REMATCH[2]}"
		if [[ -z $filter || $name =~ $filter ]]; then
			tests+=("test_$((i + 1))") names+=("$name") places+=($((i + 1)))
		fi
	done
	[[ ${#seen[@]} -gt 0 ]] || refuse "$BATS_TEST_FILENAME" 1 "there is no test in this file"
}

# ------------------------------------------------------------------ running the tests

# Where and by what the test was ended, if not by its own `exit`.
note_error() {
	local status=$? i file
	[[ -z $PLACE ]] || return 0
	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		file=${BASH_SOURCE[i]}
		[[ $file != "$0" ]] || continue
		[[ $file != "$SUITE_COPY" ]] || file=$BATS_TEST_FILENAME
		PLACE+="${PLACE:+, called from }$file:${BASH_LINENO[i - 1]}"
	done
	PLACE+="|\`$BASH_COMMAND' failed with status $status"
}

one() {
	BATS_TEST_NAME=${tests[$1]} BATS_TEST_DESCRIPTION=${names[$1]}
	BATS_TEST_NUMBER=$(($1 + 1)) BATS_SUITE_TEST_NUMBER=$(($1 + 1))
	BATS_TEST_TMPDIR=$BATS_RUN_TMPDIR/test/$BATS_TEST_NUMBER
	BATS_TEST_COMPLETED='' BATS_TEST_SKIPPED='' PLACE=''
	mkdir_for_test
	trap ended EXIT
	trap note_error ERR
	exec >"$BATS_RUN_TMPDIR/output" 2>&1 4>&1
	"$BATS_TEST_NAME"
	BATS_TEST_COMPLETED=1
	exit 0
}

# The folders of all tests are made at once: each mkdir is a process.
mkdir_for_test() { [[ -d $BATS_TEST_TMPDIR ]] || mkdir -p "$BATS_TEST_TMPDIR"; }

ended() {
	local status=$? line result=ok
	trap - EXIT ERR
	set +e
	teardown || BATS_TEST_COMPLETED=''
	[[ -n $BATS_TEST_COMPLETED && $status -eq 0 ]] || result="not ok"
	case $BATS_TEST_SKIPPED in
	'') line='' ;;
	1) line=' # skip' ;;
	*) line=" # skip $BATS_TEST_SKIPPED" ;;
	esac
	printf '%s %d %s%s\n' "$result" "$BATS_TEST_NUMBER" "$BATS_TEST_DESCRIPTION" "$line" >&3
	[[ $result != ok ]] || exit 0
	if [[ -n $PLACE ]]; then
		printf '# (in %s)\n#   %s\n' "${PLACE%%|*}" "${PLACE#*|}" >&3
	fi
	exec <"$BATS_RUN_TMPDIR/output"
	while IFS= read -r line || [[ -n $line ]]; do
		printf '# %s\n' "${line//"$SUITE_COPY"/$BATS_TEST_FILENAME}" >&3
	done
	exit 1
}

read_suite
: "${BATS_TMPDIR:=${TMPDIR:-/tmp}}"
BATS_RUN_TMPDIR=$(mktemp -d "$BATS_TMPDIR/suite-XXXXXX") || exit 2
BATS_FILE_TMPDIR=$BATS_RUN_TMPDIR/file
SUITE_COPY=$BATS_RUN_TMPDIR/suite.bats
test_folders=()
for i in "${!tests[@]}"; do test_folders+=("$BATS_RUN_TMPDIR/test/$((i + 1))"); done
[[ ${#tests[@]} -eq 0 ]] || mkdir -p "$BATS_FILE_TMPDIR" "${test_folders[@]}"
export BATS_TEST_FILENAME BATS_TEST_DIRNAME BATS_TEST_NAME BATS_TEST_DESCRIPTION \
	BATS_TEST_NUMBER BATS_SUITE_TEST_NUMBER BATS_TEST_TMPDIR BATS_FILE_TMPDIR \
	BATS_RUN_TMPDIR BATS_TMPDIR BATS_VERSION
printf '%s\n' "${suite[@]}" >"$SUITE_COPY"
trap 'rm -rf "$BATS_RUN_TMPDIR"' EXIT

exec 3>&1
# shellcheck disable=SC1090 # the suite
source "$SUITE_COPY"
printf '1..%d\n' "${#tests[@]}"
failed=0
[[ ${#tests[@]} -eq 0 ]] || setup_file
# Not (one ...) || ...: on the left of || the shell does not end at what fails.
set +e
for i in "${!tests[@]}"; do
	(set -e; one "$i")
	# shellcheck disable=SC2181
	[[ $? -eq 0 ]] || failed=1
done
set -e
[[ ${#tests[@]} -eq 0 ]] || teardown_file
exit "$failed"
