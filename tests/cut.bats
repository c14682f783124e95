#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031 # run sets output in the test that looks at it
# The cut: skeletons and rungs of every lab, and brackets it has to refuse.
# Wants `make tools` to have run.

bats_require_minimum_version 1.5.0

setup_file() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
    CUT=$ROOT/build/bin/cut
    export ROOT CUT
    [ -x "$CUT" ] || { echo "no $CUT: run make tools first" >&2; return 1; }
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

# Calls FUNCTION with TARGET FOLDER PROGRAM for every lab of the table, and
# fails if one of the calls does, or if there is no lab.
each_lab() { # FUNCTION [ARGUMENT...]
    local target folder program _ count=0 status=0
    while read -r target folder program _; do
        [[ -z $target || $target == \#* ]] && continue
        count=$((count + 1))
        "$@" "$folder" "$program" || status=1
    done <"$ROOT/labs/labs.txt"
    [ "$count" -gt 0 ] && return "$status"
}

todos_in() { # SOURCE
    grep -c '/\* TODO [0-9]* ends \*/' "$1"
}

# ---- the labs --------------------------------------------------------------

same_skeleton() { # FOLDER PROGRAM
    "$CUT" "$ROOT/solutions/$1/$2.c" | diff -u "$ROOT/starter/$1/$2.c" -
}

@test "every committed skeleton is what cut makes of its reference" {
    run -0 each_lab same_skeleton
}

whole_at_the_top() { # FOLDER PROGRAM
    local source=$ROOT/solutions/$1/$2.c
    "$CUT" --rung "$(todos_in "$source")" "$source" | diff -u "$source" -
}

@test "the last rung of every lab is the reference itself" {
    run -0 each_lab whole_at_the_top
}

four_to_six() { # FOLDER PROGRAM
    local todos
    todos=$(todos_in "$ROOT/solutions/$1/$2.c")
    echo "$1: $todos" && [ "$todos" -ge 4 ] && [ "$todos" -le 6 ]
}

@test "every lab has four to six TODOs" {
    run -0 each_lab four_to_six
}

# Builds all rungs of a lab as students' programs are built, and says nothing if
# the compiler does not.
quiet_rungs() { # COMPILER FOLDER PROGRAM
    local source=$ROOT/solutions/$2/$3.c rung status=0
    for ((rung = 0; rung <= $(todos_in "$source"); rung++)); do
        "$CUT" --rung "$rung" "$source" >"$3.c" &&
            "$1" -std=gnu17 -g -O1 -Wall -Wextra -Wno-unused-parameter -Werror \
                -o "$3-$rung" "$3.c" || status=1
    done
    ln -sf "$3-$((rung - 1))" "$3-solved"
    return "$status"
}

@test "every rung of every lab builds with gcc without a warning" {
    command -v gcc >/dev/null || skip "no gcc"
    run -0 each_lab quiet_rungs gcc
    [ -z "$output" ]
}

@test "every rung of every lab builds with clang without a warning" {
    command -v clang >/dev/null || skip "no clang"
    run -0 each_lab quiet_rungs clang
    [ -z "$output" ]
}

# Runs a rung, with somebody to talk to, and looks at how it ends.
stops_at_next() { # FOLDER PROGRAM RUNG
    local arguments=(::1 hello) status=0 pid expected
    [ "$2" = client ] && arguments=(::1)
    timeout 15 "./$2-$3" "${arguments[@]}" >/dev/null 2>stderr &
    pid=$!
    # Those that wait for somebody get clients and datagrams until they end.
    while kill -0 "$pid" 2>/dev/null; do
        ./client-solved ::1 && ./talker-solved ::1 hello
    done >/dev/null 2>&1
    wait "$pid" || status=$?
    expected="$2: stopped at TODO $(($3 + 1))"
    [ "$status" -eq 3 ] && [ "$(cat stderr)" = "$expected" ] && return
    printf '%s\n' "$2, rung $3: status $status, expected 3 and '$expected':" "$(cat stderr)"
    return 1
}

stops_everywhere() { # FOLDER PROGRAM
    local rung status=0 server=
    ip link set lo up
    if [ "$2" != server ]; then
        timeout 60 ./server-solved >/dev/null & server=$!
        until ./client-solved ::1; do :; done >/dev/null 2>&1
    fi
    for ((rung = 0; rung < $(todos_in "$ROOT/solutions/$1/$2.c"); rung++)); do
        stops_at_next "$1" "$2" "$rung" || status=1
    done
    [ -z "$server" ] || kill "$server"
    return "$status"
}

in_a_network_of_its_own() { # FUNCTION FOLDER PROGRAM
    export -f stops_everywhere stops_at_next todos_in
    timeout 60 unshare -rn bash -c '"$@"' bash "$@"
}

@test "every rung ends by itself and says which TODO is next" {
    unshare -rn true 2>/dev/null || skip "no network namespace to be had"
    each_lab quiet_rungs cc
    run -0 each_lab in_a_network_of_its_own stops_everywhere
}

# ---- laying skeletons ------------------------------------------------------

# A repository of just what `make starter` needs.
small_repository() {
    mkdir -p build/bin
    cp "$CUT" build/bin/
    cp -R "$ROOT/Makefile" "$ROOT/labs" "$ROOT/solutions" "$ROOT/starter" .
    cp -R starter/. labs/
}

@test "make starter follows the reference where the skeleton is untouched" {
    small_repository
    sed -i 's/wait/WAIT/' solutions/tcp-server/server.c
    run -0 make -s starter
    grep -q WAIT starter/tcp-server/server.c
    cmp starter/tcp-server/server.c labs/tcp-server/server.c
    [ labs/tcp-server/solution.c -ef solutions/tcp-server/server.c ]
}

@test "make starter never touches a student's work" {
    small_repository
    sed -i 's/wait/WAIT/' solutions/tcp-server/server.c
    echo "/* mine */" >>labs/tcp-server/server.c
    cp labs/tcp-server/server.c mine.c
    run -0 make -s starter
    [[ $output == *"labs/tcp-server/server.c: somebody's work"* ]]
    cmp mine.c labs/tcp-server/server.c
    grep -q WAIT starter/tcp-server/server.c
}

@test "make starter lays what is missing, and FORCE=1 everything" {
    small_repository
    rm labs/tcp-client/client.c
    echo "/* mine */" >>labs/tcp-server/server.c
    run -0 make -s starter FORCE=1
    cmp starter/tcp-client/client.c labs/tcp-client/client.c
    cmp starter/tcp-server/server.c labs/tcp-server/server.c
}

# ---- brackets --------------------------------------------------------------

well_formed() {
    cat <<'C'
#include <stdio.h>
int one(void)
{
	/* TODO 1: Return 1. */
	return 1;
	/* TODO 1 ends */
}
int two(void)
{
	int kept = 2;

    /* TODO 2: Return
     * what was kept. */
	if (kept)
		return kept;
	return 0;
    /* TODO 2 ends */
}
C
}

@test "an unsolved region keeps its comment and becomes two lines" {
    well_formed >p.c
    run -0 "$CUT" --rung 1 p.c
    diff - <(printf '%s\n' "$output") <<'C'
#include <stdio.h>
int one(void)
{
	/* TODO 1: Return 1. */
	return 1;
	/* TODO 1 ends */
}
int two(void)
{
	int kept = 2;

    /* TODO 2: Return
     * what was kept. */
    fprintf(stderr, "p: stopped at TODO 2\n");
    exit(3);
}
C
}

# Cuts p.c, which must be refused at LINE, with WORDS, and nothing written.
refused_at() { # LINE WORDS
    run -2 --separate-stderr "$CUT" p.c
    [ -z "$output" ] || { echo "written: $output"; return 1; }
    # shellcheck disable=SC2154 # bats sets it
    [[ $stderr == "cut: p.c:$1: "*"$2"* ]] || { echo "said: $stderr"; return 1; }
}

@test "a region without an end is refused" {
    well_formed | sed '/TODO 2 ends/d' >p.c
    refused_at 12 'TODO 2 does not end; put "/* TODO 2 ends */"'
}

@test "a region inside another is refused" {
    well_formed | sed '/TODO 1 ends/d' >p.c
    refused_at 11 "TODO 2 begins inside TODO 1 (line 4)"
}

@test "an end with another number is refused" {
    well_formed | sed 's/TODO 1 ends/TODO 2 ends/' >p.c
    refused_at 6 "TODO 2 ends inside TODO 1 (line 4)"
}

@test "an end without a beginning is refused" {
    well_formed | sed '/TODO 1:/d' >p.c
    refused_at 5 "TODO 1 ends and has not begun"
}

@test "numbers out of order, missing or repeated are refused" {
    well_formed | sed 's/TODO 1/TODO 3/' >p.c
    refused_at 4 "TODO 3 comes where TODO 1 is due"
    well_formed | sed 's/TODO 2/TODO 3/' >p.c
    refused_at 12 "TODO 3 comes where TODO 2 is due"
    well_formed | sed 's/TODO 2/TODO 1/' >p.c
    refused_at 12 "TODO 1 comes where TODO 2 is due"
    well_formed | sed 's/TODO 1/TODO 0/' >p.c
    refused_at 4 "almost a bracket"
}

@test "a comment that does not end, or has code behind it, is refused" {
    well_formed | sed 's/Return 1\. \*\//Return 1./' >p.c
    refused_at 6 "the comment of TODO 1 (line 4) is still open"
    well_formed | sed 's/Return 1\. \*\//& return 1;/' >p.c
    refused_at 4 "something follows the comment of TODO 1"
}

@test "what is almost a bracket is refused" {
    local wrong
    for wrong in '/* TODO 1 end */' '// TODO 1 ends' '/*TODO 1 ends*/' '/* TODO 1  ends */' \
        'return 1; /* TODO 1 ends */' '/* TODO 1 ends */ }' '/* TODO1 ends */' \
        '/* TODO: */' '/* TODO #1 ends */'; do
        well_formed | sed "s|^.*/\* TODO 1 ends \*/|$wrong|" >p.c
        refused_at 6 "almost a bracket"
    done
}

@test "a bracket with a carriage return or a NUL byte is refused" {
    well_formed | sed 's/ends \*\//&\r/' >p.c
    refused_at 6 "almost a bracket"
    well_formed | sed 's/return 1;/&\x00/' >p.c
    refused_at 5 "a NUL byte"
}

@test "a source without a TODO is refused" {
    well_formed | grep -v TODO >p.c
    refused_at 14 "no TODO in the whole file"
    : >p.c
    refused_at 0 "no TODO in the whole file"
}

@test "a rung that is not there, a wrong name, a wrong call are refused" {
    well_formed >p.c
    run -0 "$CUT" --rung 2 p.c
    run -2 "$CUT" --rung 3 p.c
    [[ $output == *"no rung 3 here; the last TODO is 2" ]]
    run -2 "$CUT" --rung x p.c
    run -2 "$CUT" --rung 1x p.c
    run -2 "$CUT" --rung -1 p.c
    run -2 "$CUT" --rung p.c
    run -2 "$CUT" --up 1 p.c
    run -2 "$CUT" nowhere.c
    [[ $output == *"nowhere.c: No such file or directory" ]]
    mkdir d.c
    run -2 "$CUT" d.c
    mv p.c p.h
    run -2 "$CUT" p.h
    run -2 "$CUT"
    [[ $output == usage:* ]]
}

@test "a skeleton that cannot be written whole is an error" {
    well_formed >p.c
    run -2 bash -c "'$CUT' p.c >/dev/full"
    [[ $output == *"standard output: No space left on device" ]]
}
