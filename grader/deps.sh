#!/usr/bin/env bash
# deps.sh LEVEL - sees to it that this machine has what LEVEL needs:
#   build   a C compiler            check   and Bats, to check a lab
#   demo    a C compiler, and what makes the demo richer, if it can be had
#   test    and what the project's own tests and the instructor's grader need
# Silent if all is there. Installs what is missing on Debian and Ubuntu, as root or
# with a sudo that asks for no password; Bats also from npm, into this checkout.
# Where neither works it says what to ask for and ends with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."

BATS_OLDEST=1.5.0
export PATH=$PWD/node_modules/.bin:$PATH

# ---- what is needed: package, and the question whether it is there ----------

has() { command -v "$1" >/dev/null; }

# A header (and so the package that brings it) that the compiler finds.
# shellcheck disable=SC2317 # asked by name
has_header() { echo "#include <$1>" | cc -E -xc - -o /dev/null 2>/dev/null; }

has_bats() {
	has bats && printf '%s\n%s\n' "$BATS_OLDEST" "$(bats --version | grep -o '[0-9.]*$')" |
		sort -C -V
}

needs() {
	echo 'gcc              has cc'
	echo 'libc6-dev        has_header stdio.h'
	[ "$1" = build ] && return
	echo 'telnet           has telnet'
	echo 'socat            has socat'
	[ "$1" = demo ] && return
	echo 'bats             has_bats'
	[ "$1" = check ] && return
	echo 'git              has git'
	echo 'libcriterion-dev has_header criterion/criterion.h'
	echo 'libarchive-dev   has_header archive.h'
	echo 'libjansson-dev   has_header jansson.h'
	echo 'pkg-config       has pkg-config'
	echo 'parallel         has parallel'
	echo 'bubblewrap       has bwrap'
	echo 'jq               has jq'
	echo 'zip              has zip'
	echo 'procps           has ps'
	echo 'clang            has clang'
	echo 'shellcheck       has shellcheck'
}

missing() {
	needs "$1" | while read -r package question; do
		$question || echo "$package"
	done
}

# ---- getting it -------------------------------------------------------------

as_root=()
may_install() {
	has apt-get || return 1
	[ "$(id -u)" = 0 ] && return
	as_root=(sudo -n)
	has sudo && sudo -n true 2>/dev/null
}

apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
		"$@" </dev/null >>"$log" 2>&1
}

apt_install() {
	# Where the package lists are missing or old, the first try fails.
	apt install -y --no-install-recommends "$@" ||
		{ apt update && apt install -y --no-install-recommends "$@"; }
}

npm_bats() {
	has npm && npm install --no-save --no-package-lock --no-audit --no-fund --prefix . bats \
		</dev/null >>"$log" 2>&1
}

ask_for() {
	echo
	echo "This needs software that is not on this machine: $*"
	if has bats && ! has_bats; then
		echo "(The Bats here, $(bats --version | grep -o '[0-9.]*$'), is too old: $BATS_OLDEST or newer," \
			"or npm to fetch it.)"
		set -- "${@/#bats/npm}"
	fi
	if has apt-get; then
		echo "Somebody who may install it types:"
		echo
		echo "    sudo apt-get update && sudo apt-get install -y $*"
	else
		echo "The names are Debian's; Bats is on npm, too (npm install bats)."
	fi
	echo
	[ ! -s "$log" ] || echo "What was tried is in $log."
} >&2

level=${1:-check}
mapfile -t lacking < <(missing "$level")
[ ${#lacking[@]} -gt 0 ] || exit 0

mkdir -p build
log=build/deps.log
: >"$log"
if may_install; then
	echo "Installing ${lacking[*]} ..." >&2
	apt_install "${lacking[@]}" || true
fi
if ! has_bats && [[ $level = check || $level = test ]]; then
	# Ubuntu 22.04: the distribution's Bats is too old.
	! has bats || ! may_install || has npm || apt_install npm || true
	echo "Fetching Bats from npm into node_modules/ ..." >&2
	npm_bats || true
fi
[ "$level" = demo ] && level=build
mapfile -t lacking < <(missing "$level")
[ ${#lacking[@]} -eq 0 ] && exit 0
ask_for "${lacking[@]}"
exit 1
