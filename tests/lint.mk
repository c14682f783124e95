# `make lint`: what compilers and analysers say about the C of this repository, and
# ShellCheck about its shell. What they said is kept in build/lint/TOOL/FILE: only
# what has changed is looked at again.
ifneq ($(filter lint lint-look,$(MAKECMDGOALS)),)

LINT       := $(B)/lint
LINT_TOOLS := gcc clang clang-tidy cppcheck
LINT_C     := $(wildcard solutions/*/*.c tests/*/solutions/*/*.c grader/*/*.c grader/*/*/*.c)
LINT_BATS  := $(wildcard labs/*.bash labs/*/*.bats tests/*.bats tests/*/*.bats tests/*/labs/*/*.bats)
LINT_SHELL := $(wildcard tests/*/*.bash) \
                $(shell grep -lsE '^\#!.*[/ ](ba)?sh$$' .ci/* tests/* grader/*.sh)
LINT_SAID  := $(foreach t,$(LINT_TOOLS),$(LINT_C:%=$(LINT)/$t/%)) \
                $(patsubst %,$(LINT)/shellcheck/%,$(LINT_BATS) $(LINT_SHELL))

define looks_at
$(2:%=$(LINT)/$1/%): $(LINT)/$1/%: % tests/lint $3
	@mkdir -p $$(@D)
	@tests/lint look $1 $$< >$$@
endef
$(eval $(call looks_at,gcc,$(LINT_C)))
$(eval $(call looks_at,clang,$(LINT_C)))
$(eval $(call looks_at,clang-tidy,$(LINT_C),.clang-tidy))
$(eval $(call looks_at,cppcheck,$(LINT_C),tests/cppcheck.txt tests/cppcheck.cfg))
$(eval $(call looks_at,shellcheck,$(LINT_BATS) $(LINT_SHELL)))

# Which headers concern a source: gcc has written it down.
-include $(LINT_C:%=$(LINT)/gcc/%.d)

.PHONY: lint lint-look
lint: | $(B)/deps/lint
	@$(MAKE) -s --no-print-directory -j$$(nproc) lint-look
	@tests/lint report $(LINT_SAID)
lint-look: $(LINT_SAID)

endif
