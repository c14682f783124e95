#include "author/verdict.h"

#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool as_stated(const struct lab_case *c, const struct suite *suite, size_t i,
                      enum check_status status)
{
	switch (c->kind) {
	case CASE_REFERENCE:
		return status == CHECK_PASS;
	case CASE_SKELETON:
		return status == CHECK_FAIL || status == CHECK_BLOCKED;
	case CASE_RUNG:
		return status != CHECK_ERROR;
	case CASE_RIGHT:
		return status == CHECK_PASS ||
		       (suite->checks[i].stretch && status != CHECK_ERROR);
	case CASE_WRONG:
		break;
	}
	if (case_fails(c, suite, i))
		return status == CHECK_FAIL;
	return status == CHECK_PASS || status == CHECK_BLOCKED;
}

char *verdict_stories(const struct lab_result *result)
{
	char *all = NULL;
	size_t length;
	FILE *out = open_memstream(&all, &length);

	for (size_t i = 0; i < result->count; i++) {
		const struct check_result *check = &result->checks[i];
		char *text, *save, *line;

		if (check->status != CHECK_FAIL)
			continue;
		fprintf(out, "[%s]\n", check->name);
		text = story_text(&check->story);
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (strncmp(line, "seed:", 5) != 0)
				fprintf(out, "%s\n", line);
		fputc('\n', out);
		free(text);
	}
	fclose(out);
	return need(all);
}

char *verdict(const struct lab_case *c, const struct suite *suite,
              const struct lab_result *result, int off)
{
	char *all = NULL;
	size_t length;
	FILE *out = open_memstream(&all, &length);
	char *stories = verdict_stories(result);

	if (result->status == LAB_BUILD_FAILED)
		fprintf(out, "it cannot be built\n");
	for (size_t i = 0; i < result->count && result->status != LAB_BUILD_FAILED; i++) {
		enum check_status status = result->checks[i].status;

		if ((int)i == off)
			status = CHECK_PASS;
		if (as_stated(c, suite, i, status))
			continue;
		fprintf(out, "check %zu, \"%s\": %s\n", i + 1, suite->checks[i].name,
		        check_status_word(status));
		if (status == CHECK_ERROR || (status == CHECK_FAIL && c->kind != CASE_WRONG)) {
			char *text = story_text(&result->checks[i].story);

			fprintf(out, "%s%s", text, *text ? "\n" : "");
			free(text);
		}
	}
	for (int i = 0; i < c->told_count && off == VERDICT_NONE; i++)
		if (!strstr(stories, c->told[i]))
			fprintf(out, "nobody is told \"%s\"\n", c->told[i]);
	free(stories);
	fclose(out);
	return need(all);
}

char *verdict_letters(const struct lab_result *result)
{
	static const char letters[] = {
		[CHECK_PASS] = 'P', [CHECK_FAIL] = 'F', [CHECK_BLOCKED] = 'b', [CHECK_ERROR] = 'E',
	};
	char *text = need(calloc(result->count + 2, 1));

	if (result->status == LAB_BUILD_FAILED) {
		text[0] = '-';
		return text;
	}
	for (size_t i = 0; i < result->count; i++)
		text[i] = letters[result->checks[i].status];
	return text;
}
