#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "check/board.h"
#include "check/page.h"
#include "judge/scoring.h"
#include "check/view.h"

/* ---- a page in memory ---------------------------------------------------------- */

static char *drawn;
static size_t drawn_size;

static struct page paper(int width)
{
	return (struct page){
		.out = open_memstream(&drawn, &drawn_size), .width = width, .utf8 = true
	};
}

static void shows(struct page *page, const char *expected)
{
	fclose(page->out);
	cr_expect_str_eq(drawn, expected, "drew:\n%s\nnot:\n%s", drawn, expected);
	free(drawn);
	drawn = NULL;
}

/* ---- words ---------------------------------------------------------------------- */

Test(page, wraps_between_words_and_indents)
{
	struct page page = paper(40);

	page_wrap(&page, INK_PLAIN, 10, "one two three four five six seven eight nine ten", INK_PLAIN, NULL);
	shows(&page, "one two three four five six\n"
	             "          seven eight nine ten\n");
}

Test(page, breaks_a_word_that_is_too_long_and_no_character)
{
	struct page page = paper(40);

	page_wrap(&page, INK_PLAIN, 30, "abcdefghijklmno", INK_PLAIN, NULL);
	page_wrap(&page, INK_PLAIN, 30, "a\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0", INK_PLAIN, NULL);
	page_wrap(&page, INK_PLAIN, 30, "", INK_PLAIN, NULL);
	shows(&page, "abcdefghij\n                              klmno\n"
	             "a\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\n"
	             "                              \xE4\xBD\xA0\n\n");
}

Test(page, puts_words_at_the_right_edge_of_the_first_line)
{
	struct page page = paper(40);

	page_wrap(&page, INK_PLAIN, 10, "short", INK_PLAIN, "2/2");
	page_wrap(&page, INK_PLAIN, 10, "a name that is too long for one line of it", INK_PLAIN, "10/10");
	shows(&page, "short                      2/2\n"
	             "a name that is too long  10/10\n"
	             "          for one line of it\n");
}

Test(page, breaks_bytes_at_the_edge_only)
{
	struct page page = paper(40);

	page_chunk(&page, INK_PLAIN, 30, "ab cd  efghij klm", NULL, INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "", NULL, INK_PLAIN);
	shows(&page, "ab cd  efg\n                              hij klm\n\n");
}

Test(page, keeps_marks_under_what_they_mark)
{
	struct page page = paper(40);

	page_chunk(&page, INK_PLAIN, 30, "abc", "  ^", INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "abc", "   ^", INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "abcdefghijklm", "           ^", INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "abcdefghijklm", "^", INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "\xE4\xBD\xA0" "b", "  ^", INK_PLAIN);
	page_chunk(&page, INK_PLAIN, 30, "abcdefghij", "          ^", INK_PLAIN);
	shows(&page,
	      "abc\n                                ^\n"
	      "abc\n                                 ^\n"
	      "abcdefghij\n                              klm\n                               ^\n"
	      "abcdefghij\n                              ^\n                              klm\n"
	      "\xE4\xBD\xA0" "b\n                                ^\n"
	      "abcdefghij\n                                        ^\n");
}

Test(page, on_ascii_shows_bytes_and_moves_the_marks)
{
	struct page page = paper(80);

	page.utf8 = false;
	page_chunk(&page, INK_PLAIN, 2, "\xC3\xA9-Y", "  ^", INK_PLAIN);
	page_words(&page, INK_PLAIN, "%s %s\n", page_sign(&page, SIGN_FAIL), "\xC3\xA9");
	shows(&page, "\\xC3\\xA9-Y\n           ^\nx \\xC3\\xA9\n");
}

Test(page, never_lets_a_control_byte_through)
{
	struct page page = paper(80);

	page_put(&page, INK_PLAIN, "a\033[1mb\n");
	page_words(&page, INK_PLAIN, "%s", "c\033d\r");
	page_wrap(&page, INK_PLAIN, 0, "e\033\xC2\x9B", INK_PLAIN, NULL);
	page_chunk(&page, INK_PLAIN, 0, "f\033", NULL, INK_PLAIN);
	shows(&page, "a\\x1B[1mb\\x0Ac\\x1Bd\\x0De\\x1B\\xC2\\x9B\nf\\x1B\n");
}

Test(page, a_bar_is_full_only_at_the_top_and_empty_only_at_nothing)
{
	static const struct { int score, max; const char *bar; } bars[] = {
		{ 0, 20, "...." }, { 1, 20, "#..." }, { 10, 20, "##.." }, { 19, 20, "###." },
		{ 20, 20, "####" }, { 0, 0, "...." },
	};

	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++) {
		struct page page = paper(80);

		page.utf8 = false;
		page_bar(&page, bars[i].score, bars[i].max, 4);
		shows(&page, bars[i].bar);
	}
}

Test(page, colours_only_where_there_are_any)
{
	struct page page = paper(80);

	page.colour = true;
	page_put(&page, INK_BAD, "x");
	page_put(&page, INK_PLAIN, "y");
	page.colour = false;
	page_put(&page, INK_BAD, "z");
	shows(&page, "\033[31mx\033[0myz");
}

Test(page, draws_over_a_line_only_when_live)
{
	struct page page = paper(40);

	page_progress(&page, "running %d", 1);
	page_wipe(&page);
	page.live = true;
	page_progress(&page, "%s", "0123456789012345678901234567890123456789");
	shows(&page, "\r\033[K012345678901234567890123456789012345678");
}

Test(page, a_file_gets_a_plain_page_of_80_columns)
{
	FILE *file = tmpfile();
	struct page page = page_for(file);

	cr_expect_eq(page.width, 80);
	cr_expect_not(page.colour);
	cr_expect_not(page.live);
	fclose(file);
}

/* ---- a lab ------------------------------------------------------------------------ */

static struct suite suite;
static struct lab lab;
static struct todos todos;

static void read_suite(void)
{
	char *text = NULL, *why = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size), *in;

	for (int i = 1; i <= 12; i++)
		fprintf(out, "# bats test_tags=todo:%d,points:1\n@test \"check %d\" {\n}\n", (i + 2) / 3, i);
	fclose(out);
	in = fmemopen(text, size, "r");
	cr_assert_eq(suite_read_from(&suite, in, "x.bats", &why), 0, "%s", why);
	fclose(in);
	free(text);
	lab = (struct lab){ (char *)(size_t)"lab2", (char *)(size_t)"tcp-client",
	                    (char *)(size_t)"client", (char *)(size_t)"A client" };
	todos_read(&todos, "/dev/null", "/dev/null");
}

static void drop_suite(void)
{
	suite_free(&suite);
	todos_free(&todos);
}

TestSuite(view, .init = read_suite, .fini = drop_suite);

/* The outcome of a run in which the first PASSED checks pass and all others fail. */
static void outcome(struct page *page, int passed, const char *more)
{
	char *tap = NULL;
	size_t size;
	FILE *out = open_memstream(&tap, &size);
	struct view view = {
		.lab = &lab, .todos = &todos, .source = "labs/tcp-client/client.c",
		.handout = "labs/tcp-client/README.md", .log = "x.log", .from = "", .ran = true
	};
	struct lab_result *result;

	fprintf(out, "1..12\n");
	for (int i = 1; i <= 12; i++)
		fprintf(out, "%sok %d check %d\n%s", i <= passed ? "" : "not ", i, i,
		        i <= passed ? "" : more);
	fclose(out);
	result = lab_result_from_tap("tcp-client", &suite, tap, size, NULL);
	view.result = result;
	view_outcome(page, &view, NULL);
	lab_result_free(result);
	free(tap);
}

Test(view, many_failures_are_one_story_and_a_bounded_list)
{
	struct page page = paper(80);

	outcome(&page, 1, "# symptom: It is silent.\n");
	shows(&page,
	      "\n  1 of 12 points  █░░░░░░░░░░░░░░░░░░░\n"
	      "\n✗ 2  check 2\n"
	      "\n  It is silent.\n"
	      "\n  read      labs/tcp-client/README.md\n"
	      "  again     make check-lab2 ONLY=2\n"
	      "\nThen (V=1 tells all of it):\n"
	      "✗ 3  It is silent.\n✗ 4  It is silent.\n✗ 5  It is silent.\n✗ 6  It is silent.\n"
	      "✗ 7  It is silent.\n✗ 8  It is silent.\n✗ 9  It is silent.\n✗ 10  It is silent.\n"
	      "     and 2 more\n");
}

Test(view, advice_is_bounded)
{
	for (int verbose = 0; verbose < 2; verbose++) {
		struct page page = paper(80);
		int told = 0;

		page.verbose = verbose;
		outcome(&page, 1, "# tell: mind the gap\n");
		fclose(page.out);
		for (char *at = drawn; (at = strstr(at, "mind the gap")); at++)
			told++;
		cr_expect_eq(told, verbose ? 10 : 3);
		free(drawn);
	}
}

Test(view, all_points_are_praised)
{
	struct page page = paper(80);

	outcome(&page, 12, "");
	shows(&page, "\n  12 of 12 points  ████████████████████\n\n✓ Well done: lab2 earns every point.\n");
}

/* ---- several labs --------------------------------------------------------------------- */

static void row(struct page *page, struct standing standing)
{
	const struct lab *labs[] = { &lab };
	struct board board = board_for(page, labs, &standing, 1);

	board_row(page, &board, &lab, &standing);
}

Test(view, a_row_says_each_state_in_words)
{
	struct standing s = { .known = true, .score = 7, .max = 20, .stars = 1, .max_stars = 2, .todo = 3 };
	struct page page = paper(80);

	row(&page, s);
	s.changed = true;
	row(&page, s);
	s.changed = false;
	s.status = LAB_NOT_SUBMITTED;
	row(&page, s);
	s.status = LAB_REJECTED;
	row(&page, s);
	s.status = LAB_HARNESS_ERROR;
	row(&page, s);
	s.known = false;
	row(&page, s);
	s.untouched = true;
	row(&page, s);
	shows(&page,
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  7/20  ★☆  TODO 3\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  7/20  ★☆  TODO 3, changed\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  7/20  ★☆  no client.c\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  7/20  ★☆  rejected\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  7/20  ★☆  could not be judged\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  -/20  ★☆  not checked yet\n"
	      "  lab2  tcp-client  ███████░░░░░░░░░░░░░  0/20  ★☆  not started\n");
}

Test(view, many_stars_are_a_number)
{
	struct standing s = { .known = true, .score = 20, .max = 20, .stars = 3, .max_stars = 12 };
	struct page page = paper(80);

	row(&page, s);
	shows(&page, "  lab2  tcp-client  ████████████████████  20/20  3/12   done\n");
}

Test(view, a_narrow_page_has_shorter_bars)
{
	struct standing s = { .known = true, .score = 20, .max = 20, .stars = 2, .max_stars = 2 };
	struct page page = paper(60);

	row(&page, s);
	shows(&page, "  lab2  tcp-client  ████████  20/20  ★★  done\n");
}
