#include "grade/intake/class.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/stage.h"

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" },
	        { (char *)"lab2", (char *)"tcp-client", (char *)"client", (char *)"" } },
	.count = 2
};
static const struct labs *graded;
static char dir[] = "/tmp/grade-class-XXXXXX";
static int dir_fd;

static void begin(void)
{
	cr_assert_not_null(mkdtemp(dir));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void end(void)
{
	close(dir_fd);
	stage_remove(dir);
}

TestSuite(grade_class, .init = begin, .fini = end, .timeout = 30);

/* A file of the class's folder, its folders made on the way. */
static void put(const char *path, const char *text)
{
	char *whole = text_format("%s/%s", dir, path);
	FILE *out;

	for (char *p = strchr(whole + strlen(dir) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(whole, 0755);
		*p = '/';
	}
	out = fopen(whole, "w");
	cr_assert_not_null(out, "%s", whole);
	fputs(text, out);
	fclose(out);
	free(whole);
}

static const struct submission *find(const struct class *class, const char *name)
{
	for (int i = 0; i < class->count; i++)
		if (strcmp(class->at[i].name, name) == 0)
			return &class->at[i];
	cr_assert_fail("no %s", name);
	return NULL;
}

static struct intake take(const struct class *class, const char *name)
{
	struct intake in;

	submission_intake(&in, &table, graded, dir_fd, find(class, name), (uid_t)-1);
	return in;
}

Test(grade_class, groups_what_is_one_students)
{
	struct class class;

	put("alice/tcp-server/server.c", "a");
	put("bob_11_101_server.c", "old");
	put("bob_11_109_server-1.c", "new");
	put("bob_11_102_client.c", "client");
	put("Carol D_7_assignsubmission_file_/client.c", "c");
	put(".DS_Store", "");
	cr_assert_eq(class_scan(&class, dir_fd), 0);
	cr_assert_eq(class.count, 3);
	cr_assert_eq(class.ignores, 1);
	cr_assert_eq(find(&class, "bob")->parts, 3);
	cr_assert_str_eq(find(&class, "Carol D")->id, "7");
	class_free(&class);
}

Test(grade_class, of_two_files_the_later_number_counts)
{
	struct class class;
	struct intake in;

	put("bob_11_101_server.c", "old");
	put("bob_11_109_server-1.c", "new");
	put("bob_11_102_client.c", "client");
	class_scan(&class, dir_fd);
	in = take(&class, "bob");
	cr_assert_str_eq(in.source[0].data, "new");
	cr_assert_str_eq(in.source[1].data, "client");
	cr_assert_not_null(strstr(in.notes, "bob_11_109_server-1.c is newer and counts, "
	                               "bob_11_101_server.c does not"));
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, two_of_one_name_stay_two)
{
	struct class class;

	put("ann_1_10_server.c", "one");
	put("ann_2_11_server.c", "two");
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 2);
	find(&class, "ann_1");
	find(&class, "ann_2");
	class_free(&class);
}

Test(grade_class, what_cannot_be_read_hides_nothing)
{
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct class class;
	struct intake in;

	put("a/server.c", "good");
	put("a_1_7_server.c", "other"); /* somebody else's */
	put("a/tcp-client/client.c", "c");
	put("a.tar", "no archive");
	utimensat(dir_fd, "a.tar", old, 0);
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 2);
	in = take(&class, "a");
	cr_assert_str_eq(in.source[0].data, "good");
	cr_assert_str_eq(in.source[1].data, "c");
	cr_assert_not_null(strstr(in.notes, "a.tar (not a zip, tar or 7z archive"));
	cr_assert_eq(in.looks, 0, "nothing is missing");
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, links_are_not_followed)
{
	struct class class;
	struct intake in;

	put("m/note", "");
	symlinkat("/etc", dir_fd, "m/tcp-server");
	symlinkat("/etc/passwd", dir_fd, "m/client.c");
	symlinkat("/etc", dir_fd, "n");
	class_scan(&class, dir_fd);
	in = take(&class, "m");
	cr_assert_eq(in.source[0].status, SOURCE_ABSENT);
	cr_assert_eq(in.source[1].status, SOURCE_REJECTED);
	intake_free(&in);
	in = take(&class, "n");
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
	cr_assert_str_eq(in.source[0].words, "n: it is a symbolic link");
	cr_assert_eq(in.looks, 1);
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, a_line_says_all)
{
	struct part parts[2] = {
		{ (char *)"x\n\xff_1_22_server.c", (char *)"server.c", 22, true, true },
		{ (char *)"-rf \"\\", NULL, 0, false, false }
	};
	struct submission s = {
		.name = (char *)"x\n\xff", .id = (char *)"1", .folder = (char *)"x%0A%FF",
		.part = parts, .parts = 2
	};
	struct submission *back;
	char *line;
	size_t len;
	FILE *out = open_memstream(&line, &len);

	submission_write(&s, out);
	fclose(out);
	cr_assert_eq(strcspn(line, "\n"), len - 1, "one line");
	back = submission_parse(line);
	cr_assert_str_eq(back->name, s.name);
	cr_assert_str_eq(back->id, "1");
	cr_assert_eq(back->parts, 2);
	cr_assert_str_eq(back->part[0].entry, parts[0].entry);
	cr_assert_eq(back->part[0].order, 22);
	cr_assert(back->part[0].late);
	cr_assert(back->part[0].text);
	cr_assert_null(back->part[1].file);
	submission_free(back);
	free(line);
	cr_assert_null(submission_parse("{}"));
	cr_assert_null(submission_parse("no JSON"));
}

Test(grade_class, gradescope_names_its_folders)
{
	struct class class;

	put("submission_5/server.c", "x");
	put("submission_6/server.c", "y");
	put("submission_7/server.c", "z");
	put("submission_metadata.yml",
	    "---\nsubmission_5:\n  :submitters:\n  - :name: Conan O'Brien\n    :sid: '3'\n"
	    "  - :name: 'Sin\xC3\xA9" "ad O''Connor'\n    :email: s@x\n"
	    "  :created_at: 2026-11-20 10:00:00.000000000 Z\n"
	    "submission_6:\n  :submitters:\n  - :name: \"Jane \\\"JJ\\\" Doe\"\n"
	    "submission_9:\n  :submitters: []\n");
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 3);
	cr_assert_eq(find(&class, "Conan O'Brien, Sin\xC3\xA9" "ad O'Connor")->members, 2);
	cr_assert_str_eq(find(&class, "Conan O'Brien, Sin\xC3\xA9" "ad O'Connor")->member[0].id, "3");
	cr_assert_str_eq(find(&class, "Conan O'Brien, Sin\xC3\xA9" "ad O'Connor")->when,
	                 "2026-11-20 10:00:00.000000000 Z");
	find(&class, "Jane \"JJ\" Doe");
	find(&class, "submission_7");
	class_free(&class);
}

/* Whatever they are called: no two submissions have one name or one folder. */
static void all_apart(const struct class *class)
{
	for (int i = 0; i < class->count; i++)
		for (int k = 0; k < i; k++) {
			cr_assert_str_neq(class->at[i].name, class->at[k].name);
			cr_assert_str_neq(class->at[i].folder, class->at[k].folder);
		}
}

Test(grade_class, made_up_names_meet_no_others)
{
	struct class class;

	put("john_5_100_client.c", "five");
	put("john_6_101_client.c", "six");
	put("john_5/client.c", "folder");
	put("john_5 (2)/client.c", "folder");
	put("john_6 (2).zip", "");
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 5);
	all_apart(&class);
	class_free(&class);
}

Test(grade_class, no_folder_is_called_like_a_report)
{
	static const char *const names[] = {
		"gradebook.csv", "summary.json", "index.html", "INDEX.HTML", ".grade"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *folder = folder_name(names[i]);

		cr_assert_str_neq(folder, names[i]);
		cr_assert_null(strchr(folder, '.'), "%s", folder);
		free(folder);
	}
}

Test(grade_class, results_and_lists_are_no_submissions)
{
	struct class class;

	put("alice/server.c", "x");
	put("old-results/.grade/lock", "");
	put("old-results/alice/result.json", "{}");
	put("roster.csv", "name\n");
	put("gradebook.csv/server.c", "x"); /* a folder is somebody */
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 2);
	cr_assert_eq(class.ignores, 2);
	find(&class, "gradebook.csv");
	class_free(&class);
}

Test(grade_class, repositories_are_named_after_logins)
{
	struct class class;

	put("lab1-hubot/server.c", "x");
	put("lab1-octo-cat/server.c", "y");
	class_scan(&class, dir_fd);
	cr_assert_str_eq(find(&class, "lab1-hubot")->login, "hubot");
	cr_assert_str_eq(find(&class, "lab1-octo-cat")->login, "octo-cat");
	class_free(&class);
}

Test(grade_class, twenty_thousand_entries_take_no_time)
{
	struct class class;
	clock_t began;

	for (int i = 0; i < 10000; i++) {
		char *name = text_format("same_%d_%d_server.c", i, i);

		close(openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		free(name);
		name = text_format("n%d.zip", i);
		close(openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		free(name);
	}
	began = clock();
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 20000);
	/* With the sanitizers; a quadratic one took ten times as much without. */
	cr_assert_lt((double)(clock() - began) / CLOCKS_PER_SEC, 5.0);
	class_free(&class);
}

static void one_or_class(const char *what, bool one, const char *below)
{
	char *name = class_below(dir_fd, &table);

	cr_assert_eq(is_submission(dir_fd, &table), one, "%s", what);
	if (below)
		cr_assert_str_eq(name, below, "%s", what);
	else
		cr_assert_null(name, "%s: %s", what, name);
	free(name);
}

Test(grade_class, a_folder_too_low_is_one_submission)
{
	put("tcp-server/server.c", "x");
	put("notes/a", "");
	one_or_class("labs", true, NULL);
}

Test(grade_class, one_submission_is_called_as_the_platform_says)
{
	struct class class;

	class_of_one(&class, "Jane Doe_12_assignsubmission_file");
	cr_assert_str_eq(class.at[0].name, "Jane Doe");
	cr_assert_str_eq(class.at[0].id, "12");
	class_free(&class);
	class_of_one(&class, "homework.tar.gz");
	cr_assert_str_eq(class.at[0].name, "homework");
	class_free(&class);
}

Test(grade_class, a_checkout_is_one_submission)
{
	put("labs/tcp-server/server.c", "x");
	put("starter/tcp-server/server.c", "x");
	put("docs/a", "");
	one_or_class("checkout", true, NULL);
}

Test(grade_class, folders_called_like_labs_are_one_submission)
{
	put("lab1/main.c", "x");
	put("Lab 2/prog.c", "x");
	put("tcp_client.zip", "x");
	one_or_class("labs", true, NULL);
}

Test(grade_class, repositories_called_after_a_lab_are_a_class)
{
	put("lab1-ann/server.c", "x");
	put("lab2-bob/client.c", "x");
	one_or_class("repositories", false, NULL);
}

Test(grade_class, a_stray_source_makes_no_submission_of_a_class)
{
	put("server.c", "x");
	put("alice/server.c", "x");
	put("bob/tcp-client/client.c", "x");
	one_or_class("class", false, NULL);
}

Test(grade_class, a_folder_too_high)
{
	put("term/alice/server.c", "x");
	put("term/bob.zip", "x");
	one_or_class("class in a folder", false, "term");
}

Test(grade_class, a_class_of_one)
{
	put("alice/homework/tcp-server/server.c", "x");
	one_or_class("alice", false, NULL);
}

/* ---- what is found in it -------------------------------------------------- */

static void one_of(const char *file, int lab, const char *data)
{
	struct class class;
	struct intake in;
	char *folder;

	put(file, data);
	class_scan(&class, dir_fd);
	in = take(&class, "a");
	for (int i = 0; i < table.count; i++)
		cr_assert_eq(in.source[i].status, i == lab ? SOURCE_TAKEN : SOURCE_ABSENT,
		             "%s: lab %d", file, i);
	if (lab >= 0)
		cr_assert_not_null(strstr(in.notes, "taken from"), "%s", file);
	else
		cr_assert_eq(in.looks, 1, "%s", file);
	intake_free(&in);
	class_free(&class);
	folder = text_format("%s/a", dir);
	stage_remove(folder);
	free(folder);
}

Test(grade_class, names_as_people_write_them)
{
	static const char *const clients[] = {
		"client.c.txt", "Client.C", "client (2).c", "client .c", "lab2/client.c", "lab2.c",
		"client_final_v2.c", "client.cpp", "tcpClient.c", "Lab 2 final.c", "lab2/main.c",
		"tcp client.c", "client.txt", "my-client.cc", "Lab_2-alice.c", "homework/CLIENT.CPP"
	};
	static const char *const nothing[] = {
		"server_client.c", "lab1_client.c", "main.c", "lab3.c", "lab22.c", "lab1 lab2/main.c"
	};

	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		char *path = text_format("a/%s", clients[i]);

		one_of(path, 1, "int main(void) { return 0; }");
		free(path);
	}
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		char *path = text_format("a/%s", nothing[i]);

		one_of(path, -1, "int main(void) { return 0; }");
		free(path);
	}
	one_of("a/client.txt", -1, "I did not get it to work.");
	one_of("a/report.pdf", -1, "%PDF");
}

Test(grade_class, two_readings_are_a_question)
{
	struct class class;
	struct intake in;

	put("a/client_v1.c", "one");
	put("a/x/client_v2.c", "two");
	class_scan(&class, dir_fd);
	in = take(&class, "a");
	cr_assert_eq(in.source[1].status, SOURCE_REJECTED);
	cr_assert_not_null(strstr(in.source[1].words, "two files could be client.c"));
	cr_assert_eq(in.looks, 1);
	cr_assert_str_eq(in.look[0].labs, "tcp-client");
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, the_name_of_the_lab_wins)
{
	struct class class;
	struct intake in;

	put("a_1_10_client.c", "the name");
	put("a_1_11_client - Copy.c", "a copy");
	put("a_1_12_labs.tar", "damaged");
	class_scan(&class, dir_fd);
	in = take(&class, "a");
	cr_assert_str_eq(in.source[1].data, "the name");
	cr_assert_not_null(strstr(in.notes, "client - Copy.c (client.c counts)"));
	/* The server may be in the archive. */
	cr_assert_eq(in.source[0].status, SOURCE_REJECTED);
	cr_assert_eq(in.looks, 1);
	cr_assert_str_eq(in.look[0].file, "labs.tar");
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, empty_files_and_headers_are_put_before_a_person)
{
	struct class class;
	struct intake in;

	put("a/tcp-server/server.c", "# include \"net.h\"\nint main(void) { }");
	put("a/tcp-server/net.h", "#define PORT 1");
	put("a/client.c", " \n");
	class_scan(&class, dir_fd);
	in = take(&class, "a");
	cr_assert_str_eq(in.source[1].words, "client.c: the file is empty");
	cr_assert_eq(in.looks, 2);
	cr_assert_str_eq(in.look[0].why, "the file is empty; ask for it again");
	cr_assert_str_eq(in.look[1].file, "tcp-server/net.h");
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, text_and_links_are_said_to_be_that)
{
	struct class class;
	struct intake in;

	put("a_5_text.html", "<p>int main</p>");
	put("B C_6_assignsubmission_onlinetext/onlinetext.html", "<p>done</p>");
	put("B C_6_assignsubmission_file/server.c", "x");
	put("anon_xY9_7_server.c", "x");
	put("anon_LATE_xY8_8_server.c", "x");
	put("Default group_assignsubmission_file/server.c", "x");
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 5);
	in = take(&class, "a");
	cr_assert_eq(in.looks, 1);
	cr_assert_not_null(strstr(in.look[0].why, "typed into the platform"));
	intake_free(&in);
	in = take(&class, "B C");
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_eq(in.looks, 0);
	intake_free(&in);
	in = take(&class, "anon_xY8");
	cr_assert(in.late);
	intake_free(&in);
	find(&class, "Default group");
	class_free(&class);
}

Test(grade_class, a_file_of_another_lab_is_called_that)
{
	struct labs only = { .at = { table.at[1] }, .count = 1 };
	struct class class;
	struct intake in;

	put("a/server.c", "s");
	put("a/client.c", "c");
	put("b/server.c", "s");
	class_scan(&class, dir_fd);
	graded = &only;
	in = take(&class, "a");
	cr_assert_str_eq(in.source[0].data, "c");
	cr_assert_eq(in.source[1].status, SOURCE_ABSENT);
	cr_assert_eq(in.looks, 0);
	cr_assert_not_null(strstr(in.notes, "server.c (the source of tcp-server, which is not graded"));
	intake_free(&in);
	in = take(&class, "b");
	cr_assert_eq(in.source[0].status, SOURCE_ABSENT);
	cr_assert_eq(in.looks, 0, "it is no loss by packaging");
	intake_free(&in);
	class_free(&class);
}
