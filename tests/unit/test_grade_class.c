#include "grade/intake/class.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/stage.h"

static struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" },
	        { (char *)"lab2", (char *)"tcp-client", (char *)"client", (char *)"" } },
	.count = 2
};
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

	submission_intake(&in, &table, dir_fd, find(class, name), (uid_t)-1);
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
	cr_assert_eq(class.ignored, 1);
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
	cr_assert_not_null(strstr(in.notes, "bob_11_101_server.c is older"));
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

Test(grade_class, the_newer_folder_counts)
{
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct class class;
	struct intake in;

	put("a.zip", "no archive");
	put("a/server.c", "good");
	utimensat(dir_fd, "a.zip", old, 0);
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 1);
	in = take(&class, "a");
	cr_assert_eq(in.source[0].status, SOURCE_TAKEN);
	cr_assert_not_null(strstr(in.notes, "a is newer and counts, a.zip does not"));
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
	cr_assert_str_eq(in.rejected, "it is a symbolic link, not a folder or an archive");
	intake_free(&in);
	class_free(&class);
}

Test(grade_class, a_line_says_all)
{
	struct part parts[2] = {
		{ (char *)"x\n\xff_1_22_server.c", (char *)"server.c", 22, true },
		{ (char *)"-rf \"\\", NULL, 0, false }
	};
	struct submission s = { (char *)"x\n\xff", (char *)"1", (char *)"x%0A%FF", parts, 2 };
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
	put("submission_metadata.yml",
	    "---\nsubmission_5:\n  :submitters:\n  - :name: Ada L\n    :sid: '3'\n");
	class_scan(&class, dir_fd);
	cr_assert_eq(class.count, 1);
	cr_assert_str_eq(class.at[0].name, "Ada L");
	cr_assert_str_eq(class.at[0].folder, "Ada L");
	class_free(&class);
}
