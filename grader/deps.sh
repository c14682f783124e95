#!/usr/bin/env bash
# deps.sh LEVEL - sees to it that this machine has what LEVEL needs:
#   build   a C compiler: all that students need
#   check   and Bats, for checks with RUNNER=bats
#   demo    a C compiler, and what makes the demo richer, if it can be had
#   grade   a C compiler, Bats, and what the instructor's grader needs
#   test    and what the project's own tests and the instructor's grader need
#   lint    a C compiler, and what looks for mistakes in the sources
# Silent if all is there. Installs what is missing on Debian and Ubuntu, as root or
# with a sudo that asks for no password; Bats, if need be, into this checkout.
# Where neither works it says what to ask for and ends with status 1.
set -euo pipefail
cd "$(dirname "$0")/.."

BATS_OLDEST=1.5.0
BATS_HERE=1.13.0        # the one that is fetched where the system has none or an older one
BATS_COMMIT=3bca150ec86275d6d9d5a4fd7d48ab8b6c6f3d87
export PATH=$PWD/node_modules/bats/bin:$PATH

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
	case $1 in check | grade | test)
		echo 'bats             has_bats' ;;
	esac
	case $1 in demo | test)
		echo 'telnet           has telnet'
		echo 'socat            has socat' ;;
	esac
	case $1 in lint | test)
		echo 'clang            has clang'
		echo 'clang-tidy       has clang-tidy'
		echo 'cppcheck         has cppcheck'
		echo 'shellcheck       has shellcheck' ;;
	esac
	case $1 in grade | test)
		echo 'libarchive-dev   has_header archive.h'
		echo 'libjansson-dev   has_header jansson.h'
		echo 'libyaml-dev      has_header yaml.h'
		echo 'parallel         has parallel'
		echo 'bubblewrap       has bwrap' ;;
	esac
	case $1 in test)
		echo 'git              has git'
		echo 'libcriterion-dev has_header criterion/criterion.h'
		echo 'pkg-config       has pkg-config'
		echo 'iproute2         has ip'
		echo 'jq               has jq'
		echo 'zip              has zip'
		echo 'procps           has ps' ;;
	esac
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

# Bats in node_modules/bats, from npm or, without npm, from its repository.
fetch_bats() {
	echo "Fetching Bats $BATS_HERE into node_modules/ ..." >&2
	if has npm; then
		npm install --no-save --no-package-lock --no-audit --no-fund --prefix . \
			"bats@$BATS_HERE"
	else
		rm -rf node_modules/bats
		git clone --depth 1 -b "v$BATS_HERE" https://github.com/bats-core/bats-core \
			node_modules/bats || return
		[ "$(git -C node_modules/bats rev-parse HEAD)" = "$BATS_COMMIT" ] ||
			rm -rf node_modules/bats
	fi </dev/null >>"$log" 2>&1
}

ask_for() {
	echo
	echo "This needs software that is not on this machine: $*"
	if has bats && ! has_bats; then
		echo "The Bats here is $(bats --version | grep -o '[0-9.]*$'); it must be $BATS_OLDEST" \
			"or newer. npm would fetch one."
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
if ! has_bats && [[ $level = check || $level = grade || $level = test ]]; then
	fetch_bats || true      # Ubuntu 22.04, say, has 1.2
fi
[ "$level" = demo ] && level=build
mapfile -t lacking < <(missing "$level")
[ ${#lacking[@]} -eq 0 ] && exit 0
ask_for "${lacking[@]}"
exit 1
