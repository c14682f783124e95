#include "grade/csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "grade/roster.h"

static void writes(const char *text, const char *want)
{
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	csv_text(out, text, 1);
	fclose(out);
	cr_assert_str_eq(got, want);
	free(got);
}

Test(grade_csv, cells)
{
	writes("plain", "plain\n");
	writes("", "\n");
	writes("a,b", "\"a,b\"\n");
	writes("say \"hi\"", "\"say \"\"hi\"\"\"\n");
	writes("a\nb", "a\\x0Ab\n");
	writes("\xff", "\\xFF\n");
}

Test(grade_csv, no_cell_is_a_formula)
{
	writes("=1+1", "\"'=1+1\"\n");
	writes("+1", "\"'+1\"\n");
	writes("-1", "\"'-1\"\n");
	writes("@x", "\"'@x\"\n");
	writes("  =1", "\"'  =1\"\n");
	writes("\t=1", "\\x09=1\n");
	writes("\r=1", "\\x0D=1\n");
	writes("=\",\"", "\"'=\"\",\"\"\"\n");
}

static FILE *from(const char *text)
{
	return fmemopen((void *)(size_t)text, strlen(text), "r");
}

Test(grade_csv, reads_rows)
{
	FILE *in = from("\xEF\xBB\xBFname,id\r\n\"Doe, A.\",\"1\"\"2\"\n\"two\nlines\",\nlast");
	struct csv_row row;

	cr_assert_eq(csv_read(in, &row), 1);
	cr_assert_eq(row.count, 2);
	cr_assert_str_eq(row.cell[0], "name");
	cr_assert_str_eq(row.cell[1], "id");
	csv_row_free(&row);
	cr_assert_eq(csv_read(in, &row), 1);
	cr_assert_str_eq(row.cell[0], "Doe, A.");
	cr_assert_str_eq(row.cell[1], "1\"2");
	csv_row_free(&row);
	cr_assert_eq(csv_read(in, &row), 1);
	cr_assert_str_eq(row.cell[0], "two\nlines");
	cr_assert_str_eq(row.cell[1], "");
	csv_row_free(&row);
	cr_assert_eq(csv_read(in, &row), 1);
	cr_assert_str_eq(row.cell[0], "last");
	csv_row_free(&row);
	cr_assert_eq(csv_read(in, &row), 0);
	fclose(in);
}

Test(grade_csv, a_quote_that_never_ends)
{
	FILE *in = from("\"abc\n");
	struct csv_row row;

	cr_assert_eq(csv_read(in, &row), -1);
	fclose(in);
}

static struct roster roster_of(const char *text)
{
	char path[] = "/tmp/roster-XXXXXX", *why = NULL;
	FILE *out = fdopen(mkstemp(path), "w");
	struct roster roster;

	fputs(text, out);
	fclose(out);
	cr_assert_eq(roster_read(&roster, path, &why), 0, "%s", why);
	remove(path);
	return roster;
}

Test(grade_roster, knows_its_columns)
{
	struct roster r = roster_of("Section,ID,Student\n1,17,Alice Doe\n1,18,Bob\n");

	cr_assert_eq(r.count, 2);
	cr_assert_str_eq(r.at[0].name, "Alice Doe");
	cr_assert_str_eq(r.at[0].id, "17");
	cr_assert_eq(roster_find(&r, "alice doe", NULL), 0);
	cr_assert_eq(roster_find(&r, "18", NULL), 1);
	cr_assert_eq(roster_find(&r, "whoever", "17"), 0);
	cr_assert_eq(roster_find(&r, "Carol", "19"), -1);
	roster_free(&r);
}

Test(grade_roster, without_a_head)
{
	struct roster r = roster_of("alice,1\nbob,2\n\nalice,3\n");

	cr_assert_eq(r.count, 3);
	cr_assert_eq(roster_find(&r, "alice", NULL), -2);
	cr_assert_eq(roster_find(&r, "alice", "3"), 2);
	roster_free(&r);
}
