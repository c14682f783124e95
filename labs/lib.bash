# What the five suites share. A suite begins with `load ../lib`.
#
# The environment comes from `check` and `box`:
#   PROGRAM, PROGRAM_SAN  the program to be judged, plain and with sanitizers
#   PROGRAM_SHOWN         the plain one's path as a person would type it
#   SEED                  what varies from run to run is made from this number
#   CHECK_BIN             the tools: launch, peer, expect
#   LAB_ISOLATION         enforced (a network for every check) or host
#
# A check fails with a story: lines KEY: TEXT on standard output. Bats prints the
# output of failed checks only, so nothing here needs to be quiet.

bats_require_minimum_version 1.5.0 2>/dev/null || true

PATIENCE=2000                   # milliseconds a program may take for one step
export LAB_INTERPOSE=${LAB_INTERPOSE:-${CHECK_BIN%/*}/lib/interpose.so}
# Found by name from here on, without a place in PATH: another `expect` is common.
hash -p "$CHECK_BIN/launch" launch
hash -p "$CHECK_BIN/peer" peer
hash -p "$CHECK_BIN/expect" expect

setup() {
	# Bats asks after every command where it is, to say so when one fails. Ours say
	# more, and it would cost half of the whole time.
	trap - DEBUG
	export CHECK_DIR=$BATS_TEST_TMPDIR
	# Not below Bats' own folder: the network is held by a mount, which would be in
	# the way when Bats tidies up. It goes with the box.
	if [[ $LAB_ISOLATION == enforced ]]; then
		CHECK_DIR=$TMPDIR/check-$BATS_TEST_NUMBER${SANITIZED:+-again}
		# Many at once: starting mkdir costs more than the folders.
		[[ -d $CHECK_DIR ]] || mkdir -p "$CHECK_DIR" "$TMPDIR"/check-{1..24}
	elif [[ -n ${SANITIZED:-} ]]; then
		CHECK_DIR+=/again
		mkdir "$CHECK_DIR"
	fi
	# What is started ends with the check; nobody needs to be asked to end it.
	[[ $LAB_ISOLATION != enforced ]] || export LAUNCH_OWNER=$$
	# Other numbers in each check, the same again with the same seed.
	RANDOM=$((SEED % 30000 + BATS_TEST_NUMBER))
	STORY=()
	STARTED=
	ENDED=
	LEANS_ON=()
}

# Notes what became of the check, for those that stand on it.
teardown() {
	# Without a network of its own the next check wants the same ports.
	if [[ $LAB_ISOLATION != enforced ]]; then
		[[ -z $STARTED ]] || launch stop-all
		peer stop-all
	fi
	[[ -n ${BATS_TEST_COMPLETED:-} && -z ${BATS_TEST_SKIPPED:-} || -n ${OTHERS_STAND:-} ]] ||
		printf '%s\t%s\n' "$BATS_TEST_DESCRIPTION" \
			"${BLOCKED_BY:-$BATS_TEST_DESCRIPTION}" >>"$BATS_FILE_TMPDIR/not-passed"
}

# needs NAME... : this check stands on others; if one did not pass, it is blocked by
# the one where the trouble began, and costs no time. When a check runs alone
# (ONLY=3) nothing is known about the others and nothing blocks.
needs() {
	[[ -s $BATS_FILE_TMPDIR/not-passed ]] || return 0
	local all name
	all=$'\n'$(<"$BATS_FILE_TMPDIR/not-passed")$'\n'
	for name; do
		if [[ $all == *$'\n'"$name"$'\t'* ]]; then
			BLOCKED_BY=${all#*$'\n'"$name"$'\t'}
			BLOCKED_BY=${BLOCKED_BY%%$'\n'*}
			skip "blocked: $BLOCKED_BY"
		fi
	done
}

# gets_past NAME... : a program that stopped at a TODO in one of those would stop there
# in this check as well, which is then blocked.
gets_past() {
	[[ -s $BATS_FILE_TMPDIR/unfinished ]] || return 0
	local all name
	all=$'\n'$(<"$BATS_FILE_TMPDIR/unfinished")$'\n'
	for name; do
		[[ $all == *$'\n'"$name"$'\n'* ]] || continue
		BLOCKED_BY=$name
		skip "blocked: $name"
	done
}

# leans_on NAME... : should this check fail, and one of those failed before, then that is
# put down to it, and this one is blocked. A success counts all the same.
leans_on() { LEANS_ON=("$@"); }

# others_stand : should this check fail from here on, it blocks nobody: what others need
# of it was seen.
others_stand() { OTHERS_STAND=yes; }

# stands NAME : true unless the check NAME failed (or was blocked) before.
stands() {
	[[ ! -s $BATS_FILE_TMPDIR/not-passed ]] ||
		[[ $'\n'$(<"$BATS_FILE_TMPDIR/not-passed") != *$'\n'"$1"$'\t'* ]]
}

# cannot_judge WORDS : the machine lacks something; nobody's failure.
cannot_judge() { skip "error: $*"; }

# harness WORDS : something of ours failed; the check is an error, not a failure.
harness() {
	printf 'harness: %s\n' "$*"
	exit 1
}

# ------------------------------------------------------------------ the story

# story KEY TEXT : a line that is told if the check fails. Keys, in this order:
# ran sent expected got marked cause read note
story() { STORY+=("$1: $2"); }

# fail SYMPTOM [CAUSE [READ]] : the check fails, with everything noted so far. A check
# in which a crash has a cause of its own says so in CRASH_LIKELY.
fail() {
	if unfinished; then
		printf '%s\n' "$BATS_TEST_DESCRIPTION" >>"$BATS_FILE_TMPDIR/unfinished"
		printf 'symptom: The program stopped at %s.\n' "$TODO"
		printf 'cause: this check needs %s; open the source and search for that word\n' "$TODO"
		exit 1
	fi
	[[ -z ${NEEDS_IPV6:-} ]] || has_ipv6 || cannot_judge "$NO_IPV6"
	[[ -z ${LEANS_ON:-} ]] || needs "${LEANS_ON[@]}"
	if crashed; then
		story note "$1"
		set -- "" "${CRASH_LIKELY:-$(crash_cause "$CRASH")}"
		replay_sanitized
		one_story_a_crash
		printf 'symptom: The program crashed (%s).\n' "$CRASH"
	else
		printf 'symptom: %s\n' "$1"
	fi
	[[ -z ${2:-} ]] || story cause "$2"
	[[ -z ${3:-} ]] || story read "$3"
	in_order
	printf 'seed: %s\n' "$SEED"
	exit 1
}

# unfinished : did the program stop at a TODO? TODO is then which.
unfinished() {
	local said=$CHECK_DIR/program.err
	[[ -s $said && $(<"$said") =~ stopped\ at\ (TODO\ [0-9]+) ]] && TODO=${BASH_REMATCH[1]}
}

# The story so far, on standard output, sorted by its keys; a line of STORY may hold
# several of the story.
in_order() {
	local key line lines
	(
		trap - DEBUG
		mapfile -t lines < <(printf '%s\n' "${STORY[@]}")
		for key in ran sent expected got marked cause read note; do
			for line in "${lines[@]}"; do
				[[ $line != "$key: "* ]] || printf '%s\n' "$line"
			done
		done
	)
}

# tell WORDS : advice that costs nothing, also when the check passes.
tell() { printf '# tell: %s\n' "$*" >&3; }

# tell_about_addresses : after a run with --record, what it did with the list of
# addresses. Sanitizers say little about that: the list is the C library's.
tell_about_addresses() {
	local record
	record=$(<"$CHECK_DIR/program.record")
	case $record in
	*"freed twice"*) tell "freeaddrinfo was called twice for the same list" ;;
	*"freed from the middle"*) tell "freeaddrinfo was called with an entry of the list that is" \
		"not its first one: keep the pointer that getaddrinfo gave" ;;
	*"kept 0"*) ;;
	*kept*) tell "the list that getaddrinfo made was never given to freeaddrinfo" ;;
	esac
}

# ---------------------------------------------------------------- the program

# run_program [LAUNCH-OPTION...] -- [ARGUMENT...] : runs it to its end. Afterwards
# OUT and ERR name the files with what it printed, ENDED says how it ended: "exit
# 0", "signal 11 SIGSEGV". One that does not end fails the check, with the words of
# HANGS and HANGS_CAUSE if they are set, perhaps by the function ON_HANG.
run_program() {
	local options=() status=0
	while [[ $1 != -- ]]; do options+=("$1"); shift; done
	shift
	stop_if_it_hangs_anyway
	as_typed "$@"
	story ran "$TYPED"
	launch run --within "$PATIENCE" "${options[@]}" ${SANITIZED:+--sanitized} \
		program -- "$PROGRAM" "$@" || status=$?
	[[ $status -lt 64 ]] || harness "launch run ended with $status"
	OUT=$CHECK_DIR/program.out ERR=$CHECK_DIR/program.err
	ENDED=$(<"$CHECK_DIR/program.end")
	case $ENDED in
	late)
		note_hang
		${ON_HANG:-true}
		fail "${HANGS:-The program does not end by itself.}" "${HANGS_CAUSE:-}" ;;
	flood)
		fail "The program printed without end." \
			"a loop that does not stop when a call fails: look at what it returns" ;;
	esac
}

# start_program [LAUNCH-OPTION...] -- [ARGUMENT...] : starts it and goes on. With the
# option --await 'MS CONDITION' it is true or false as await is.
start_program() {
	local options=() status=0
	while [[ $1 != -- ]]; do options+=("$1"); shift; done
	shift
	stop_if_it_hangs_anyway
	as_typed "$@"
	story ran "$TYPED"
	STARTED=yes ENDED=
	OUT=$CHECK_DIR/program.out ERR=$CHECK_DIR/program.err
	launch start "${options[@]}" ${SANITIZED:+--sanitized} \
		program -- "$PROGRAM" "$@" || status=$?
	[[ $status -le 2 ]] || harness "launch start ended with $status"
	[[ $status -ne 1 ]] || ENDED=$(<"$CHECK_DIR/program.end")
	return "$status"
}

# await CONDITION... : true when all of them hold (see launch --help), false when the
# program ended before, or time is over. ENDED says then how, or is empty.
await() { await_within "$PATIENCE" "$@"; }

await_within() {
	local ms=$1 status=0
	shift
	launch await "$ms" program "$@" || status=$?
	ENDED=
	case $status in
	0) return 0 ;;
	1) ENDED=$(<"$CHECK_DIR/program.end") ; return 1 ;;
	2) return 1 ;;
	*) harness "launch await $* ended with $status" ;;
	esac
}

# show WHAT : what launch knows about the running program, on standard output.
show() { launch show program "$1"; }

# as_typed [ARGUMENT...] : lets TYPED be the command as a person would type it. An
# argument too long to be typed becomes zeros, as many.
as_typed() {
	local argument word LC_ALL=${LAB_LOCALE:-C}
	TYPED=$PROGRAM_SHOWN${SANITIZED:+.san}
	for argument; do
		# shellcheck disable=SC2016 # it is for the person's shell
		if [[ ${#argument} -gt 120 ]]; then
			printf -v word '"$(printf %%0%dd 0)"' ${#argument}
		else
			printf -v word '%q' "$argument"
		fi
		TYPED+=" $word"
	done
}

# A program that hangs without a word, twice, will do so again: the rest waits for the
# check where that was seen instead of for the clock.
note_hang() {
	printf '%s\n' "$BATS_TEST_DESCRIPTION" >>"$BATS_FILE_TMPDIR/late"
	[[ -s $OUT || -s $ERR ]] ||
		printf '%s\n' "$BATS_TEST_DESCRIPTION" >>"$BATS_FILE_TMPDIR/hung"
}

# needs_end NAME : this check would hang where that one did; a check that failed
# otherwise does not block.
needs_end() {
	[[ -s $BATS_FILE_TMPDIR/late && $(<"$BATS_FILE_TMPDIR/late") == *"$1"* ]] || return 0
	BLOCKED_BY=$1
	skip "blocked: $1"
}

stop_if_it_hangs_anyway() {
	[[ -s $BATS_FILE_TMPDIR/hung ]] || return 0
	local hung
	mapfile -t hung <"$BATS_FILE_TMPDIR/hung"
	if [[ ${#hung[@]} -ge 2 ]]; then
		BLOCKED_BY=${hung[0]}
		skip "blocked: ${hung[0]}"
	fi
}

# ------------------------------------------------------------- what is expected

# expect_out TEXT SYMPTOM [CAUSE [READ]] : standard output is TEXT, byte by byte.
expect_out() { expect_file is "$OUT" "$@"; }

# expect_err TEXT SYMPTOM ... : standard error is TEXT.
expect_err() { expect_file is "$ERR" "$@"; }

# expect_err_match REGEX SYMPTOM ... : each line of REGEX is matched by a whole line
# of standard error, in this order.
expect_err_match() { expect_file match "$ERR" "$@"; }

# expect_line TEXT SYMPTOM ... : TEXT is a whole line of standard output; what else
# the program says is its own affair.
expect_line() {
	local line=$1
	shift
	expect_file lines "$OUT" "$line"$'\n' "$@"
}

# expect_file is|lines|match|is-file FILE EXPECTED SYMPTOM [CAUSE [READ]]
expect_file() {
	local how=$1 file=$2 expected=$3 told status=0
	shift 3
	told=$(expect "$how" "$file" "$expected") || status=$?
	[[ $status -ne 0 ]] || return 0
	[[ $status -eq 1 ]] || harness "expect $how ended with $status"
	STORY+=("$told")
	unfinished || other_stream "$file"
	fail "$@"
}

# The words it wrote to the other stream often explain why this one is empty.
other_stream() {
	local other=$ERR name="standard error"
	[[ $1 != "$ERR" ]] || { other=$OUT; name="standard output"; }
	[[ $1 == "$OUT" || $1 == "$ERR" ]] || return 0
	[[ ! -s $other ]] || STORY+=("$(expect show "note: on $name" "$other")")
}

# expect_status N SYMPTOM [CAUSE [READ]] : the program ended with exit status N.
expect_status() {
	local status=$1
	shift
	[[ $ENDED != "exit $status" ]] || return 0
	story expected "exit status $status"
	story got "$(words_for_end "$ENDED")"
	fail "$@"
}

words_for_end() {
	case $1 in
	"exit 3") unfinished && printf 'it stopped at a TODO' || printf 'exit status 3' ;;
	exit*) printf 'exit status %s' "${1#exit }" ;;
	signal*) printf 'ended by %s' "${1##* }" ;;
	flood) printf 'it printed without end and was ended' ;;
	late) printf 'it ran too long and was ended' ;;
	'') printf 'it still runs' ;;
	*) printf '%s' "$1" ;;
	esac
}

# Did the program end by a signal that nobody sent? CRASH is then its name.
crashed() {
	local end
	[[ -z ${SANITIZED:-} && -f $CHECK_DIR/program.end ]] || return 1
	end=$(<"$CHECK_DIR/program.end")
	case $end in
	"signal 9 "* | "signal 15 "* | "signal 2 "*) return 1 ;;
	signal*) CRASH=${end##* } ;;
	*) return 1 ;;
	esac
}

crash_cause() {
	case $1 in
	SIGSEGV | SIGBUS) echo "it used memory that is not there: a pointer that was never set or is NULL, memory that was freed, or an index outside its array" ;;
	SIGABRT) echo "the C library found its memory damaged: something was freed twice, or written beyond its end" ;;
	SIGPIPE) echo "it sent to a connection whose other side is gone; MSG_NOSIGNAL makes that an error instead" ;;
	SIGFPE) echo "it divided by zero" ;;
	SIGALRM) echo "an alarm went off that nothing catches" ;;
	esac
}

# replay_sanitized : plays this check again with the build that has the sanitizers, for
# a note of what they say: the fault and its line. For programs that crash or print
# what was never written.
replay_sanitized() {
	local report
	[[ -z ${SANITIZED:-} && -z ${REPORT:-} ]] && has_sanitized || return 0
	report=$(
		# shellcheck disable=SC2030 # for the check that is played: setup knows it, too
		PROGRAM=$PROGRAM_SAN SANITIZED=yes
		trap 'launch stop-all; sanitizer_report "$CHECK_DIR/program.err" >&5' EXIT
		exec 5>&1
		"$BATS_TEST_NAME" >/dev/null 2>&1 3>&1
	) || true
	REPORT=$report
	[[ -z $report ]] || story note "the sanitizers say: $report"
}

# The same crash at the same line as in a check before: that one has told about it.
one_story_a_crash() {
	local where=$BATS_FILE_TMPDIR/crashes line
	[[ -n ${REPORT:-} ]] || return 0
	if line=$(grep -m 1 -F -- "$REPORT"$'\t' "$where" 2>/dev/null); then
		BLOCKED_BY=${line#*$'\t'}
		skip "blocked: $BLOCKED_BY"
	fi
	printf '%s\t%s\n' "$REPORT" "$BATS_TEST_DESCRIPTION" >>"$where"
}

# played_sanitized [ARGUMENT...] : what the sanitizers say when the program runs with
# these arguments; nothing if nothing is wrong. For diagnoses: it costs 30 ms.
played_sanitized() {
	[[ -z ${SANITIZED:-} ]] && has_sanitized || return 0
	mkdir -p "$CHECK_DIR/sanitized"
	(
		CHECK_DIR=$CHECK_DIR/sanitized
		launch run --within "$PATIENCE" --sanitized program -- "$PROGRAM_SAN" "$@" || true
		sanitizer_report "$CHECK_DIR/program.err"
	)
}

# has_sanitized : is there a build of the program with sanitizers? Whoever judges
# hundreds of programs, few of which crash, gives a command to make it now, BUILD_SAN.
has_sanitized() {
	[[ -n ${PROGRAM_SAN:-} ]] || return 1
	[[ -x $PROGRAM_SAN ]] || { [[ -n ${BUILD_SAN:-} ]] && bash -c "$BUILD_SAN"; }
}

# sanitizer_report FILE : the fault and the line of the student's source in which it
# happened, from what a sanitizer printed; nothing if it printed nothing.
sanitizer_report() {
	[[ -s $1 ]] || return 0
	awk -v source="$(basename "${PROGRAM_SHOWN}").c" '
		/ERROR: (Address|Leak)Sanitizer|runtime error:/ && !what {
			what = $0
			sub(/^.*(ERROR: |runtime error: )/, "", what); sub(/ (on|at) ((unknown )?address|0x).*/, "", what)
		}
		/^ *#[0-9]+ / && what && !where && match($0, /[^ \/]*\.c:[0-9]+/) {
			if (substr($0, RSTART, RLENGTH) ~ "^" source) where = substr($0, RSTART, RLENGTH)
		}
		END { if (what) print what (where ? ", in " where : "") }' "$1"
}

# ----------------------------------------------------------------- what is sent

# random_text LENGTH [SALT] : that many letters and digits; others in each run, in each
# check, and for each length and salt; the same again with the same seed. It is called
# in $(...), where RANDOM would begin from a number of its own: it is set anew.
random_text() {
	local text='' alphabet=abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789
	RANDOM=$(((SEED % 32749 * 31 + BATS_TEST_NUMBER * 1009 + $1 * 17 + ${2:-0}) % 32749))
	while [[ ${#text} -lt $1 ]]; do text+=${alphabet:RANDOM % ${#alphabet}:1}; done
	printf '%s' "$text"
}

# long_text LENGTH : as many characters, for LENGTH in the thousands: they repeat
# after a number of characters that no round size is a multiple of.
long_text() {
	local text
	text=$(random_text 97)
	while [[ ${#text} -lt $1 ]]; do text+=$text; done
	printf '%s' "${text:0:$1}"
}

# has_ipv6 : can this machine do IPv6 on loopback? A suite that sets NEEDS_IPV6 asks
# before any check of it fails.
has_ipv6() { peer run probe bind ::1 0 2>/dev/null; }
readonly NO_IPV6="this machine has no IPv6 on its loopback interface"

# no_port PORT : a peer could not be given its port: not the program's failure.
no_port() {
	has_ipv6 || cannot_judge "$NO_IPV6"
	[[ $LAB_ISOLATION == enforced ]] ||
		cannot_judge "port $1 of this machine is taken by another program (see: ss -tulnp)"
	harness "a peer could not be given port $1"
}
