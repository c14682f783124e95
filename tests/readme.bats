#!/usr/bin/env bats
# The README does not lie: its commands, in a fresh clone, print what stands there.

bats_require_minimum_version 1.5.0
load plainly

# It grades, too: see tests/grade.bats.
setup_file() {
    cd "$BATS_TEST_DIRNAME/.." || return
    exec 9>>build/slots.lock && flock 9
}

@test "every command of the README prints what the README shows" {
    cd "$BATS_TEST_DIRNAME/.." || return
    build/bin/box --probe || skip "shown as it is with namespaces"
    run plainly tests/readme README.md
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "every file and folder that the README names is there" {
    cd "$BATS_TEST_DIRNAME/.." || return
    # shellcheck disable=SC2016 # Markdown, not the shell
    names() { grep -oE '\]\([^)#:]+\)|`[a-z]+/[^` ]*`' README.md | tr -d '`]()' | sort -u; }
    [ "$(names | wc -l)" -gt 5 ]
    for name in $(names); do
        echo "$name"
        # shellcheck disable=SC2086 # may hold a pattern
        [ -e $name ] || [[ $name = build/* ]]
    done
}
