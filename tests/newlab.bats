#!/usr/bin/env bats
# A lab is data plus a suite: in a copy of the repository a sixth one, tests/newlab, is a
# line in the table, a folder, a reference and its wrong programs, and nothing else.

bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_TEST_DIRNAME/.." || return
    export COPY=$BATS_FILE_TMPDIR/copy
    mkdir "$COPY"
    cp -a Makefile grader labs solutions starter "$COPY"
    mkdir -p "$COPY"/{docs,tests,build}
    cp -a tests/*.mk tests/newlab "$COPY/tests"
    for built in bin lib obj deps libsocketlabs.a; do
        cp -a "build/$built" "$COPY/build"
    done
    cd "$COPY" || return
    all_files >"$BATS_FILE_TMPDIR/before"

    # What an author does.
    cp -r tests/newlab/labs tests/newlab/solutions tests/newlab/tests .
    cat tests/newlab/labs.line >>labs/labs.txt
    make -s starter
}

setup() {
    cd "$COPY" || return
    unset MAKEFLAGS MAKELEVEL FROM LAB
    # In a test this is first in PATH, with a `bats` in it that only Bats can use.
    PATH=${PATH#"$BATS_LIBEXEC:"}
}

# Every file and what is in it, but for what make builds.
all_files() {
    find . -path ./build -prune -o -type f -exec sha1sum {} + | sort -k 2
}

@test "the skeleton is cut, laid in the lab, and builds without a word" {
    cmp starter/tcp-echo/echo.c labs/tcp-echo/echo.c
    run grep -c 'stopped at TODO' labs/tcp-echo/echo.c
    [ "$output" = 4 ]
    [ "$(readlink labs/tcp-echo/solution.c)" = ../../solutions/tcp-echo/echo.c ]
    run make lab6
    [ "$status" -eq 0 ]
    [[ $output != *warning* ]]
    [[ $output == *"make check-lab6"* ]]
}

@test "make alone lists it" {
    run make
    [ "$status" -eq 0 ]
    grep -E '^ *lab6 +tcp-echo .* 0/20' <<<"$output"
}

@test "the skeleton earns nothing" {
    run make -s check-lab6
    printf "%s\n" "$output"
    [ "$status" -ne 0 ]
    grep 'TODO 1 of 4 is in labs/tcp-echo/echo.c' <<<"$output"
    grep '20 points in all, and 1 star' <<<"$output"
}

@test "the reference earns everything" {
    run make -s check-lab6 FROM=solutions
    printf "%s\n" "$output"
    [ "$status" -eq 0 ]
    grep -E '20 of 20 points .* 1 of 1 star' <<<"$output"
}

@test "the matrix: every rung earns more, its wrong programs fail what they say" {
    run make -s matrix LAB=lab6 UPDATE=1
    printf '%s\n' "$output"
    [ "$status" -eq 0 ]
    grep '^11 cases, 0 not as stated, 0 checks that nothing fails, 0 TODOs' <<<"$output"
    run -0 make -s matrix LAB=lab6 CASE=once-only
    grep -E '^ *once-only +\. \. \. \. F \.$' <<<"$output"
}

@test "the matrix says so when a wrong program fails another check than it says" {
    sed -i 's/^fails: .*/fails: says which client came/' tests/wrong/tcp-echo/once-only.diff
    run make -s matrix LAB=lab6 CASE=once-only
    cp tests/newlab/tests/wrong/tcp-echo/once-only.diff tests/wrong/tcp-echo/
    [ "$status" -ne 0 ]
    grep 'once-only: not as stated' <<<"$output"
}

@test "the table in its handout is made from its suite" {
    run -0 make -s handouts LAB=lab6
    grep -Fx '| 5 | sends back what comes in pieces, to the end | 4 | 4 |' labs/tcp-echo/README.md
    grep -Fx '| | | | **20** |' labs/tcp-echo/README.md
    build/bin/table --check lab6
}

@test "it can be shown running" {
    run make -s demo-lab6
    [ "$status" -eq 0 ]
    grep 'What alpha says comes back' <<<"$output"
    grep -E 'echo: client (10\.0\.0\.2|127\.0\.0\.1)' <<<"$output"
}

@test "nothing else was written or changed for it" {
    all_files >"$BATS_TEST_TMPDIR/after"
    run diff <(cut -c 43- "$BATS_FILE_TMPDIR/before") <(cut -c 43- "$BATS_TEST_TMPDIR/after")
    run ! grep -vE '^[0-9,]+[acd]|^> \./(labs|solutions|starter|tests/wrong)/tcp-echo/' <<<"$output"
    run join -j 2 -o 1.2,1.1,2.1 "$BATS_FILE_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    run awk '$2 != $3 { print $1 }' <<<"$output"
    [ "$output" = ./labs/labs.txt ]
}
