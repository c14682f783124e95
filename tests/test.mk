# The project's own tests: `make test`, and what shows that the suites can be trusted.

UNIT := $(patsubst %.c,$(B)/unit/%,$(notdir $(wildcard tests/unit/*.c)))
$(UNIT): $(B)/unit/%: tests/unit/%.c $(LIB) | $(B)/deps/test
	@mkdir -p $(@D)
	$(TOOL_CC) -o $@ $< $(LIB) $(UNIT_LIBS) -lcriterion -lutil

# What `make test` runs: Bats files, programs that print TAP, make:TARGET.
TESTS += make:lint $(UNIT) $(wildcard tests/*.bats)

# ---- do the suites catch what they must, and nothing else? -----------------
# LAB=lab2 and CASE=NAME narrow it down, UPDATE=1 writes the golden messages.
.PHONY: matrix soak
matrix: tools $(B)/deps/test
	@$(B)/bin/matrix $(if $(LAB),--lab $(LAB)) $(if $(CASE),--case $(CASE)) \
	  $(if $(UPDATE),--update) $(if $(SEED),--seed $(SEED)) $(if $(TAP),--tap) \
	  $(if $(V),--messages) $(if $(LAB)$(CASE)$(TAP),,--picture docs/matrix.svg)
MINUTES := 5
soak: tools $(B)/deps/test
	@$(B)/bin/soak --minutes $(MINUTES) $(if $(LAB),--lab $(LAB)) $(if $(CASE),--case $(CASE))

# The tables of checks and points in the handouts, made from the suites.
.PHONY: handouts
handouts: $(B)/bin/table
	@$(B)/bin/table

# What checking costs, as ratios to what Bats alone costs.
.PHONY: bench
bench: tools $(B)/deps/test
	@$(MAKE) -s --no-print-directory $(LABS:%=build-%) FROM=solutions
	@$(MAKE) -s --no-print-directory $(LABS:%=build-%) FROM=starter
	@$(B)/bin/bench

# ---- all tests --------------------------------------------------------------
.PHONY: test test-ground
test: $(B)/deps/test $(B)/deps/lint ## the project's own tests
	@$(BUILD) test-ground
	@tests/run $(TESTS)

# Built before the tests begin, so that no two of them build the same.
test-ground: tools $(UNIT) grader $$(PACK)
	@$(foreach t,solutions starter,$(MAKE) -s --no-print-directory $(BUILDS) FROM=$t;)
