#include "grade/intake/names.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" },
	        { (char *)"lab2", (char *)"tcp-client", (char *)"client", (char *)"" },
	        { (char *)"lab4", (char *)"udp-talker", (char *)"talker", (char *)"" },
	        { (char *)"lab5", (char *)"connected-udp", (char *)"connected-talker",
	          (char *)"" } },
	.count = 4
};

/* ---- submissions --------------------------------------------------------- */

static void parses(const char *name, bool folder, enum member_kind kind, const char *student,
                   const char *id, const char *file)
{
	struct member m = member_parse(name, folder);

	cr_assert_eq(m.kind, kind, "%s", name);
	if (student)
		cr_assert_str_eq(m.student, student, "%s: %s", name, m.student);
	cr_assert_eq(!m.id, !id, "%s", name);
	if (id)
		cr_assert_str_eq(m.id, id, "%s", name);
	cr_assert_eq(!m.file, !file, "%s", name);
	if (file)
		cr_assert_str_eq(m.file, file, "%s", name);
	member_free(&m);
}

Test(grade_names, folders_and_archives)
{
	parses("alice", true, MEMBER_WORK, "alice", NULL, NULL);
	parses("alice.zip", false, MEMBER_WORK, "alice", NULL, NULL);
	parses("alice.smith.tar.gz", false, MEMBER_WORK, "alice.smith", NULL, NULL);
	parses("a.ZIP", false, MEMBER_WORK, "a", NULL, NULL);
	parses("folder.zip", true, MEMBER_WORK, "folder.zip", NULL, NULL);
	parses(".zip", false, MEMBER_JUNK, NULL, NULL, NULL);
}

Test(grade_names, canvas)
{
	parses("doealice_1234_56789_server.c", false, MEMBER_WORK, "doealice", "1234",
	       "server.c");
	parses("doealice_LATE_1234_56789_server-1.c", false, MEMBER_WORK, "doealice", "1234",
	       "server-1.c");
	parses("doealice_1234_56789_work.zip", false, MEMBER_WORK, "doealice", "1234",
	       "work.zip");
	parses("doe_alice_12_34_my_server_1_2_x.c", false, MEMBER_WORK, "doe_alice", "12",
	       "my_server_1_2_x.c");
	parses("alice_12_34_", false, MEMBER_WORK, "alice_12_34_", NULL, NULL);
	parses("_12_34_server.c", false, MEMBER_WORK, "_12_34_server.c", NULL, NULL);
}

Test(grade_names, canvas_orders_by_the_number_of_the_file)
{
	struct member m = member_parse("alice_LATE_1_987654321012_server.c", false);

	cr_assert_eq(m.order, 987654321012ULL);
	cr_assert(m.late);
	member_free(&m);
}

Test(grade_names, moodle)
{
	parses("Alice Doe_4711_assignsubmission_file_", true, MEMBER_WORK, "Alice Doe", "4711",
	       NULL);
	parses("Alice Doe_4711_assignsubmission_file_server.c", false, MEMBER_WORK, "Alice Doe",
	       "4711", "server.c");
	parses("Alice Doe_4711_assignsubmission_file_all.tgz", false, MEMBER_WORK, "Alice Doe",
	       "4711", "all.tgz");
	parses("Team 3_assignsubmission_file_", true, MEMBER_WORK, "Team 3", NULL, NULL);
	parses("Participant_77_assignsubmission_onlinetext", true, MEMBER_TEXT, "Participant", "77",
	       NULL);
}

Test(grade_names, canvas_without_files_and_without_names)
{
	parses("doe_LATE_12_text.html", false, MEMBER_TEXT, "doe", "12", "text.html");
	parses("doe_12_link.html", false, MEMBER_TEXT, "doe", "12", "link.html");
	parses("doe_12_34_text.html", false, MEMBER_WORK, "doe", "12", "text.html");
	parses("anon_a3Fq9_9077_client.c", false, MEMBER_WORK, "anon_a3Fq9", "a3Fq9", "client.c");
	parses("anon_LATE_a3Fq9_9077_client.c", false, MEMBER_WORK, "anon_a3Fq9", "a3Fq9",
	       "client.c");
	parses("anon_a3Fq9_text.html", false, MEMBER_TEXT, "anon_a3Fq9", "a3Fq9", "text.html");
	parses("anon", true, MEMBER_WORK, "anon", NULL, NULL);
	parses(".grade_5_100_client.c", false, MEMBER_WORK, ".grade", "5", "client.c");
}

Test(grade_names, junk)
{
	parses(".DS_Store", false, MEMBER_JUNK, NULL, NULL, NULL);
	parses("__MACOSX", true, MEMBER_JUNK, NULL, NULL, NULL);
	parses("submission_metadata.yml", false, MEMBER_JUNK, NULL, NULL, NULL);
	parses("roster.csv", false, MEMBER_JUNK, NULL, NULL, NULL);
}

/* ---- folders of results -------------------------------------------------- */

static void folder(const char *student, const char *want)
{
	char *got = folder_name(student);

	cr_assert_str_eq(got, want);
	free(got);
}

Test(grade_names, folder_names)
{
	folder("alice", "alice");
	folder("Zo\xC3\xAB M.", "Zo\xC3\xAB M.");
	folder("../../etc", "%2E.%2F..%2Fetc");
	folder(".", "%2E");
	folder("-rf", "%2Drf");
	folder("a%2Fb", "a%252Fb");
	folder("a\nb\x1b", "a%0Ab%1B");
	folder("\xff", "%FF");
	folder("\xE2\x80\xAE" "evil", "%E2%80%AEevil");
	folder("", "%");
}

Test(grade_names, long_names_stay_apart)
{
	char a[400], b[400], *x, *y;

	memset(a, 'n', sizeof(a));
	a[399] = '\0';
	memcpy(b, a, sizeof(b));
	b[398] = 'm';
	x = folder_name(a);
	y = folder_name(b);
	cr_assert_str_neq(x, y);
	cr_assert_leq(strlen(x), 200);
	free(x);
	free(y);
}

/* ---- sources ------------------------------------------------------------- */

static unsigned claims(const char *path, const char *program)
{
	struct claim claim = claim_of(&table, path);

	if (!program) {
		cr_assert_eq(claim.lab, -1, "%s", path);
		return 0;
	}
	cr_assert_geq(claim.lab, 0, "%s", path);
	cr_assert_str_eq(table.at[claim.lab].program, program, "%s", path);
	cr_assert_neq(claim.tier, TIER_OUTSIDE, "%s", path);
	return (unsigned)claim.tier * 10000 + claim.rank;
}

Test(grade_names, which_source)
{
	claims("tcp-server/server.c", "server");
	claims("./tcp-server//server.c", "server");
	claims("connected-udp/connected-talker.c", "connected-talker");
	claims("talker.c", "talker");
	claims("talker-3.c", "talker");
	claims("talker (1).c", "talker");
	claims("x/y/z/Client.C", "client");
	claims("server.c/", NULL);
	claims("server.c/other", NULL);
	claims("observer.c", NULL);
	claims("server.h", NULL);
	claims(".c", NULL);
	claims("", NULL);
	claims("/", NULL);
	claims(".git/server.c", NULL);
	claims("__MACOSX/tcp-server/server.c", NULL);
	claims("tcp-server/._server.c", NULL);
}

Test(grade_names, better_and_worse)
{
	static const char *const order[] = {
		"tcp-server/server.c", "work/tcp-server/server.c", "server.c", "work/server.c",
		"tcp-server/Server.c", "tcp-server/server-1.c", "server-x.c", "tcp-server/x.c",
		"starter/tcp-server/server.c"
	};

	for (size_t i = 1; i < sizeof(order) / sizeof(order[0]); i++)
		cr_assert_lt(claims(order[i - 1], "server"), claims(order[i], "server"),
		             "%s before %s", order[i - 1], order[i]);
}

Test(grade_names, outside)
{
	static const char *const paths[] = {
		"/tcp-server/server.c", "../server.c", "a/../../tcp-server/server.c",
		"tcp-server/../../server.c"
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		cr_assert_eq(claim_of(&table, paths[i]).tier, TIER_OUTSIDE, "%s", paths[i]);
}
