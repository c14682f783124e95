#!/usr/bin/env bats
# The programs, running: what `make demo` shows, where, and what it leaves behind.
# Wants `make test-ground` to have run.

bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_TEST_DIRNAME/.." || return
    if build/bin/demo lab4 | grep -q 'Not on two hosts'; then export NO_CABLE=1; fi
}

# The hosts of the demo are two network namespaces: not every machine allows that.
needs_cable() {
    [ -z "${NO_CABLE:-}" ] || skip "no namespaces here"
}

setup() {
    cd "$BATS_TEST_DIRNAME/.." || return
    unset COLUMNS NO_COLOR LAB_ISOLATION
    export LC_ALL=C.UTF-8
}

demo() {
    timeout 60 build/bin/demo "$@" </dev/null
}

# Fails unless the lines of the output that match the patterns come in this order.
in_order() {
    local pattern at=0 found
    for pattern; do
        found=$(tail -n +$((at + 1)) <<<"$output" | grep -n -m1 -e "$pattern" | cut -d: -f1)
        [ -n "$found" ] || { echo "not there, or too early: $pattern"; echo "$output"; return 1; }
        at=$((at + found))
    done
}

widest() { wc -L <<<"$output"; }

@test "lab 1: a client over IPv6, one over IPv4, then another program" {
    needs_cable
    run demo lab1
    [ "$status" -eq 0 ]
    in_order 'alpha\$ ./server' '^server: waiting' 'beta\$ ./client alpha' \
        "received 'Hello, world!'" 'beta\$ ./client 10.0.0.1' "received 'Hello, world!'" '^^C'
    in_order 'got connection from fd00::b' 'got connection from .*10\.0\.0\.2'
    in_order 'beta\$ \(telnet alpha 3490\|cat < /dev/tcp\)' 'Hello, world!'
}

@test "cause stands before effect, also when the machine is busy" {
    needs_cable
    busy() {
        timeout 20 sh -c 'while :; do :; done' & timeout 20 sh -c 'while :; do :; done' &
        for _ in 1 2 3 4 5; do
            demo lab1 | awk '/got connection/ { g++ } /received/ { if (++r > g) bad = 1 }
                END { exit bad || r != 2 }' || { kill %1 %2; return 1; }
        done
        kill %1 %2
    }
    run busy
    [ "$status" -eq 0 ]
}

@test "lab 2: with nobody listening each address is refused and the status is 2" {
    needs_cable
    run demo lab2
    [ "$status" -eq 0 ]
    in_order 'client: connecting to fd00::a' 'client: connecting to 10.0.0.1' 'Nobody listens' \
        '^alpha\$ ' 'Connection refused' 'Connection refused' 'failed to connect' 'exit status 2'
}

@test "lab 3: the listener hears IPv6, and IPv4 as a mapped address" {
    needs_cable
    run demo lab3
    [ "$status" -eq 0 ]
    in_order 'got packet from fd00::b' 'is 16 bytes long' 'contains "Hello over there"' \
        'got packet from ::ffff:10.0.0.2' 'contains "Hi"'
}

@test "lab 4: the talker cannot tell whether anybody listens" {
    run demo lab4
    [ "$status" -eq 0 ]
    in_order 'listener: waiting' 'talker: sent 16 bytes' 'Nobody listens' 'talker: sent 16 bytes'
}

@test "lab 5: an answer, no answer, nobody there" {
    run demo lab5
    [ "$status" -eq 0 ]
    if command -v socat; then in_order 'socat' '^Hello?' 'received "Yes."'; fi
    in_order 'never answers' 'contains "Hello?"' 'no reply' \
        'Nobody listens' 'recv: Connection refused' 'exit status 1'
}

@test "80 columns, and ASCII where the locale is not UTF-8" {
    run demo lab1 lab2 lab3 lab4 lab5
    [ "$status" -eq 0 ]
    [ "$(widest)" -le 80 ]
    LC_ALL=C run demo lab1 lab2 lab3 lab4 lab5
    [ "$status" -eq 0 ]
    run ! grep -nP '[^\x00-\x7F]' <<<"$output"
}

@test "a narrow screen shows one terminal below the other" {
    needs_cable
    run script -qec 'stty cols 50; NO_COLOR=1 build/bin/demo lab2' /dev/null
    [ "$status" -eq 0 ]
    [ "$(widest)" -le 50 ]
    in_order '^alpha . \$ ./server' '^beta  . \$ ./client alpha' '^beta  . client: received'
}

@test "colour on a terminal only, and not with NO_COLOR" {
    run demo lab4
    run ! grep -q $'\033' <<<"$output"
    run script -qec 'build/bin/demo lab4' /dev/null
    grep -q $'\033' <<<"$output"
    NO_COLOR=1 run script -qec 'build/bin/demo lab4' /dev/null
    run ! grep -q $'\033' <<<"$output"
}

@test "without the right to namespaces: on loopback, and it says so" {
    needs_cable
    # In a box, as if it were none: a user namespace in which no further one can be
    # made, and no capability.
    # shellcheck disable=SC2016 # the inner shell's
    run timeout 60 build/bin/box -- env -u LAB_ISOLATION unshare -r sh -c '
        echo 0 >/proc/sys/user/max_user_namespaces
        exec setpriv --bounding-set=-all --inh-caps=-all build/bin/demo lab2' </dev/null
    [ "$status" -eq 0 ]
    in_order 'Not on two hosts' 'one\$ ./server' "client: received 'Hello, world!'" 'refused'
}

@test "a skeleton: at which TODO it stopped, and where to read on" {
    run demo --from starter lab1
    [ "$status" -eq 0 ]
    in_order 'server: stopped at TODO 1' 'line [1-9][0-9]* of starter/tcp-server/server.c'
    run ! grep -q './client' <<<"$output"
}

@test "a program that hangs, floods or crashes is shown and stopped" {
    local dir=build/trees/demo-test/tcp-client
    mkdir -p $dir
    for body in 'for (;;) puts("client: again");' 'for (;;) pause();' 'abort();'; do
        printf '#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\nint main(void) { %s }\n' \
            "$body" | cc -xc - -o $dir/client
        run demo --from demo-test lab2
        [ "$status" -eq 0 ]
        grep -E 'without end|too long|Aborted' <<<"$output"
        [ "$(wc -l <<<"$output")" -lt 220 ]
    done
    rm -r build/trees/demo-test
}

@test "a program that is not built: a sentence, status 2" {
    run -2 demo --from nowhere lab1
    grep 'make lab1 FROM=nowhere' <<<"$output"
    run -2 demo lab9
    grep 'no lab called lab9' <<<"$output"
}

@test "Ctrl-C, or the end of the demo by force, leaves no process" {
    interrupted() {
        local mark="DEMO_MARK=$BATS_TEST_NUMBER.$$.$1" out pid
        out=$BATS_TEST_TMPDIR/out.$1
        mkfifo "$out"
        env "$mark" build/bin/demo lab5 >"$out" </dev/null 3>&- &
        pid=$!
        # In the middle: a listener waits, and a talker waits for its answer.
        grep -m1 'listener: packet contains' "$out" >/dev/null
        kill -"$1" $pid
        wait $pid || true
        for _ in {1..50}; do
            grep -lza -- "$mark" /proc/[0-9]*/environ 2>/dev/null | grep -v "/$$/" >left || true
            [ -s left ] || return 0
            read -rt 0.1 <> <(:) || true
        done
        cat left
        return 1
    }
    cd "$BATS_TEST_TMPDIR"
    ln -s "$BATS_TEST_DIRNAME"/../{build,labs,solutions} .
    for signal in INT TERM HUP KILL; do
        run interrupted $signal
        [ "$status" -eq 0 ]
    done
}
