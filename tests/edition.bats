#!/usr/bin/env bats
# The student edition, as `git archive` makes it from .gitattributes: what is not in
# it, and that everything a student does works in it.

bats_require_minimum_version 1.5.0

setup_file() {
    export EDITION=$BATS_FILE_TMPDIR/edition
    mkdir "$EDITION"
    git -C "$BATS_TEST_DIRNAME/.." archive HEAD | tar -x -C "$EDITION"
}

setup() {
    load plainly
    cd "$EDITION" || return
}

@test "no reference program, no link to one, no test, no grader" {
    [ ! -e solutions ] && [ ! -e tests ] && [ ! -e grader/grade ] && [ ! -e grader/author ]
    [ -z "$(find . -name 'solution*' -o -type l)" ]
    run ! grep -rl 'TODO 1 ends' labs starter
}

@test "a lab is built and checked, and the skeleton is welcomed" {
    run plainly make lab2
    [ "$status" -eq 0 ]
    run ! grep -i warning <<<"$output"
    run -2 plainly make check-lab2
    grep -E 'TODO 1 of [0-9]+ is in labs/tcp-client/client.c' <<<"$output"
}

@test "a finished program earns all points, and another lab's table row" {
    cp "$BATS_TEST_DIRNAME/../solutions/tcp-client/client.c" labs/tcp-client/
    run plainly make check-lab2
    [ "$status" -eq 0 ]
    grep '20 of 20 points' <<<"$output"
    run plainly make
    [ "$status" -eq 0 ]
    grep -E 'lab2 .* 20/20' <<<"$output"
}

@test "the commands for students are listed, and no others" {
    run plainly make
    for command in labN check-labN check reset-labN diff-labN demo demo-labN deps clean; do
        grep "  make $command " <<<"$output"
    done
    run ! grep -E '  make (grade|doctor|test|matrix|bench|starter) ' <<<"$output"
}

@test "the demo shows the student's programs with each other" {
    cp "$BATS_TEST_DIRNAME/../solutions/tcp-client/client.c" labs/tcp-client/
    cp "$BATS_TEST_DIRNAME/../solutions/tcp-server/server.c" labs/tcp-server/
    run plainly make demo-lab2
    [ "$status" -eq 0 ]
    grep "client: received 'Hello, world!'" <<<"$output"
    run plainly make demo-lab3
    [ "$status" -eq 0 ]
    grep 'The listener stops at TODO 1' <<<"$output"
}

@test "beginning again keeps the work aside" {
    echo 'int main(void) { return 0; }' >labs/udp-talker/talker.c
    run plainly make reset-lab4
    [ "$status" -eq 0 ]
    cmp labs/udp-talker/talker.c starter/udp-talker/talker.c
    ls labs/udp-talker/*.bak
}
