# The project's own tests: `make test`, and what shows that the suites can be trusted.

# The unit tests, and all that they test, are built with the sanitizers; leaks, which
# Criterion does not see, fail in tests/run.
UNIT     := $(patsubst %.c,$(B)/unit/%,$(notdir $(wildcard tests/unit/*.c)))
UNIT_LIB := $(B)/unit/libsocketlabs.a
UNIT_CC   = $(TOOL_CC) -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
              -fno-omit-frame-pointer

$(B)/unit/obj/%.o: grader/%.c | $(B)/deps/test
	@mkdir -p $(@D)
	$(UNIT_CC) -c -o $@ $<
$(UNIT_LIB): $(OBJECTS:$(B)/obj/%=$(B)/unit/obj/%)
	@rm -f $@
	$(AR) rcs $@ $^
$(UNIT): $(B)/unit/%: tests/unit/%.c $(UNIT_LIB) | $(B)/deps/test
	@mkdir -p $(@D)
	$(UNIT_CC) -o $@ $< $(UNIT_LIBS) $(UNIT_LIB) -lcriterion -lutil
-include $(UNIT:=.d) $(OBJECTS:$(B)/obj/%.o=$(B)/unit/obj/%.d)

.PHONY: unit
unit:
	@$(BUILD) $(UNIT)
	@tests/run $(UNIT)

# What `make test` runs: Bats files, programs that print TAP, make:TARGET.
TESTS += make:matrix make:lint $(UNIT) $(wildcard tests/*.bats)

# ---- do the suites catch what they must, and nothing else? -----------------
# LAB=lab2 and CASE=NAME narrow it down, UPDATE=1 writes the golden messages, JOBS=N
# plays so many at once.
.PHONY: matrix soak
matrix: tools $(B)/deps/test
	@$(B)/bin/matrix $(if $(LAB),--lab $(LAB)) $(if $(CASE),--case $(CASE)) \
	  $(if $(JOBS),-j $(JOBS))   $(if $(UPDATE),--update) $(if $(SEED),--seed $(SEED)) $(if $(TAP),--tap) \
	  $(if $(V),--messages) $(if $(LAB)$(CASE)$(TAP),,--picture docs/matrix.svg)
MINUTES := 5
soak: tools $(B)/deps/test
	@$(B)/bin/soak --minutes $(MINUTES) $(if $(LAB),--lab $(LAB)) $(if $(CASE),--case $(CASE))

# The tables of checks and points in the handouts (LAB=lab2: in one), made from the suites.
.PHONY: handouts
handouts: $(B)/bin/table
	@$(B)/bin/table $(LAB)

# What checking costs, as ratios to what Bats alone costs; then what grading costs, and
# what of it is the compiler's, Bats', the checks' and the grader's own. LONG=1 grades
# 1,000 submissions, too.
.PHONY: bench
bench: tools grader $(B)/deps/test
	@$(MAKE) -s --no-print-directory $(LABS:%=build-%) FROM=solutions
	@$(MAKE) -s --no-print-directory $(LABS:%=build-%) FROM=starter
	@$(B)/bin/bench
	@echo
	@tests/bench-grade

# ---- all tests --------------------------------------------------------------
# T='labs view test_tap matrix': only these.
CHOSEN := $(if $(T),$(filter $(foreach t,$(T),tests/$t.bats $(B)/unit/$t make:$t),$(TESTS)),$(TESTS))
.PHONY: test test-ground
test: $(B)/deps/test $(B)/deps/lint ## the project's own tests; T='labs view': only these
	@[ -n "$(CHOSEN)" ] || { echo "There is no test $(T): tests/NAME.bats is NAME," \
	  "tests/unit/test_NAME.c is test_NAME; and there are matrix and lint." >&2; exit 2; }
	@$(BUILD) test-ground
	@tests/run $(CHOSEN)

# Built before the tests begin, so that no two of them build the same.
test-ground: tools $(UNIT) grader $$(PACK)
	@$(foreach t,solutions starter,$(MAKE) -s --no-print-directory $(BUILDS) FROM=$t;)
