#include "grade/csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "grade/roster.h"
#include "grade/sheet.h"

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
	writes("\xC2\xA0=1", "\"'\xC2\xA0=1\"\n");
	writes("\xEF\xBC\x9D" "1", "\"'\xEF\xBC\x9D" "1\"\n");
	writes("\xE3\x80\x80\xEF\xBC\x8B" "1", "\"'\xE3\x80\x80\xEF\xBC\x8B" "1\"\n");
	writes("y;=1+1;", "\"y;'=1+1;\"\n");
	writes("y; \xEF\xBC\xA0x", "\"y;' \xEF\xBC\xA0x\"\n");
	writes("=\",\"", "\"'=\"\",\"\"\"\n");
}

/* ---- sheets -------------------------------------------------------------- */

static void is_sheet(const char *bytes, size_t len, char delimiter, const char *want)
{
	struct sheet sheet;
	char *got, *back;
	size_t got_len, back_len;
	FILE *out = open_memstream(&got, &got_len);

	cr_assert_null(sheet_parse(&sheet, bytes, len));
	cr_assert_eq(sheet.delimiter, delimiter, "%s", want);
	for (int i = 0; i < sheet.rows; i++) {
		for (int c = 0; c < sheet.row[i].count; c++)
			fprintf(out, "[%s]", sheet.row[i].cell[c].text);
		fputc('\n', out);
	}
	fclose(out);
	cr_assert_str_eq(got, want);
	free(got);
	/* And back, byte by byte. */
	out = open_memstream(&back, &back_len);
	sheet_encode(&sheet, sheet.text, sheet.len, sheet.mark, out);
	fclose(out);
	cr_assert_eq(back_len, len);
	cr_assert_arr_eq(back, bytes, len);
	free(back);
	sheet_free(&sheet);
}

#define IS_SHEET(bytes, delimiter, want) is_sheet(bytes, sizeof(bytes) - 1, delimiter, want)

Test(grade_sheet, as_they_are_exported)
{
	IS_SHEET("\xEF\xBB\xBFname,id\r\n\"Doe, A.\",\"1\"\"2\"\n\"two\nlines\",\n\nlast", ',',
	         "[name][id]\n[Doe, A.][1\"2]\n[two\nlines][]\n[last]\n");
	IS_SHEET("Name;ID\nDoe, Jane;1234\n", ';', "[Name][ID]\n[Doe, Jane][1234]\n");
	IS_SHEET("Student\tID\nJane\t7", '\t', "[Student][ID]\n[Jane][7]\n");
	IS_SHEET("sep=;\r\na;b\r\n", ';', "[a][b]\n");
	IS_SHEET("M\xFCller,1\n", ',', "[M\xC3\xBCller][1]\n");
	IS_SHEET("\xFF\xFEn\0,\0i\0\n\0J\0\xFC\0,\0001\0", ',', "[n][i]\n[J\xC3\xBC][1]\n");
	IS_SHEET("\xFE\xFF\0a\0,\xD8\x3D\xDE\x00", ',', "[a][\xF0\x9F\x98\x80]\n");
	IS_SHEET("", ',', "");
	IS_SHEET("\r\n\r\n", ',', "");
}

Test(grade_sheet, a_quote_that_never_ends)
{
	struct sheet sheet;

	cr_assert_not_null(sheet_parse(&sheet, "\"abc\n", 5));
}

/* ---- rosters ------------------------------------------------------------- */

static struct roster made_of(const char *text)
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

static int who(const struct roster *r, const char *name, const char *id, const char *email)
{
	struct person p = { (char *)name, (char *)id, (char *)email };

	return roster_find(r, &p);
}

Test(grade_roster, knows_its_columns)
{
	struct roster r = made_of("Section,ID,Student\n1,17,Alice Doe\n1,18,Bob\n");

	cr_assert_eq(r.count, 2);
	cr_assert_str_eq(r.at[0].name, "Alice Doe");
	cr_assert_str_eq(r.at[0].id, "17");
	cr_assert_eq(who(&r, "alice doe", NULL, NULL), 0);
	cr_assert_eq(who(&r, "18", NULL, NULL), 1);
	cr_assert_eq(who(&r, "whoever", "17", NULL), 0);
	cr_assert_eq(who(&r, "Carol", "19", NULL), -1);
	cr_assert_eq(who(&r, "Bob", "17", NULL), -2, "the number says one, the name another");
	roster_free(&r);
}

Test(grade_roster, without_a_head)
{
	struct roster r = made_of("alice,1\nbob,2\n\nalice,3\n");

	cr_assert_eq(r.count, 3);
	cr_assert_eq(who(&r, "alice", NULL, NULL), -2);
	cr_assert_eq(who(&r, "alice", "3", NULL), 2);
	roster_free(&r);
}

Test(grade_roster, canvas)
{
	struct roster r = made_of("\xEF\xBB\xBFStudent,ID,SIS User ID,SIS Login ID,Section,Lab (7)\r\n"
	                          "    Points Possible,,,,,100.00\r\n"
	                          "\"van der Berg, Zo\xC3\x8B\",40000,S1,zberg,A,\r\n"
	                          "\"O'Brien, Aaron\",40001,S2,aob,A,\r\n"
	                          "\"Student, Test\",9,,0123,A,\r\n");

	cr_assert_eq(r.count, 2);
	cr_assert_eq(who(&r, "vanderbergzo\xC3\xAB", "40000", NULL), 0);
	cr_assert_eq(who(&r, "vanderbergzo\xC3\xAB", NULL, NULL), 0);
	cr_assert_eq(who(&r, "Aaron O'Brien", "submission_3", NULL), 1);
	cr_assert_eq(who(&r, "x", NULL, "AOB"), 1);
	roster_free(&r);
}

Test(grade_roster, moodle_gradescope_blackboard)
{
	struct roster r = made_of("Identifier,Full name,Email address\nParticipant 1766,Wei Zhang,w1@x\n"
	                          "Participant 1769,Wei Zhang,w2@x\n");

	cr_assert_eq(who(&r, "Wei Zhang", "1769", NULL), 1);
	cr_assert_eq(who(&r, "Wei Zhang", NULL, NULL), -2);
	cr_assert_eq(who(&r, "Participant", "1766", NULL), 0);
	cr_assert_eq(who(&r, "zhangwei", NULL, NULL), -2);
	roster_free(&r);
	r = made_of("First Name,Last Name,SID,Email,Role\nJane,\"Doe \"\"JJ\"\"\",7,j@x,Student\n"
	            "Prof,Essor,8,p@x,Instructor\n");
	cr_assert_eq(r.count, 1);
	cr_assert_str_eq(r.at[0].name, "Jane Doe \"JJ\"");
	cr_assert_eq(who(&r, "Jane Doe JJ", NULL, NULL), 0);
	cr_assert_eq(who(&r, "x", "0", "J@X"), 0);
	roster_free(&r);
	r = made_of("\"Last name\";\"First name\";\"Username\";\"Student ID\"\n\"Doe\";\"Jane\";\"jdoe\";\"12\"\n");
	cr_assert_str_eq(r.at[0].id, "12");
	cr_assert_eq(who(&r, "doejane", NULL, NULL), 0);
	cr_assert_eq(who(&r, "jdoe", NULL, NULL), 0);
	roster_free(&r);
}

Test(grade_roster, heads_in_other_languages)
{
	struct roster r = made_of("Vorname;Nachname;Matrikelnummer;E-Mail-Adresse\nJane;Doe;12;j@x\n");

	cr_assert_eq(r.count, 1);
	cr_assert_str_eq(r.at[0].name, "Jane Doe");
	cr_assert_str_eq(r.at[0].id, "12");
	roster_free(&r);
	r = made_of("ID,Vollst\xC3\xA4ndiger Name\nTeilnehmer/in 1766,Jane Doe\n");
	cr_assert_eq(who(&r, "x", "1766", NULL), 0);
	roster_free(&r);
}

Test(grade_roster, a_name_turned_round_counts_after_one_that_is_not)
{
	struct roster r = made_of("Name,ID\nLee Ann,1\nAnn Lee,2\nZo\xC3\xAB van der Berg,3\n");

	cr_assert_eq(who(&r, "Lee Ann", NULL, NULL), 0);
	cr_assert_eq(who(&r, "annlee", NULL, NULL), 1);
	cr_assert_eq(who(&r, "vanderbergzo\xC3\xAB", NULL, NULL), 2);
	cr_assert_eq(who(&r, "berg", NULL, NULL), -1);
	roster_free(&r);
}

Test(grade_roster, a_team_is_all_of_its_members)
{
	struct roster r = made_of("Name,ID,Groups\nA,1,Team 3\nB,2,\"Team 1, Team 3\"\nC,3,Team 33\n");
	struct submission team = { .name = (char *)"Team 3", .plain = (char *)"Team 3" };
	int *members;

	cr_assert_eq(roster_match(&r, &team, &members), 2);
	cr_assert_eq(members[0], 0);
	cr_assert_eq(members[1], 1);
	free(members);
	team.plain = (char *)"team33"; /* as Canvas writes it */
	cr_assert_eq(roster_match(&r, &team, &members), 1);
	cr_assert_eq(members[0], 2);
	free(members);
	roster_free(&r);
}
