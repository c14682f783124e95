#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "judge/result.h"
#include "judge/scoring.h"

static struct suite suite;

static void read_suite(void)
{
	static const char text[] =
		"# bats test_tags=todo:4,points:2\n@test \"sends exactly 'Hello, \\\"world\\\"!'\" {\n}\n"
		"# bats test_tags=todo:5,stretch\n@test \"star\" {\n}\n";
	FILE *in = fmemopen((char *)(size_t)text, sizeof(text) - 1, "r");
	char *why = NULL;

	cr_assert_eq(suite_read_from(&suite, in, "x.bats", &why), 0, "%s", why);
	fclose(in);
}

static void drop_suite(void)
{
	suite_free(&suite);
}

TestSuite(result, .init = read_suite, .fini = drop_suite);

static char *written(const char *name, struct lab_result *const *labs, size_t count)
{
	struct submission_result result = { name, "best effort", labs, count, NULL };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	result_write(out, &result);
	fclose(out);
	for (size_t i = 0; i < size;) {
		size_t n = text_utf8(text + i, size - i, NULL);

		cr_assert(n > 0, "not UTF-8");
		i += n;
	}
	return text;
}

Test(result, has_exactly_this_shape)
{
	static const char tap[] = "1..2\nnot ok 1 sends exactly 'Hello, \"world\"!'\n"
	                          "# symptom: 14 bytes, not 13\n# got: 'a\\b\"\x01\xFF'\nok 2 star\n";
	struct lab_result *labs[] = {
		lab_result_from_tap("tcp-server", &suite, tap, sizeof(tap) - 1, NULL),
		lab_result_new("tcp-client", &suite, LAB_BUILD_FAILED, "client.c:1: error\n\tx \xFF\x1B\n"),
	};
	char *text = written("al\"ice\n\xFF", labs, 2);

	cr_expect_str_eq(text,
		"{\n"
		"  \"schema\": 1,\n"
		"  \"submission\": \"al\\\"ice\\n\\\\xFF\",\n"
		"  \"score\": 0, \"max\": 4, \"stars\": 1,\n"
		"  \"isolation\": \"best effort\",\n"
		"  \"labs\": [\n"
		"    { \"lab\": \"tcp-server\", \"status\": \"graded\", \"score\": 0, \"max\": 2, \"stars\": 1,\n"
		"      \"message\": \"\",\n"
		"      \"checks\": [\n"
		"        { \"name\": \"sends exactly 'Hello, \\\"world\\\"!'\", \"todo\": 4, \"points\": 2, \"earned\": 0,\n"
		"          \"stretch\": false, \"status\": \"fail\", \"message\": "
		"\"14 bytes, not 13\\ngot:       'a\\\\b\\\"\\\\x01\\\\xFF'\", \"ms\": 0 },\n"
		"        { \"name\": \"star\", \"todo\": 5, \"points\": 0, \"earned\": 0,\n"
		"          \"stretch\": true, \"status\": \"pass\", \"message\": \"\", \"ms\": 0 } ] },\n"
		"    { \"lab\": \"tcp-client\", \"status\": \"build-failed\", \"score\": 0, \"max\": 2, \"stars\": 0,\n"
		"      \"message\": \"client.c:1: error\\nnote:      \\\\x09x \\\\xFF\\\\x1B\",\n"
		"      \"checks\": [\n"
		"        { \"name\": \"sends exactly 'Hello, \\\"world\\\"!'\", \"todo\": 4, \"points\": 2, \"earned\": 0,\n"
		"          \"stretch\": false, \"status\": \"blocked\", \"message\": \"\", \"ms\": 0 },\n"
		"        { \"name\": \"star\", \"todo\": 5, \"points\": 0, \"earned\": 0,\n"
		"          \"stretch\": true, \"status\": \"blocked\", \"message\": \"\", \"ms\": 0 } ] } ]\n"
		"}\n");
	free(text);
	for (int i = 0; i < 2; i++)
		lab_result_free(labs[i]);
}

Test(result, every_status_has_its_word)
{
	cr_expect_str_eq(lab_status_word(LAB_GRADED), "graded");
	cr_expect_str_eq(lab_status_word(LAB_NOT_SUBMITTED), "not-submitted");
	cr_expect_str_eq(lab_status_word(LAB_BUILD_FAILED), "build-failed");
	cr_expect_str_eq(lab_status_word(LAB_REJECTED), "rejected");
	cr_expect_str_eq(lab_status_word(LAB_HARNESS_ERROR), "harness-error");
	cr_expect_str_eq(check_status_word(CHECK_PASS), "pass");
	cr_expect_str_eq(check_status_word(CHECK_FAIL), "fail");
	cr_expect_str_eq(check_status_word(CHECK_BLOCKED), "blocked");
	cr_expect_str_eq(check_status_word(CHECK_ERROR), "error");
}

Test(result, settling_keeps_what_was_not_graded)
{
	enum lab_status kept[] = { LAB_NOT_SUBMITTED, LAB_BUILD_FAILED, LAB_REJECTED, LAB_HARNESS_ERROR };

	for (size_t i = 0; i < 4; i++) {
		struct lab_result *lab = lab_result_new("x", &suite, kept[i], NULL);

		lab_result_settle(lab);
		cr_expect_eq(lab->status, kept[i]);
		cr_expect_eq(lab->count, 2);
		cr_expect_eq(lab->score, 0);
		lab_result_free(lab);
	}
}

Test(result, the_next_check_is_the_first_failure_by_todo)
{
	static const char text[] =
		"# bats test_tags=todo:2,points:1\n@test \"a\" {\n}\n"
		"# bats test_tags=todo:3,points:1\n@test \"b\" {\n}\n"
		"# bats test_tags=todo:1,points:1\n@test \"c\" {\n}\n"
		"# bats test_tags=todo:1,points:1\n@test \"d\" {\n}\n"
		"# bats test_tags=todo:1,stretch\n@test \"e\" {\n}\n";
	static const struct { enum check_status status[5]; int next; } cases[] = {
		{ { CHECK_PASS, CHECK_PASS, CHECK_PASS, CHECK_PASS, CHECK_FAIL }, -1 },
		{ { CHECK_FAIL, CHECK_FAIL, CHECK_PASS, CHECK_PASS, CHECK_FAIL }, 0 },
		{ { CHECK_FAIL, CHECK_FAIL, CHECK_FAIL, CHECK_FAIL, CHECK_FAIL }, 2 },
		{ { CHECK_PASS, CHECK_FAIL, CHECK_BLOCKED, CHECK_ERROR, CHECK_FAIL }, 1 },
		{ { CHECK_PASS, CHECK_PASS, CHECK_PASS, CHECK_ERROR, CHECK_FAIL }, 3 },
	};
	FILE *in = fmemopen((char *)(size_t)text, sizeof(text) - 1, "r");
	struct suite five;
	char *why = NULL;

	cr_assert_eq(suite_read_from(&five, in, "x.bats", &why), 0, "%s", why);
	fclose(in);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct lab_result *lab = lab_result_new("x", &five, LAB_GRADED, NULL);

		for (size_t j = 0; j < 5; j++)
			lab->checks[j].status = cases[i].status[j];
		cr_expect_eq(lab_result_next(lab), cases[i].next, "case %zu", i);
		lab_result_free(lab);
	}
	suite_free(&five);
}

Test(result, a_suite_that_could_not_be_read_is_a_harness_error)
{
	struct suite none = { 0 };
	struct lab_result *lab = lab_result_new("x", &none, LAB_HARNESS_ERROR, "x.bats:3: no tags");
	char *text;

	lab_result_settle(lab);
	cr_expect_eq(lab->status, LAB_HARNESS_ERROR);
	text = written("a", (struct lab_result *[]){ lab }, 1);
	cr_expect(strstr(text, "\"message\": \"x.bats:3: no tags\",\n      \"checks\": [ ] }"));
	free(text);
	lab_result_free(lab);
}

/* ---- the file ------------------------------------------------------------- */

static size_t files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	for (struct dirent *e; (e = readdir(dir));)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

Test(result, is_saved_whole_or_not_at_all)
{
	char folder[] = "/tmp/test_result.XXXXXX";
	struct submission_result result = { "a", "enforced", NULL, 0, NULL };
	char *path, *nowhere;
	struct stat st;

	cr_assert(mkdtemp(folder));
	path = text_format("%s/result.json", folder);
	cr_expect_eq(result_save(path, &result), 0);
	cr_expect_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0644);
	result.submission = "b";
	cr_expect_eq(result_save(path, &result), 0);
	cr_expect_eq(files_in(folder), 1);

	/* A folder in the way: the error is told, nothing is left beside it. */
	cr_expect_eq(unlink(path), 0);
	cr_expect_eq(mkdir(path, 0755), 0);
	errno = 0;
	cr_expect_eq(result_save(path, &result), -1);
	cr_expect_eq(errno, EISDIR);
	cr_expect_eq(files_in(folder), 1);

	nowhere = text_format("%s/none/result.json", folder);
	cr_expect_eq(result_save(nowhere, &result), -1);
	cr_expect_eq(errno, ENOENT);
	rmdir(path);
	rmdir(folder);
	free(path);
	free(nowhere);
}

Test(result, a_full_disk_is_an_error)
{
	struct submission_result result = { "a", "enforced", NULL, 0, NULL };
	FILE *full = fopen("/dev/full", "w");

	if (!full)
		cr_skip_test("no /dev/full");
	result_write(full, &result);
	cr_expect_neq(fflush(full), 0);
	fclose(full);
}
