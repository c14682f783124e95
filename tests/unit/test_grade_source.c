#include "grade/intake/source.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" },
	        { (char *)"lab2", (char *)"tcp-client", (char *)"client", (char *)"" } },
	.count = 2
};
static struct intake in;

static void begin(void)
{
	intake_begin(&in, &table);
}

static void end(void)
{
	intake_free(&in);
}

TestSuite(grade_source, .init = begin, .fini = end);

static void offer(const char *path, const char *text)
{
	intake_offer(&in, path, text, strlen(text), NULL);
}

Test(grade_source, takes_what_fits)
{
	offer("tcp-server/server.c", "int x;\n");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_str_eq(in.source[0].data, "int x;\n");
	cr_assert_eq(in.source[1].status, SOURCE_ABSENT);
	cr_assert_null(in.notes);
}

Test(grade_source, the_better_one_counts_in_any_order)
{
	offer("server.c", "flat");
	offer("tcp-server/server.c", "home");
	offer("deep/er/server.c", "deep");
	intake_end(&in);
	cr_assert_str_eq(in.source[0].data, "home");
	cr_assert_not_null(strstr(in.notes, "not taken: server.c, deep/er/server.c "
	                               "(tcp-server/server.c counts)"));
}

Test(grade_source, two_equally_good_ones_are_no_choice)
{
	offer("a/server.c", "one");
	offer("b/server.c", "two");
	offer("c/server.c", "two");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
	cr_assert_not_null(strstr(in.source[0].words, "two files could be server.c"));
}

Test(grade_source, the_same_bytes_twice_are_one)
{
	offer("a/server.c", "one");
	offer("b/server.c", "one");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
}

Test(grade_source, a_refused_file_is_no_silence)
{
	intake_offer(&in, "tcp-server/server.c", NULL, 0, "it is a FIFO");
	offer("x/server.c", "else");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
	cr_assert_str_eq(in.source[0].words, "tcp-server/server.c: it is a FIFO");
}

Test(grade_source, too_large)
{
	char *big = malloc(SOURCE_MAX + 1);

	memset(big, 'x', SOURCE_MAX + 1);
	intake_offer(&in, "server.c", big, SOURCE_MAX, NULL);
	intake_offer(&in, "client.c", big, SOURCE_MAX + 1, NULL);
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_eq(in.source[1].status, SOURCE_REJECTED);
	free(big);
}

Test(grade_source, a_path_that_leads_out_is_never_taken)
{
	offer("../server.c", "x");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
}

Test(grade_source, what_cannot_be_read_may_hold_what_is_missing)
{
	offer("server.c", "int x;");
	intake_unread(&in, "a.zip", "an archive bomb\x1b");
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_eq(in.source[1].status, SOURCE_REJECTED);
	cr_assert_str_eq(in.source[1].words, "a.zip: an archive bomb\\x1B");
}

/* ---- several containers -------------------------------------------------- */

static void upload(const char *prefix, const char *path, const char *text, int id,
                   unsigned long long order, long long when)
{
	struct upload u = { .id = id, .order = order, .when = when, .entry = prefix };

	intake_open(&in, prefix);
	offer(path, text);
	intake_close(&in, &u);
}

Test(grade_source, of_two_uploads_the_newer_counts_and_the_others_stay)
{
	upload("new.zip", "server.c", "new", 1, 902, 5);
	upload("old.zip", "server.c", "old", 2, 901, 9);
	upload("old.zip", "client.c", "client", 2, 901, 9);
	intake_end(&in);
	cr_assert_str_eq(in.source[0].data, "new");
	cr_assert_str_eq(in.source[1].data, "client");
	cr_assert_eq(in.looks, 0);
}

Test(grade_source, without_numbers_the_date_decides)
{
	upload("old.zip", "server.c", "old", 1, 0, 5);
	upload("new.zip", "server.c", "new", 2, 0, 6);
	intake_end(&in);
	cr_assert_str_eq(in.source[0].data, "new");
}

Test(grade_source, what_nothing_decides_is_a_question)
{
	upload("a.zip", "server.c", "one", 1, 0, 5);
	upload("b.zip", "server.c", "two", 1, 0, 5);
	upload("c.zip", "server.c", "one", 1, 0, 5);
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
	cr_assert_eq(in.looks, 1);
}

static const char *normalised(const char *bytes, size_t len, const char *want, unsigned mark)
{
	char *data = malloc(len + 1);
	unsigned changed;
	const char *why;

	memcpy(data, bytes, len);
	why = source_normalise(&data, &len, &changed);
	if (why) {
		free(data);
		return why;
	}
	cr_assert_eq(len, strlen(want));
	cr_assert_arr_eq(data, want, len);
	cr_assert_eq(changed, mark);
	free(data);
	return NULL;
}

Test(grade_source, line_ends_and_marks)
{
	cr_assert_null(normalised("a\r\nb\r\n", 6, "a\nb\n", SOURCE_HAD_CRLF));
	cr_assert_null(normalised("a\rb\r", 4, "a\rb\r", 0));
	cr_assert_null(normalised("\xEF\xBB\xBF" "a", 4, "a", SOURCE_HAD_BOM));
	cr_assert_null(normalised("\xEF\xBB", 2, "\xEF\xBB", 0));
	cr_assert_null(normalised("", 0, "", 0));
	cr_assert_null(normalised("\xFF\xFE" "a\0\r\0\n\0", 8, "a\n",
	                          SOURCE_HAD_UTF16 | SOURCE_HAD_CRLF));
	cr_assert_null(normalised("\xFE\xFF\0a\xD8\x3D\xDE\x00", 8, "a\xF0\x9F\x98\x80",
	                          SOURCE_HAD_UTF16));
	cr_assert_not_null(normalised("\xFF\xFE" "a\0\0\0", 6, "", 0));
	cr_assert_not_null(normalised("\xFF\xFE" "a\0b", 5, "", 0));
	cr_assert_not_null(normalised("a\0b", 3, "", 0));
}

Test(grade_source, the_sum_sees_every_difference)
{
	char one[SHA256_TEXT], two[SHA256_TEXT];

	offer("server.c", "x");
	intake_end(&in);
	intake_sum(&in, one);
	intake_free(&in);
	intake_begin(&in, &table);
	offer("client.c", "x");
	intake_end(&in);
	intake_sum(&in, two);
	cr_assert_str_neq(one, two);
}

Test(grade_source, what_may_be_work_is_never_lost_among_the_rest)
{
	for (int i = 0; i < 3 * LEFT_MAX; i++)
		intake_leave(&in, "notes.md", NULL, LEFT_ASIDE);
	intake_unread(&in, "labs.rar", "a RAR archive");
	for (int i = 0; i < LEFT_MAX; i++)
		intake_leave(&in, "notes.md", NULL, LEFT_ASIDE);
	intake_end(&in);
	cr_assert_eq(in.looks, 1);
	cr_assert_str_eq(in.look[0].file, "labs.rar");
}

Test(grade_source, the_same_in_two_uploads_is_no_riddle)
{
	upload("a.zip", "server.c", "one", 1, 0, 5);
	upload("b.zip", "server.c", "one", 1, 0, 5);
	intake_end(&in);
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_eq(in.looks, 0);
}
