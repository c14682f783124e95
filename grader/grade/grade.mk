# The instructor's half: the grader, and what it needs beyond the students' side.
#   make grade SUBMISSIONS=DIR OUT=DIR [OPTIONS="-j 4 --roster class.csv"]
#   make doctor
GRADE        := $(B)/bin/grade
GRADE_PARTS  := $(patsubst grader/%.c,$(B)/obj/%.o,\
                  $(filter-out %/grade.c,$(wildcard grader/grade/*.c \
                  grader/grade/intake/*.c grader/grade/exports/*.c)))
GRADE_LIB    := $(B)/libgrade.a
GRADE_LIBS   := -larchive -ljansson -lyaml

$(GRADE_PARTS) $(B)/obj/grade/grade.o: | $(B)/deps/grade
$(GRADE_LIB): $(GRADE_PARTS)
	@rm -f $@
	$(AR) rcs $@ $^
$(GRADE): $(B)/obj/grade/grade.o $(GRADE_LIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(GRADE_LIBS)
-include $(GRADE_PARTS:.o=.d) $(B)/obj/grade/grade.d

# What the doctor attacks with; beside no suite.
ATTACK       := $(B)/grade/attack
$(ATTACK): grader/grade/attack/attack.c
	@mkdir -p $(@D)
	$(TOOL_CC) -o $@ $<

# How students' programs are built stands in the Makefile alone; this hands it over.
.PHONY: student-flags
student-flags:
	@mkdir -p $(B)
	@printf '%s\n' '$(STUDENT_CC)' '$(STUDENT_FLAGS)' '$(SANITIZE_FLAGS)' >$(B)/student.new
	@cmp -s $(B)/student.new $(B)/student.flags || cp $(B)/student.new $(B)/student.flags

SUBMISSIONS  :=
OUT          :=
OPTIONS      :=
.PHONY: grader grade doctor
grader: tools $(GRADE) $(ATTACK) student-flags
grade: grader  ## SUBMISSIONS=DIR OUT=DIR: grade a class
	@$(GRADE) $(OPTIONS) -- "$(SUBMISSIONS)" "$(OUT)"
doctor: grader ## attack every limit of this machine
	@$(GRADE) --doctor

# The zip that Gradescope takes as an autograder: the course without its tests, and the two
# scripts that Gradescope runs.
.PHONY: gradescope
gradescope: ## build/gradescope.zip, the autograder for Gradescope
	@rm -rf $(B)/gradescope $(B)/gradescope.zip
	@mkdir -p $(B)/gradescope/socket-labs
	@tar -cf - $(GRADESCOPE_PARTS) | tar -xf - -C $(B)/gradescope/socket-labs
	@cp grader/grade/exports/gradescope/* $(B)/gradescope
	@cd $(B)/gradescope && zip -qry ../gradescope.zip .
	@rm -rf $(B)/gradescope
	@echo $(B)/gradescope.zip
GRADESCOPE_PARTS := Makefile grader labs/labs.txt $(wildcard labs/*.bash labs/*/*.bats labs/*/*.bash \
                      labs/*/scenes.txt) starter

GRADE_UNIT     := $(filter $(B)/unit/test_grade_%,$(UNIT))
GRADE_UNIT_LIB := $(B)/unit/libgrade.a
$(GRADE_UNIT_LIB): $(GRADE_PARTS:$(B)/obj/%=$(B)/unit/obj/%)
	@rm -f $@
	$(AR) rcs $@ $^
$(GRADE_UNIT): $(GRADE_UNIT_LIB)
$(GRADE_UNIT): UNIT_LIBS = $(GRADE_UNIT_LIB) $(UNIT_LIB) $(GRADE_LIBS)
-include $(GRADE_PARTS:$(B)/obj/%.o=$(B)/unit/obj/%.d)

PACK         := $(B)/grade/pack
$(PACK): tests/hostile/pack.c | $(B)/deps/test
	@mkdir -p $(@D)
	$(TOOL_CC) -o $@ $< -larchive

# The second half of `make bench`.
.PHONY: bench-grade test-hostile test-long
bench-grade: grader
	@tests/bench-grade
# Every hostile program, too, which takes minutes; and the class of 60, killed 20 times.
test-hostile: grader $(PACK)
	@tests/hostile/check
test-long: grader $(PACK)
	@tests/hostile/check
	@LONG=1 bats tests/grade.bats
