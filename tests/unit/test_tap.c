#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "judge/tap.h"

/* Writes each line as "KIND ok? number cut? [text]" so that a test can read as a list. */
struct heard {
	FILE *out;
	char *text;
	size_t size;
};

static void write_line(void *context, const struct tap_line *line)
{
	static const char *const kinds[] = { "plan", "result", "comment", "bail", "other" };
	struct heard *heard = context;
	char *text = text_escaped(line->text, line->len > 60 ? 60 : line->len, TEXT_PLAIN);

	fprintf(heard->out, "%s", kinds[line->kind]);
	if (line->kind == TAP_RESULT)
		fprintf(heard->out, " %s", line->ok ? "ok" : "not");
	if (line->kind == TAP_PLAN || line->kind == TAP_RESULT)
		fprintf(heard->out, " %ld", line->number);
	fprintf(heard->out, "%s [%s]\n", line->cut ? " cut" : "", text);
	free(text);
}

/* Feeds LEN bytes in pieces of STEP and compares what was heard. */
static void hears_in(const char *bytes, size_t len, size_t step, const char *expected)
{
	struct heard heard = { 0 };
	struct tap tap;

	heard.out = open_memstream(&heard.text, &heard.size);
	tap_begin(&tap, write_line, &heard);
	for (size_t at = 0; at < len; at += step)
		cr_assert(tap_feed(&tap, bytes + at, len - at < step ? len - at : step));
	tap_end(&tap);
	fclose(heard.out);
	cr_expect_str_eq(heard.text, expected);
	free(heard.text);
}

#define HEARS(bytes, expected) do { \
	for (size_t step_ = 1; step_ <= sizeof(bytes); step_++) \
		hears_in(bytes, sizeof(bytes) - 1, step_, expected); \
} while (0)

Test(tap, hears_what_bats_prints)
{
	HEARS("1..3\n"
	      "ok 1 one\n"
	      "not ok 2 two\n"
	      "# (in test file x.bats, line 3)\n"
	      "#   `false' failed\n"
	      "ok 3 three # skip blocked: two\n",
	      "plan 3 []\n"
	      "result ok 1 [one]\n"
	      "result not 2 [two]\n"
	      "comment [(in test file x.bats, line 3)]\n"
	      "comment [  `false' failed]\n"
	      "result ok 3 [three # skip blocked: two]\n");
}

Test(tap, knows_the_edges_of_each_form)
{
	HEARS("1..0\n1..0 # skip\n1..3x\n1..\n1..03\n1..9999999999\n 1..3\n",
	      "plan 0 []\nplan 0 [ # skip]\nother [1..3x]\nother [1..]\nother [1..03]\n"
	      "other [1..9999999999]\nother [ 1..3]\n");
	HEARS("ok\nok 1\nok 1 \nok  1 a\nok a\nokay 1 a\nok1\nok 01 a\nok 1a\nok -1 a\nok 1234567890 a\n",
	      "result ok -1 []\nresult ok 1 []\nresult ok 1 []\nresult ok -1 [ 1 a]\n"
	      "result ok -1 [a]\nother [okay 1 a]\nother [ok1]\nresult ok -1 [01 a]\n"
	      "result ok -1 [1a]\nresult ok -1 [-1 a]\nresult ok -1 [1234567890 a]\n");
	HEARS("not ok\nnot ok 7 a\nnot  ok 7\nnot okay\n ok 1 a\nOK 1 a\n",
	      "result not -1 []\nresult not 7 [a]\nother [not  ok 7]\nother [not okay]\n"
	      "other [ ok 1 a]\nother [OK 1 a]\n");
	HEARS("#\n#a\n# \n#  a\n\nBail out!\nBail out! no box\nTAP version 13\n",
	      "comment []\ncomment [a]\ncomment []\ncomment [ a]\nother []\nbail []\n"
	      "bail [ no box]\nother [TAP version 13]\n");
}

Test(tap, only_newline_ends_a_line)
{
	HEARS("# a\rok 1 b\v\f\xE2\x80\xA8ok 2 c\xC2\x85ok 3 d\0ok 4 e\nok 1 f\r\n",
	      "comment [a\\x0Dok 1 b\\x0B\\x0C\\xE2\\x80\\xA8ok 2 c\\xC2\\x85ok 3 d\\x00ok 4 e]\n"
	      "result ok 1 [f\\x0D]\n");
}

Test(tap, nul_and_invalid_utf8_pass_through)
{
	HEARS("ok 1 a\0b\n\xFF\xFEok 2 c\n", "result ok 1 [a\\x00b]\nother [\\xFF\\xFEok 2 c]\n");
}

Test(tap, a_line_without_its_end_is_cut)
{
	HEARS("1..2\nok 1 a\nok 2 na", "plan 2 []\nresult ok 1 [a]\nresult ok 2 cut [na]\n");
	HEARS("1..2", "plan 2 cut []\n");
	HEARS("", "");
}

Test(tap, a_giant_line_is_kept_to_its_limit)
{
	size_t len = TAP_LINE_MAX + 5000;
	char *bytes = malloc(len), *expected;
	struct heard heard = { 0 };
	struct tap tap;

	memset(bytes, 'x', len);
	memcpy(bytes, "ok 1 a", 6);
	memcpy(bytes + len - 7, "\nok 2 b", 7);
	heard.out = open_memstream(&heard.text, &heard.size);
	tap_begin(&tap, write_line, &heard);
	for (size_t at = 0; at < len; at += 1000)
		tap_feed(&tap, bytes + at, len - at < 1000 ? len - at : 1000);
	tap_feed(&tap, "\n", 1);
	tap_end(&tap);
	fclose(heard.out);
	expected = text_format("result ok 1 cut [a%0*d]\nresult ok 2 [b]\n", 59, 0);
	for (char *c = strchr(expected, 'a') + 1; *c == '0'; c++)
		*c = 'x';
	cr_expect_str_eq(heard.text, expected);
	free(expected);
	free(heard.text);
	free(bytes);
}

Test(tap, an_endless_stream_is_refused)
{
	struct heard heard = { 0 };
	struct tap tap;
	static char flood[1 << 20];
	int fed = 0;

	memset(flood, '#', sizeof(flood));
	heard.out = fopen("/dev/null", "w");
	tap_begin(&tap, write_line, &heard);
	while (fed < 1000 && tap_feed(&tap, flood, sizeof(flood)))
		fed++;
	cr_expect_eq(fed, TAP_TOTAL_MAX / (1 << 20));
	cr_expect_not(tap_feed(&tap, "\nok 1 a\n", 8));
	tap_end(&tap);
	fclose(heard.out);
}
