#include "author/verdict.h"
#include "judge/scoring.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
	"# bats test_tags=todo:1,points:4\n@test \"one\" {\n}\n"
	"# bats test_tags=todo:2,points:4\n@test \"two\" {\n}\n"
	"# bats test_tags=todo:2,stretch\n@test \"star\" {\n}\n";

static struct suite suite;

static void read_suite(void)
{
	FILE *in = fmemopen((char *)text, sizeof(text) - 1, "r");
	char *why;

	cr_assert_eq(suite_read_from(&suite, in, "x.bats", &why), 0);
	fclose(in);
}

TestSuite(verdict, .init = read_suite);

/* What verdict says; good until the next call. */
static const char *judge(const struct lab_case *c, const char *tap, int off)
{
	struct lab_result *result = lab_result_from_tap("lab", &suite, tap, strlen(tap), NULL);
	static char *what;

	free(what);
	what = verdict(c, &suite, result, off);
	lab_result_free(result);
	return what;
}

static const char all_pass[] = "1..3\nok 1 one\nok 2 two\nok 3 star\n";
static const char two_fails[] =
	"1..3\nok 1 one\nnot ok 2 two\n# symptom: It is late.\nok 3 star # skip blocked: two\n";
static const char star_fails[] =
	"1..3\nok 1 one\nok 2 two\nnot ok 3 star\n# symptom: No.\n";

Test(verdict, reference_passes_everything)
{
	struct lab_case c = {.kind = CASE_REFERENCE};

	cr_assert_str_empty(judge(&c, all_pass, VERDICT_NONE));
	cr_assert_str_not_empty(judge(&c, star_fails, VERDICT_NONE));
}

Test(verdict, right_program_passes_the_core)
{
	struct lab_case c = {.kind = CASE_RIGHT};

	cr_assert_str_empty(judge(&c, star_fails, VERDICT_NONE));
	cr_assert_str_not_empty(judge(&c, two_fails, VERDICT_NONE));
}

Test(verdict, skeleton_passes_nothing)
{
	struct lab_case c = {.kind = CASE_SKELETON};

	cr_assert_str_not_empty(judge(&c, two_fails, VERDICT_NONE));
}

Test(verdict, wrong_program_fails_just_what_it_states)
{
	struct lab_case c = {.kind = CASE_WRONG, .fails = {"two"}, .fails_count = 1,
	                     .told = {"It is late."}, .told_count = 1};

	cr_assert_str_empty(judge(&c, two_fails, VERDICT_NONE));
	cr_assert_str_not_empty(judge(&c, all_pass, VERDICT_NONE));
	cr_assert_str_not_empty(judge(&c, two_fails, 1), "switched off, and nobody notices");
	c.fails[0] = "one";
	cr_assert_str_not_empty(judge(&c, two_fails, VERDICT_NONE));
}

Test(verdict, wrong_program_must_be_told)
{
	struct lab_case c = {.kind = CASE_WRONG, .fails = {"two"}, .fails_count = 1,
	                     .told = {"It is early."}, .told_count = 1};

	cr_assert_not_null(strstr(judge(&c, two_fails, VERDICT_NONE), "It is early."));
}

Test(verdict, what_could_not_be_judged_is_never_as_stated)
{
	struct lab_case c = {.kind = CASE_WRONG, .fails = {"two"}, .fails_count = 1};

	cr_assert_str_not_empty(judge(&c, "1..3\nok 1 one\nnot ok 2 two\n# symptom: x\n",
	                              VERDICT_NONE));
}

Test(verdict, letters)
{
	struct lab_result *result = lab_result_from_tap("lab", &suite, two_fails,
	                                                strlen(two_fails), NULL);
	char *letters = verdict_letters(result), *stories = verdict_stories(result);

	cr_assert_str_eq(letters, "PFb");
	cr_assert_str_eq(stories, "[two]\nIt is late.\n\n");
	free(letters);
	free(stories);
	lab_result_free(result);
}
