# The instructor's half: the grader, and what it needs beyond the students' side.
#   make grade SUBMISSIONS=DIR OUT=DIR [OPTIONS="-j 4 --roster class.csv"]
#   make doctor
GRADE        := $(B)/bin/grade
GRADE_PARTS  := $(patsubst grader/%.c,$(B)/obj/%.o,\
                  $(filter-out %/grade.c,$(wildcard grader/grade/*.c)))
GRADE_LIB    := $(B)/libgrade.a
GRADE_LIBS   := -larchive -ljansson

$(GRADE_PARTS) $(B)/obj/grade/grade.o: | $(B)/deps/test
$(GRADE_LIB): $(GRADE_PARTS)
	@rm -f $@
	$(AR) rcs $@ $^
$(GRADE): $(B)/obj/grade/grade.o $(GRADE_LIB) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(GRADE_LIBS)
-include $(GRADE_PARTS:.o=.d) $(B)/obj/grade/grade.d

# The one place of the students' flags is the Makefile; this hands them over.
$(B)/student.flags: Makefile
	@mkdir -p $(@D)
	@printf '%s\n' '$(STUDENT_CC)' '$(STUDENT_CFLAGS)' '$(STUDENT_CFLAGS) $(STUDENT_SAN)' >$@

SUBMISSIONS  :=
OUT          :=
OPTIONS      :=
.PHONY: grader grade doctor
grader: tools $(GRADE) $(B)/student.flags
grade: grader  ## SUBMISSIONS=DIR OUT=DIR: grade a class
	@$(GRADE) $(OPTIONS) -- "$(SUBMISSIONS)" "$(OUT)"
doctor: grader ## attack every limit of this machine
	@$(GRADE) --doctor

GRADE_UNIT   := $(filter $(B)/unit/test_grade_%,$(UNIT))
$(GRADE_UNIT): $(GRADE_LIB)
$(GRADE_UNIT): UNIT_LIBS = $(GRADE_LIB) $(LIB) $(GRADE_LIBS)
