# A fault of ours is never a student's failure: the harness is broken in many ways, one
# at a time, and plays the reference, whose checks then pass or could not be judged.

bats_require_minimum_version 1.5.0

setup_file() {
	make -s -C "$BATS_TEST_DIRNAME/.." tools build-lab2 build-lab4 FROM=solutions >/dev/null 2>&1 3>&- 4>&-
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	P=$BATS_TEST_TMPDIR/project
	mkdir -p "$P/build/trees" "$P/build/bin"
	cp -R labs solutions starter "$P"
	cp -R build/lib "$P/build"
	cp build/bin/{box,check,expect,launch,peer,runner} "$P/build/bin"
	cp -R build/trees/solutions "$P/build/trees"
	cd "$P" || return
}

# judged LAB : plays the reference. No check fails; at least one could not be judged.
judged() {
	local status=0
	build/bin/check --from solutions --json out.json "$1" >said </dev/null || status=$?
	if [[ $(jq '[.labs[].checks[] | select(.status == "fail")] | length' out.json) != 0 ]]; then
		echo "a failure that is none:"
		cat said
		return 1
	fi
	[[ $status = 3 ]]
	jq -e '[.labs[].checks[] | select(.status == "error")] | length > 0' out.json >/dev/null
	grep -q 'could not be judged' said
}

# fake TOOL : the tool is what stands on standard input instead.
fake() {
	cat >"build/bin/$1"
	chmod 755 "build/bin/$1"
}

@test "a misspelt call in the shared helper" {
	sed -i 's/^\tas_typed "\$@"/\tas_tpyed "$@"/' labs/lib.bash
	judged lab2
}

@test "a misspelt call whose words are compared" {
	sed -i 's/^expect_usage() {/&\n\t[[ -z $(said_what) ]] || return 0/' labs/tcp-client/client.bats
	judged lab2
}

@test "a misspelt call in a suite" {
	sed -i '0,/^\trun_program --$/s//\trun_porgram --/' labs/tcp-client/client.bats
	judged lab2
}

@test "a misspelt call in a lab's own helper" {
	sed -i 's/^\tpeer start --within 30000/\tpere start --within 30000/' labs/tcp-client/client.bash
	judged lab2
}

@test "a misspelt variable that is compared" {
	sed -i 's/\[\[ $ENDED != "exit $status" \]\]/[[ $ENEDD != "exit $status" ]]/' labs/lib.bash
	grep -q ENEDD labs/lib.bash
	judged lab2
}

@test "a misspelt variable of a suite" {
	sed -i 's/^\(\texpect_look_up_to_fail\) .*/\1 "$HSOT"/' labs/udp-talker/talker.bats
	grep -q HSOT labs/udp-talker/talker.bats
	judged lab4
}

@test "a misspelt option of the launcher" {
	sed -i 's/launch run --within/launch run --whitin/' labs/lib.bash
	judged lab2
}

@test "a misspelt verb of the launcher" {
	sed -i 's/launch await /launch awiat /' labs/lib.bash
	judged lab2
}

@test "a wrong way to compare" {
	sed -i 's/on_stderr match "getaddrinfo/on_stderr mtach "getaddrinfo/' labs/tcp-client/client.bats
	judged lab2
}

@test "a helper that cannot be read" {
	echo 'if' >>labs/lib.bash
	judged lab2
}

@test "a helper that is not there" {
	rm labs/talkers.bash
	judged lab4
}

@test "a suite that cannot be read by the shell" {
	echo 'fi' >>labs/tcp-client/client.bats
	judged lab2
}

@test "no launcher" {
	rm build/bin/launch
	judged lab2
}

@test "no peer" {
	rm build/bin/peer
	judged lab2
}

@test "no expect" {
	rm build/bin/expect
	sed -i 's/^\t! seen .*//' labs/lib.bash
	judged lab2
}

@test "no runner" {
	rm build/bin/runner
	judged lab2
}

@test "a launcher that is killed" {
	fake launch <<<$'#!/bin/sh\nkill -KILL $$'
	judged lab2
}

@test "a launcher that fails" {
	fake launch <<<$'#!/bin/sh\necho "launch: no terminals left" >&2; exit 125'
	judged lab2
}

@test "a peer that is killed" {
	fake peer <<<$'#!/bin/sh\nkill -KILL $$'
	judged lab4
}

@test "an expect that is killed" {
	fake expect <<<$'#!/bin/sh\nkill -SEGV $$'
	sed -i 's/^\t! seen .*//' labs/lib.bash
	judged lab2
}

@test "a box that ends in the middle" {
	mv build/bin/box build/bin/real-box
	fake box <<-'SH'
		#!/bin/bash
		[ "$1" != --probe ] || exec "${0%/*}/real-box" --probe
		echo 1..17; echo "ok 1 says how it is used, unless it gets one argument"; kill -KILL $$
	SH
	judged lab2
}

@test "the shell's setting for scripts prints" {
	echo 'echo hello' >noise
	BASH_ENV=$PWD/noise build/bin/check --from solutions lab2 >said
	grep -q 'earns every point' said
}

@test "a seed that a shell takes for octal" {
	build/bin/check --from solutions --seed 08 lab4 >said
	grep -q 'earns every point' said
}
