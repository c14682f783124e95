# Socket Labs. `make` alone says where you stand and what to do next.
.DEFAULT_GOAL := where
.DELETE_ON_ERROR:
.SUFFIXES:

# Whose programs: labs (the student's own), solutions, starter, or any folder
# that holds LAB/PROG.c. `make check-lab2 FROM=solutions`
FROM  := labs
B     := build
CC    := cc
tree   = $(B)/trees/$(subst ..,_,$(1:/%=%))
TREE  := $(call tree,$(FROM))

# ---- the table of labs, labs/labs.txt, as TARGET:FOLDER:PROGRAM ------------
TABLE   := $(shell awk '!/^\#/ && NF { print $$1 ":" $$2 ":" $$3 }' labs/labs.txt)
LABS    := $(foreach l,$(TABLE),$(word 1,$(subst :, ,$l)))
row      = $(subst :, ,$(filter $1:%,$(TABLE)))
folder   = $(word 2,$(call row,$1))
program  = $(word 3,$(call row,$1))
source   = $(call folder,$1)/$(call program,$1)

# How a student's program is built: never with -Werror, and so that memory which
# nobody has set does not happen to be zero (where the compiler can do that).
PROBED         := $(B)/pattern-$(notdir $(CC))
PATTERN        := $(shell mkdir -p $(B); cat $(PROBED) 2>/dev/null || { echo 'int x;' | \
                    $(CC) -ftrivial-auto-var-init=pattern -xc -c -o /dev/null - 2>/dev/null && \
                    echo -ftrivial-auto-var-init=pattern; } | tee $(PROBED))
STUDENT_CC     := $(CC)
STUDENT_FLAGS  := -std=gnu17 -g -O1 -Wall -Wextra -Wno-unused-parameter $(PATTERN)
SANITIZE_FLAGS := -std=gnu17 -g -O1 $(PATTERN) -fsanitize=address,undefined \
                  -fno-omit-frame-pointer
export STUDENT_CC STUDENT_FLAGS SANITIZE_FLAGS

# ---- the programs under test -----------------------------------------------
# PROG, PROG.san with the sanitizers, PROG.log with the compiler's words. One that
# does not build is not there: whoever needs it says so, and the others go on.
PROGRAMS := $(foreach l,$(LABS),$(TREE)/$(call source,$l))
.SECONDEXPANSION:
$(PROGRAMS): $(TREE)/%: $$(wildcard $(FROM)/$$*.c)
	@mkdir -p $(@D) && rm -f $@ $@.log
	@[ -z "$<" ] || $(STUDENT_CC) $(STUDENT_FLAGS) -o $@ $< 2>$@.log || rm -f $@
$(PROGRAMS:%=%.san): $(TREE)/%.san: $$(wildcard $(FROM)/$$*.c)
	@mkdir -p $(@D) && rm -f $@
	@[ -z "$<" ] || $(STUDENT_CC) $(SANITIZE_FLAGS) -o $@ $< 2>/dev/null || rm -f $@

BUILDS := $(LABS:%=build-%)
.PHONY: $(BUILDS)
$(BUILDS): build-%: $$(TREE)/$$(call source,$$*) $$(TREE)/$$(call source,$$*).san

# ---- the student's commands ------------------------------------------------
# ONLY=N: one check. V=1: all there is to tell. SEED=S: the same random choices.
# JSON=FILE: the result for programs, too.
CHECK   = $(B)/bin/check --from $(FROM) $(if $(ONLY),--only $(ONLY)) \
            $(if $(SEED),--seed $(SEED)) $(if $(JSON),--json $(JSON)) $(if $(filter-out 0,$(V)),--verbose)
BUILD   = $(MAKE) -s --no-print-directory -j$$(nproc)
CHECKS := $(LABS:%=check-%)
RESETS := $(LABS:%=reset-%)
DIFFS  := $(LABS:%=diff-%)
.PHONY: where $(LABS) $(CHECKS) check $(RESETS) $(DIFFS)

where: ## where you stand, and what to do next
	@$(BUILD) tools
	@$(B)/bin/check --where
	@echo; awk -F ' *## ' '/^[a-z$$].*:.* ## / { name = $$1; sub(/:.*/, "", name); \
	  if (name ~ /^\$$/) { name = $$2; sub(/ .*/, "", name); sub(/[^ ]* /, "", $$2) } \
	  printf "  make %-12s %s\n", name, $$2 }' $(MAKEFILE_LIST)

$(LABS): ## labN build it, and how to run it by hand
	@$(BUILD) tools $(TREE)/$(call source,$@)
	@$(B)/bin/check --from $(FROM) --built $@

# RUNNER=bats: the suites are run by Bats instead of the project's own runner.
export RUNNER
CHECK_NEEDS := $(B)/deps/$(if $(filter bats,$(RUNNER)),check,build)
$(CHECKS): check-%: | $(CHECK_NEEDS) ## check-labN what works, what does not, and why
	@$(BUILD) tools build-$*
	@$(CHECK) $*
check: | $(CHECK_NEEDS) ## all labs, side by side
	@$(BUILD) tools $(BUILDS)
	@$(CHECK) $(LABS)

$(RESETS): reset-%: ## reset-labN begin again from the skeleton; your work is kept aside
	@new=starter/$(call source,$*).c old=labs/$(call source,$*).c; \
	if cmp -s $$new $$old; then echo "$$old is the skeleton, untouched."; exit; fi; \
	kept=$$old.$$(date +%Y%m%d-%H%M%S).bak; \
	if [ -e $$old ]; then cp -p $$old $$kept && echo "Your work is kept in $$kept"; fi && \
	cp $$new $$old && rm -f $(B)/state/$(call folder,$*) && \
	echo "$$old is the skeleton again."

$(DIFFS): diff-%: ## diff-labN what you have changed since the skeleton
	@diff -u starter/$(call source,$*).c $(FROM)/$(call source,$*).c && \
	  echo "$(FROM)/$(call source,$*).c is the skeleton, untouched." || [ $$? -eq 1 ]

# ---- the tools -------------------------------------------------------------
CFLAGS   := -O2 -g
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
TOOL_CC   = $(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -Igrader -MMD -MP

ROOMS    := common launch judge run check author demo
MAINS    := $(wildcard $(addprefix grader/,launch/box.c launch/launch.c launch/peer.c \
              judge/expect.c check/check.c judge/score.c author/cut.c author/matrix.c author/soak.c author/bench.c author/table.c demo/demo.c))
TOOLS    := $(patsubst %.c,$(B)/bin/%,$(notdir $(MAINS)))
PARTS    := $(filter-out $(MAINS) %/interpose.c,$(wildcard $(ROOMS:%=grader/%/*.c)))
OBJECTS  := $(PARTS:grader/%.c=$(B)/obj/%.o)
LIB      := $(B)/libsocketlabs.a

$(B)/obj/%.o: grader/%.c | $(B)/deps/build $(B)/obj/begun
	@mkdir -p $(@D)
	$(TOOL_CC) -c -o $@ $<

$(B)/obj/begun:
	@mkdir -p $(@D) && echo "Building the tools, once ..." && touch $@

$(LIB): $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(foreach m,$(MAINS),$(eval $(B)/bin/$(basename $(notdir $m)): $(m:grader/%.c=$(B)/obj/%.o)))
$(TOOLS): $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) -lutil

$(B)/lib/interpose.so: grader/launch/interpose.c
	@mkdir -p $(@D)
	$(TOOL_CC) -shared -fPIC -o $@ $< -ldl

-include $(OBJECTS:.o=.d) $(MAINS:grader/%.c=$(B)/obj/%.d)

$(B)/bin/runner: grader/run/runner.bash
	@mkdir -p $(@D)
	@cp $< $@.new && chmod 755 $@.new && mv $@.new $@

.PHONY: tools
tools: $(TOOLS) $(B)/bin/runner $(if $(wildcard grader/launch/interpose.c),$(B)/lib/interpose.so)

# ---- the skeletons ---------------------------------------------------------
# Cut from solutions/ into starter/, and laid in labs/ for the student to edit:
# only where there is none, or the last skeleton is still untouched. FORCE=1
# lays it anyway.
FORCE     :=
SKELETONS := $(LABS:%=starter-%)
.PHONY: starter $(SKELETONS)
starter: $(SKELETONS)
$(SKELETONS): starter-%: $(B)/bin/cut
	@mkdir -p $(B)/starter starter/$(call folder,$*) labs/$(call folder,$*)
	@$(B)/bin/cut solutions/$(call source,$*).c >$(B)/starter/$*.c
	@new=$(B)/starter/$*.c old=starter/$(call source,$*).c lab=labs/$(call source,$*).c; \
	if [ -n "$(FORCE)" ] || [ ! -e $$lab ] || cmp -s $$old $$lab; then cp $$new $$lab; \
	elif ! cmp -s $$new $$lab; then echo "$$lab: somebody's work, left as it is"; fi; \
	cp $$new $$old
	@ln -sfn ../../solutions/$(call source,$*).c labs/$(call folder,$*)/solution.c

# ---- the programs, running -------------------------------------------------
# The lab's own program from FROM (here: solutions, where there are any), its
# counterpart from the reference programs.
REFERENCE := $(if $(wildcard solutions),solutions,labs)
DEMO_FROM := $(if $(filter file,$(origin FROM)),$(REFERENCE),$(FROM))
DEMOS     := $(LABS:%=demo-%)
programs  = $(foreach l,$2,$(call tree,$1)/$(call source,$l))
build_of  = $(BUILD) FROM=$1 $(call programs,$1,$2)
play      = @$(BUILD) $(B)/bin/demo $(B)/bin/box && $(call build_of,$(REFERENCE),$(LABS)) && \
            $(call build_of,$(DEMO_FROM),$1) && $(B)/bin/demo --from $(DEMO_FROM) $1

.PHONY: demo $(DEMOS)
demo: | $(B)/deps/demo ## all programs running, on two hosts joined by a cable
	$(call play,$(LABS))
$(DEMOS): demo-%: | $(B)/deps/demo ## demo-labN one of them; yours with FROM=labs
	$(call play,$*)

# ---- what this machine needs ------------------------------------------------
export PATH := $(CURDIR)/node_modules/bats/bin:$(PATH)

$(addprefix $(B)/deps/,build demo check grade test lint): $(B)/deps/%: grader/deps.sh
	@grader/deps.sh $*
	@mkdir -p $(@D) && touch $@

.PHONY: deps clean
deps: ## get what is missing on this machine
	@grader/deps.sh $(if $(wildcard tests),test,build)
clean: ## all that was built
	rm -rf $(B)

# ---- what the student edition does not have --------------------------------
-include $(wildcard tests/*.mk)
-include grader/grade/grade.mk
