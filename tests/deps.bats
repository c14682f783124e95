#!/usr/bin/env bats
# What a machine lacks: noticed, installed, or asked for. The machine is a folder of
# commands; apt-get, sudo, npm and the user's id are played.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p grader bin
    cp "$BATS_TEST_DIRNAME/../grader/deps.sh" grader/
    for command in bash cat cc chmod dirname env grep mkdir printf rm sed sort; do
        ln -s "$(command -v "$command")" bin/
    done
    played id 'echo 1000'
    played bats 'echo Bats 1.8.2'
}

# A command of the machine: played NAME SHELL-WORDS.
played() {
    printf '#!/bin/bash\necho "%s $*" >>calls\n%s\n' "$1" "$2" >"bin/$1"
    chmod +x "bin/$1"
}

# Root, and an apt-get that has no lists before `update`; then it installs Bats.
played_apt() {
    # shellcheck disable=SC2016 # for the played command
    played apt-get 'case $* in
        *update*) : >lists ;;
        *install*) [ -e lists ] && for p in "$@"; do
            [ "$p" != bats ] || printf "#!/bin/sh\necho Bats '"$1"'\n" >bin/bats
            chmod +x bin/*; done ;;
        esac'
}

deps() {
    PATH=$PWD/bin bash grader/deps.sh "$@" </dev/null
}

@test "nothing is missing: not a word" {
    run deps check
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run ! grep -v '^bats' calls
}

@test "without root it names all packages in one line to copy" {
    rm bin/bats bin/cc
    played_apt 1.8.2
    played sudo 'exit 1'
    run -1 deps check
    grep -x '    sudo apt-get update && sudo apt-get install -y gcc libc6-dev bats' <<<"$output"
    run ! grep install calls
}

@test "as root it installs what is missing, with the package lists if need be" {
    rm bin/bats
    played id 'echo 0'
    played_apt 1.8.2
    run deps check
    [ "$status" -eq 0 ]
    grep 'install.* bats$' calls
    grep update calls
}

@test "as a user whose sudo asks for nothing, too" {
    rm bin/bats
    played_apt 1.8.2
    # shellcheck disable=SC2016 # for the played command
    played sudo '[ "$1" != -n ] || shift; exec "$@"'
    played true ''
    run deps check
    [ "$status" -eq 0 ]
    grep '^sudo -n env' calls
}

@test "a compiler is enough to build, and the demo asks for nothing" {
    rm bin/bats
    played_apt 1.8.2
    run deps build
    [ "$status" -eq 0 ]
    run deps demo
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "a Bats that is too old is fetched anew from npm, into the checkout" {
    played bats 'echo Bats 1.2.1'
    # shellcheck disable=SC2016 # for the played command
    played npm 'mkdir -p node_modules/bats/bin
        printf "#!/bin/sh\necho Bats 1.13.0\n" >node_modules/bats/bin/bats
        chmod +x node_modules/bats/bin/bats'
    run deps check
    [ "$status" -eq 0 ]
    [ -x node_modules/bats/bin/bats ]
    run deps check
    [ -z "$output" ]
}

@test "a Bats that is too old and nothing newer to be had: both numbers are named" {
    played bats 'echo Bats 1.2.1'
    played git 'echo no network >&2; exit 1'
    played_apt 1.2.1
    run -1 deps check
    grep '1\.2\.1.*1\.5\.0' <<<"$output"
    grep 'install -y npm' <<<"$output"
    grep 'build/deps.log' <<<"$output"
}

@test "a Bats from its repository is taken only if it is the one we know" {
    rm bin/bats
    # shellcheck disable=SC2016 # for the played command
    played git '[ "$1" != clone ] || mkdir -p node_modules/bats/bin; echo 0000'
    run -1 deps check
    [ ! -e node_modules/bats ]
}

@test "a machine that is no Debian gets the names" {
    rm bin/bats
    run -1 deps check
    grep 'not on this machine: bats' <<<"$output"
    grep 'npm install bats' <<<"$output"
    run ! grep 'apt-get' <<<"$output"
}
