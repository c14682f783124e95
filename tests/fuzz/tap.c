/*
 * Any bytes as a TAP stream, cut anywhere: the scorer survives, keeps its promises and
 * does not depend on how the stream was cut.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "judge/scoring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char source[] =
	"# bats test_tags=todo:1,points:1\n@test \"one\" {\n}\n"
	"# bats test_tags=todo:1,points:2\n@test \"two\" {\n}\n"
	"# bats test_tags=todo:2,points:4\n@test \"one two\" {\n}\n"
	"# bats test_tags=todo:2,stretch\n@test \"star\" {\n}\n";

static void promise(int kept, const char *words)
{
	if (kept)
		return;
	fprintf(stderr, "broken promise: %s\n", words);
	abort();
}

static struct suite *read_suite(void)
{
	static struct suite suite;
	static int done;
	char *why = NULL;
	FILE *in;

	if (!done) {
		in = fmemopen((char *)(size_t)source, sizeof(source) - 1, "r");
		promise(suite_read_from(&suite, in, "x", &why) == 0, why ? why : "the suite is read");
		fclose(in);
		done = 1;
	}
	return &suite;
}

/* How often LINE, with its newline, stands in the stream as a line of its own. */
static int count_lines(const uint8_t *data, size_t size, const char *line)
{
	size_t len = strlen(line);
	int count = 0;

	for (size_t i = 0; i + len <= size; i++)
		count += (i == 0 || data[i - 1] == '\n') && memcmp(data + i, line, len) == 0;
	return count;
}

static char *as_json(struct lab_result *lab)
{
	struct submission_result result = { "x", "enforced", &lab, 1, NULL };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	result_write(out, &result);
	fclose(out);
	for (size_t i = 0; i < size;) {
		uint32_t code;
		size_t n = text_utf8(text + i, size - i, &code);

		promise(n > 0, "JSON is UTF-8");
		promise(code >= 0x20 || code == '\n', "JSON has no control characters");
		i += n;
	}
	return text;
}

/* The first byte says how the rest is cut. */
static struct lab_result *in_pieces(const uint8_t *data, size_t size, size_t step)
{
	struct scoring *s = scoring_begin("x", read_suite(), NULL, 0, 0, NULL, NULL);

	for (size_t at = 0; at < size; at += step) {
		scoring_feed(s, data + at, size - at < step ? size - at : step, 0);
		if (at % 3 == 0)
			scoring_pause(s);
	}
	return scoring_end(s, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {
		"ok 1 one\n", "ok 2 two\n", "ok 3 one two\n", "ok 4 star\n"
	};
	struct lab_result *whole, *cut;
	char *one, *two;
	int score = 0, stars = 0;

	if (size == 0)
		return 0;
	whole = lab_result_from_tap("x", read_suite(), data + 1, size - 1, NULL);
	cut = in_pieces(data + 1, size - 1, data[0] % 32u + 1);
	promise(whole->count == 4, "all checks are there");
	for (size_t i = 0; i < 4; i++) {
		struct check_result *check = &whole->checks[i];

		if (check->status == CHECK_PASS) {
			promise(count_lines(data + 1, size - 1, lines[i]) == 1, "one line earned it");
			promise(count_lines(data + 1, size - 1, "1..4\n") <= 1, "one plan");
		}
		promise(check->earned == (check->status == CHECK_PASS && !check->stretch ? check->points : 0),
		        "passed checks earn their points");
		score += check->earned;
		stars += check->stretch && check->status == CHECK_PASS;
	}
	promise(whole->score == score && whole->stars == stars, "sums add up");
	one = as_json(whole);
	two = as_json(cut);
	promise(strcmp(one, two) == 0, "pieces make no difference");
	free(one);
	free(two);
	lab_result_free(whole);
	lab_result_free(cut);
	return 0;
}
