# Runs a command as a person would: without what Bats puts in the environment, which
# a Bats inside takes for its own, and without what make does.
plainly() {
    env -i HOME="$HOME" PATH="${PATH#"$BATS_LIBEXEC:"}" LC_ALL=C.UTF-8 NO_COLOR=1 \
        timeout 300 "$@" </dev/null 3>&- 4>&-
}
