#include "grade/memo.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/text.h"
#include "grade/stage.h"

static char out[] = "/tmp/grade-memo-XXXXXX";
static const char key[SHA256_TEXT] = "k", other[SHA256_TEXT] = "other";

static void begin(void)
{
	char *path;

	cr_assert_not_null(mkdtemp(out));
	path = text_format("%s/.grade", out);
	mkdir(path, 0755);
	free(path);
	path = text_format("%s/.grade/memo", out);
	mkdir(path, 0755);
	free(path);
}

static void end(void)
{
	stage_remove(out);
}

TestSuite(grade_memo, .init = begin, .fini = end, .timeout = 30);

static char tap[] = "1..2\nok 1 a\0b\nnot ok 2\n\n";
static int64_t ms[] = { 31, 0 };

static void save(void)
{
	struct memo memo = { tap, sizeof(tap) - 1, 3, ms, 2 };

	cr_assert_eq(memo_save(&memo, out, key), 0);
}

Test(grade_memo, comes_back_as_it_was)
{
	struct memo memo;

	save();
	cr_assert_eq(memo_load(&memo, out, key), 0);
	cr_assert_eq(memo.len, sizeof(tap) - 1);
	cr_assert_arr_eq(memo.tap, tap, sizeof(tap) - 1);
	cr_assert_eq(memo.hungry, 3);
	cr_assert_eq(memo.count, 2);
	cr_assert_eq(memo.ms[0], 31);
	memo_free(&memo);
	cr_assert_eq(memo_load(&memo, out, other), -1);
}

/* Cut or changed anywhere, it is none. */
Test(grade_memo, damaged_it_is_forgotten)
{
	char *path = text_format("%s/.grade/memo/%s", out, key), bytes[512];
	size_t len;
	FILE *file;

	save();
	file = fopen(path, "r");
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (size_t i = 0; i < 2 * len; i++) {
		struct memo memo;

		file = fopen(path, "w");
		if (i >= len)
			bytes[i - len] ^= 1;
		fwrite(bytes, 1, i < len ? i : len, file);
		if (i >= len)
			bytes[i - len] ^= 1;
		fclose(file);
		/* But for the newline behind the sum, which nothing depends on. */
		if (i != len + SHA256_TEXT - 1)
			cr_assert_eq(memo_load(&memo, out, key), -1, "%zu", i);
	}
	free(path);
}

Test(grade_memo, is_found_under_another_key_too)
{
	struct memo memo;

	save();
	memo_alias(out, key, other);
	cr_assert_eq(memo_load(&memo, out, other), 0);
	cr_assert_arr_eq(memo.tap, tap, sizeof(tap) - 1);
	memo_free(&memo);
	memo_alias(out, key, other);
	cr_assert_eq(memo_load(&memo, out, other), 0);
	memo_free(&memo);
}

Test(grade_memo, what_is_not_there_has_no_other_key)
{
	struct memo memo;

	memo_alias(out, key, other);
	cr_assert_eq(memo_load(&memo, out, other), -1);
}
