#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/scoring.h"

/* Four checks; 'three' has a prefix that is a check of its own. */
static struct suite suite;

static void read_suite(void)
{
	static const char text[] =
		"# bats test_tags=todo:1,points:2\n@test \"one\" {\n}\n"
		"# bats test_tags=todo:2,points:3\n@test \"two\" {\n}\n"
		"# bats test_tags=todo:2,points:5\n@test \"two and \\\"three\\\"\" {\n}\n"
		"# bats test_tags=todo:3,stretch\n@test \"star\" {\n}\n";
	FILE *in = fmemopen((char *)(size_t)text, sizeof(text) - 1, "r");
	char *why = NULL;

	cr_assert_eq(suite_read_from(&suite, in, "x.bats", &why), 0, "%s", why);
	fclose(in);
}

static void drop_suite(void)
{
	suite_free(&suite);
}

TestSuite(scoring, .init = read_suite, .fini = drop_suite);
TestSuite(retry, .init = read_suite, .fini = drop_suite);

#define ONE "ok 1 one\n"
#define TWO "ok 2 two\n"
#define THREE "ok 3 two and \"three\"\n"
#define STAR "ok 4 star\n"

static struct lab_result *judged(const char *tap, size_t len)
{
	return lab_result_from_tap("tcp-client", &suite, tap, len, NULL);
}

/* VERDICTS: a letter a check: Pass, Fail, Blocked, Error. */
static void scores_bytes(const char *tap, size_t len, const char *verdicts, int score,
                         int stars, enum lab_status status)
{
	struct lab_result *lab = judged(tap, len);
	char got[5] = "";

	cr_assert_eq(lab->count, 4);
	for (size_t i = 0; i < 4; i++)
		got[i] = "PFBE"[lab->checks[i].status];
	cr_expect_str_eq(got, verdicts, "%s, not %s, for:\n%s", got, verdicts, tap);
	cr_expect_eq(lab->score, score, "score %d, not %d, for:\n%s", lab->score, score, tap);
	cr_expect_eq(lab->stars, stars);
	cr_expect_eq(lab->status, status, "%s for:\n%s", lab_status_word(lab->status), tap);
	cr_expect_eq(lab->max, 10);
	cr_expect_eq(lab->max_stars, 1);
	lab_result_free(lab);
}

#define SCORES(tap, verdicts, score, stars, status) \
	scores_bytes(tap, sizeof(tap) - 1, verdicts, score, stars, status)

static void tells(const char *tap, size_t index, const char *expected)
{
	struct lab_result *lab = judged(tap, strlen(tap));
	char *text = story_text(index < 4 ? &lab->checks[index].story : &lab->story);

	cr_expect_str_eq(text, expected);
	free(text);
	lab_result_free(lab);
}

enum { LAB = 9 };       /* for tells(): the lab's own story */

Test(scoring, adds_up_what_passed)
{
	SCORES("1..4\n" ONE TWO THREE STAR, "PPPP", 10, 1, LAB_GRADED);
	SCORES("1..4\n" ONE "not ok 2 two\n# symptom: x\n" THREE "not ok 4 star\n# symptom: x\n", "PFPF", 7, 0, LAB_GRADED);
	SCORES("1..4\nnot ok 1 one\n# symptom: x\nnot ok 2 two\n# symptom: x\nnot ok 3 two and \"three\"\n# symptom: x\n" STAR,
	       "FFFP", 0, 1, LAB_GRADED);
}

Test(scoring, a_blocked_check_names_what_blocks_it)
{
	const char *tap = "1..4\n" ONE "not ok 2 two\n# symptom: x\nok 3 two and \"three\" # skip blocked: two\n" STAR;
	struct lab_result *lab = judged(tap, strlen(tap));

	cr_expect_eq(lab->checks[2].status, CHECK_BLOCKED);
	cr_expect_eq(lab->checks[2].blocker, 1);
	cr_expect_eq(lab->score, 2);
	cr_expect_eq(lab->status, LAB_GRADED);
	lab_result_free(lab);
	tells(tap, 2, "Waits for: two");
	/* What blocks need not be a check of this suite. */
	tells("1..4\nok 1 one # skip blocked: the build\n" TWO THREE STAR, 0, "Waits for: the build");
}

Test(scoring, blocked_by_an_error_is_an_error)
{
	SCORES("1..4\nok 1 one # skip error: no IPv6\nok 2 two # skip blocked: one\n"
	       "ok 3 two and \"three\" # skip blocked: two\n" STAR, "EEEP", 0, 1, LAB_HARNESS_ERROR);
	/* ... in any order, and a circle ends. */
	SCORES("1..4\nok 1 one # skip blocked: two\nok 2 two # skip blocked: star\n"
	       THREE "ok 4 star # skip error: x\n", "EEPE", 5, 0, LAB_HARNESS_ERROR);
	SCORES("1..4\nok 1 one # skip blocked: two\nok 2 two # skip blocked: one\n" THREE STAR,
	       "BBPP", 5, 1, LAB_GRADED);
	SCORES("1..4\nok 1 one # skip blocked: one\n" TWO THREE STAR, "BPPP", 8, 1, LAB_GRADED);
}

Test(scoring, blocked_by_a_check_that_passed_is_an_error)
{
	SCORES("1..4\n" ONE "ok 2 two # skip blocked: one\n" THREE STAR,
	       "PEPP", 7, 1, LAB_HARNESS_ERROR);
}

Test(scoring, an_error_is_not_a_failure)
{
	SCORES("1..4\n" ONE "ok 2 two # skip error: no namespaces\n" THREE STAR,
	       "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "not ok 2 two\n# symptom: x\n# harness: cannot fork\n" THREE STAR,
	       "PEPP", 7, 1, LAB_HARNESS_ERROR);
	/* A star that could not be judged leaves the score a verdict. */
	SCORES("1..4\n" ONE TWO THREE "ok 4 star # skip error: x\n", "PPPE", 10, 0, LAB_GRADED);
	/* A passed check cannot be talked into an error. */
	SCORES("1..4\n" ONE "# harness: cannot fork\n" TWO THREE STAR, "PPPP", 10, 1, LAB_GRADED);
	tells("1..4\nok 1 one # skip error: no namespaces\n" TWO THREE STAR, 0,
	      "harness:   no namespaces");
}

Test(scoring, a_skipped_check_earns_nothing)
{
	SCORES("1..4\n" ONE "ok 2 two # skip\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	SCORES("1..4\n" ONE "ok 2 two # SKIP not today\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	tells("1..4\nok 1 one # skip not today\n", 0, "This check was skipped: not today");
	tells("1..4\nok 1 one # skip\n", 0, "This check was skipped.");
}

Test(scoring, any_other_directive_earns_nothing)
{
	SCORES("1..4\n" ONE "ok 2 two # TODO later\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two # skipped\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "not ok 2 two # TODO later\n# symptom: x\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	SCORES("1..4\n" ONE "not ok 2 two # skip blocked: one\n# symptom: x\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	tells("1..4\nnot ok 1 one # timeout after 5s\n# symptom: x\n", 0,
	      "note:      timeout after 5s\nx");
}

/* A misspelt call, an unset variable, a tool that is not there: the check ends, and says
 * nothing of the program. */
Test(scoring, a_failure_that_says_nothing_of_the_program_is_an_error)
{
	SCORES("1..4\n" ONE "not ok 2 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "not ok 2 two\n# got: x\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE TWO THREE "not ok 4 star\n", "PPPE", 10, 0, LAB_GRADED);
	tells("1..4\nnot ok 1 one\n# lib.bash: line 9: ehco: command not found\n" TWO THREE STAR, 0,
	      "harness:   the check broke off without a word about the program: a mistake in the "
	      "suite or its helpers: lib.bash: line 9: ehco: command not found");
}

Test(scoring, a_missing_check_is_an_error_that_is_named)
{
	SCORES("1..4\n" ONE THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	tells("1..4\n" ONE THREE STAR, 1, "harness:   it has no result");
	SCORES("", "EEEE", 0, 0, LAB_HARNESS_ERROR);
	tells("", 0, "harness:   it has no result: the suite printed no plan");
	tells("1..4\nBail out! no box\n" ONE, 1, "harness:   it has no result: the suite gave up:  no box");
	tells("1..4\nnot ok 1 setup_file failed\n# (in file x.bats)\n# harness: no box\n", 3,
	      "harness:   it has no result: no box");
}

Test(scoring, the_caller_says_why_checks_are_missing)
{
	const char *tap = "1..4\n" ONE;
	struct lab_result *lab = lab_result_from_tap("tcp-client", &suite, tap, strlen(tap),
	                                             "the suite was stopped after 60 seconds");
	char *text = story_text(&lab->checks[1].story);

	cr_expect_str_eq(text, "harness:   it has no result: the suite was stopped after 60 seconds");
	free(text);
	lab_result_free(lab);
}

Test(scoring, two_results_earn_nothing)
{
	SCORES("1..4\n" ONE TWO "ok 2 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two\nnot ok 2 two\n# symptom: x\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "not ok 2 two\n# symptom: x\nok 2 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two # skip blocked: star\nok 2 two\n" THREE "not ok 4 star\n# symptom: x\n",
	       "PEPF", 7, 0, LAB_HARNESS_ERROR);
	tells("1..4\n" ONE "ok 1 one\n" TWO THREE STAR, LAB, "a second result for one check: one");
}

Test(scoring, a_wrong_number_earns_nothing_and_so_does_a_flood_of_them)
{
	char *tap = NULL;
	size_t size;
	FILE *out = open_memstream(&tap, &size);

	SCORES("1..4\n" ONE "ok 3 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 02 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 5 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	tells("1..4\n" ONE "ok 5 two\n" THREE STAR, 1, "harness:   its result came under a wrong number");

	fputs("1..4\n" ONE, out);
	for (int i = 0; i < 256; i++)
		fputs("ok 9 two\n", out);
	fputs(TWO THREE STAR, out);
	fclose(out);
	scores_bytes(tap, size, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	free(tap);
}

Test(scoring, an_unknown_name_earns_nothing_and_is_named)
{
	SCORES("1..4\n" ONE "ok 2 two!\n" TWO THREE STAR, "PPPP", 10, 1, LAB_GRADED);
	tells("1..4\n" ONE "ok 2 two!\n" TWO THREE STAR, LAB,
	      "a result for a check that the suite does not have: two!");
	/* A prefix or a tail of a name is not the name. */
	SCORES("1..4\n" ONE "ok 2 tw\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two \n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2  two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two in 5ms\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
}

Test(scoring, forged_lines_earn_nothing)
{
	/* What a program prints cannot become a line: only \n ends one. */
	SCORES("1..4\n" ONE "not ok 2 two\n# symptom: x\n# got: x\rok 2 two\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	SCORES("1..4\n" ONE "not ok 2 two\n# symptom: x\n# got: x\0ok 2 two\n" THREE STAR, "PFPP", 7, 1, LAB_GRADED);
	SCORES("1..4\n" ONE "ok 2 two\r\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE "ok 2 two\0\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE " ok 2 two\n" THREE STAR, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	/* A line that was cut could have gone on with "# skip". */
	SCORES("1..4\n" ONE THREE STAR "ok 2 two", "PEPP", 7, 1, LAB_HARNESS_ERROR);
}

Test(scoring, a_giant_line_earns_nothing)
{
	size_t len = 3 * TAP_LINE_MAX;
	char *tap = malloc(len), *end;

	memset(tap, ' ', len);
	end = stpcpy(tap, "1..4\n" ONE "ok 2 two");
	*end = ' ';
	memcpy(tap + len - 40, "\n" THREE STAR, sizeof("\n" THREE STAR) - 1);
	memset(tap + len - 40 + sizeof("\n" THREE STAR) - 1, '\n',
	       40 - sizeof("\n" THREE STAR) + 1);
	scores_bytes(tap, len, "PEPP", 7, 1, LAB_HARNESS_ERROR);
	free(tap);
}

Test(scoring, without_the_right_plan_no_pass_counts)
{
	SCORES(ONE TWO THREE STAR, "EEEE", 0, 0, LAB_HARNESS_ERROR);
	SCORES("1..5\n" ONE TWO THREE STAR, "EEEE", 0, 0, LAB_HARNESS_ERROR);
	SCORES(ONE TWO THREE STAR "1..4\n", "EEEE", 0, 0, LAB_HARNESS_ERROR);
	SCORES("1..4\n" ONE TWO THREE STAR "1..4\n", "EEEE", 0, 0, LAB_HARNESS_ERROR);
	SCORES("1..4\n1..4\n" ONE TWO THREE STAR, "EEEE", 0, 0, LAB_HARNESS_ERROR);
	SCORES("1..0\n", "EEEE", 0, 0, LAB_HARNESS_ERROR);
	/* Failures stay failures: nothing to gain there. */
	SCORES("not ok 1 one\n# symptom: x\n" TWO THREE STAR, "FEEE", 0, 0, LAB_HARNESS_ERROR);
}

Test(scoring, results_may_come_in_any_order)
{
	SCORES("1..4\n" STAR THREE "not ok 2 two\n# symptom: x\n" ONE, "PFPP", 7, 1, LAB_GRADED);
}

Test(scoring, keeps_the_story_of_a_failure)
{
	tells("1..4\n"
	      "not ok 1 one\n"
	      "# (in test file x.bats, line 3)\n"
	      "#   `compare' failed\n"
	      "# symptom: The reply is too long.\n"
	      "# ran: client ::1\n"
	      "# expected: 'abc'\n"
	      "# got:  'abcd\x1B'\n"
	      "# marked:      ^\n"
	      "# cause:\n"
	      "# read: man 2 recv\n"
	      TWO THREE STAR, 0,
	      "The reply is too long.\n"
	      "ran:       client ::1\n"
	      "expected:  'abc'\n"
	      "got:        'abcd\\x1B'\n"
	      "                ^\n"
	      "cause:     \n"
	      "read:      man 2 recv");
}

Test(scoring, advice_belongs_to_the_result_after_it)
{
	const char *tap = "1..4\n" ONE "# tell: a leak\n" TWO "not ok 3 two and \"three\"\n"
	                  "# symptom: x\n# tell: of star\n" STAR "# tell: of nobody\n";

	tells(tap, 0, "");
	tells(tap, 1, "tell:      a leak");
	tells(tap, 2, "x");
	tells(tap, 3, "tell:      of star");
}

/* COUNT diagnostic lines of LEN bytes each: how many bytes the story keeps. */
static size_t story_of(int count, int len)
{
	char *tap = NULL, *text;
	size_t size;
	FILE *out = open_memstream(&tap, &size);
	struct lab_result *lab;

	fputs("1..4\nnot ok 1 one\n# symptom: x\n", out);
	for (int i = 0; i < count; i++)
		fprintf(out, "# got: %0*d\n", len, i);
	fputs(TWO THREE STAR, out);
	fclose(out);
	lab = judged(tap, size);
	text = story_text(&lab->checks[0].story);
	cr_expect(strstr(text, "more was said than is kept"));
	cr_expect_eq(lab->score, 8);
	size = strlen(text);
	free(text);
	lab_result_free(lab);
	free(tap);
	return size;
}

Test(scoring, a_story_is_bounded)
{
	cr_expect_leq(story_of(100000, 1), 20 * STORY_LINES_MAX);
	cr_expect_leq(story_of(100, 10000), 2 * STORY_BYTES_MAX);
}

Test(scoring, a_flood_of_problems_is_bounded)
{
	char *tap = NULL, *text;
	size_t size;
	FILE *out = open_memstream(&tap, &size);
	struct lab_result *lab;

	fputs("1..4\n" ONE TWO THREE STAR, out);
	for (int i = 0; i < 1000; i++)
		fputs("ok 5 forged\n", out);
	fclose(out);
	lab = judged(tap, size);
	text = story_text(&lab->story);
	cr_expect_lt(strlen(text), 2000);
	cr_expect_eq(lab->score, 10);
	free(text);
	lab_result_free(lab);
	free(tap);
}

/* ---- as the stream comes -------------------------------------------------- */

struct order {
	size_t at[8];
	size_t count;
};

static void note_order(void *context, size_t index)
{
	struct order *order = context;

	cr_assert_lt(order->count, 8);
	order->at[order->count++] = index;
}

static void feed(struct scoring *s, const char *text, int64_t now)
{
	cr_assert(scoring_feed(s, text, strlen(text), now));
}

Test(scoring, tells_each_verdict_once_as_it_comes)
{
	struct order order = { 0 };
	struct scoring *s = scoring_begin("x", &suite, NULL, 0, 100, note_order, &order);
	struct lab_result *lab;

	feed(s, "1..4\nok 1 o", 150);
	cr_expect_eq(order.count, 0);
	feed(s, "ne\nnot ok 2 two\n# symptom: x\n", 180);
	cr_expect_eq(order.count, 1);
	cr_expect(scoring_waits(s));
	feed(s, "# symptom: x\n", 190);
	scoring_pause(s);
	cr_expect_eq(order.count, 2);
	cr_expect_not(scoring_waits(s));
	feed(s, "# harness: y\n" THREE, 230);
	cr_expect_eq(order.count, 3);
	feed(s, "not ok 4 star\n# symptom: x\n", 231);
	lab = scoring_end(s, NULL);
	cr_expect_eq(order.count, 4);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(order.at[i], i);
	cr_expect_eq(lab->checks[0].ms, 30);
	cr_expect_eq(lab->checks[1].ms, 0);
	cr_expect_eq(lab->checks[2].ms, 50);
	cr_expect_eq(lab->checks[3].ms, 1);
	cr_expect_eq(lab->checks[1].status, CHECK_ERROR);
	lab_result_free(lab);
}

/* Check two could not be judged, three waits for it; then two is judged again alone. */
static struct lab_result *judged_again(const char *again)
{
	static const char tap[] = "1..4\n" ONE "ok 2 two # skip error: x\n"
	                          "ok 3 two and \"three\" # skip blocked: two\n" STAR;
	const size_t asked[] = { 1 };
	struct scoring *s = scoring_begin("x", &suite, asked, 1, 0, NULL, NULL);
	struct lab_result *lab = judged(tap, sizeof(tap) - 1), *alone;

	cr_expect_eq(lab->checks[2].status, CHECK_ERROR);
	cr_expect_eq(lab->checks[2].blocker, 1);
	feed(s, again, 1);
	alone = scoring_end(s, NULL);
	lab_result_take(lab, alone, 1);
	lab_result_settle(lab);
	lab_result_free(alone);
	return lab;
}

Test(retry, one_check_alone_is_number_one)
{
	struct lab_result *lab = judged_again("1..1\nok 1 two\n");

	cr_expect_eq(lab->checks[1].status, CHECK_PASS);
	cr_expect_eq(lab->score, 5);
	/* What waited for it waited for nothing, and has to be judged now. */
	cr_expect_eq(lab->checks[2].status, CHECK_ERROR);
	cr_expect_eq(lab->status, LAB_HARNESS_ERROR);
	lab_result_free(lab);
}

Test(retry, a_failure_blocks_what_waited_for_it)
{
	struct lab_result *lab = judged_again("1..1\nnot ok 1 two\n# symptom: x\n");

	cr_expect_eq(lab->checks[1].status, CHECK_FAIL);
	cr_expect_eq(lab->checks[2].status, CHECK_BLOCKED);
	cr_expect_null(story_first(&lab->checks[2].story, STORY_HARNESS));
	cr_expect_eq(lab->score, 2);
	cr_expect_eq(lab->status, LAB_GRADED);
	lab_result_free(lab);
}

Test(retry, another_check_than_the_one_asked_for_earns_nothing)
{
	const size_t asked[] = { 1 };
	struct scoring *s = scoring_begin("x", &suite, asked, 1, 0, NULL, NULL);
	struct lab_result *lab;

	feed(s, "1..1\nok 1 one\nok 2 two\n", 1);
	lab = scoring_end(s, NULL);
	cr_expect_eq(lab->checks[0].status, CHECK_ERROR);
	cr_expect_eq(lab->checks[1].status, CHECK_ERROR);
	lab_result_free(lab);
}
