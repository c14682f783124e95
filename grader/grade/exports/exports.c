#include "grade/exports/exports.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/outcome.h"

int result_points(const json_t *result)
{
	const json_t *lab;
	size_t i;

	if (json_object_get(result, "final"))
		return json_number(result, "final");
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		if (strcmp(json_word(lab, "status"), "harness-error") == 0)
			return -1;
	return json_number(result, "score");
}

int is_pass(const json_t *check)
{
	return strcmp(json_word(check, "status"), "pass") == 0;
}

int is_star(const json_t *check)
{
	return json_is_true(json_object_get(check, "stretch"));
}

void write_json(json_t *value, FILE *out)
{
	char *text = need(json_dumps(value, JSON_COMPACT));

	fprintf(out, "%s\n", text);
	free(text);
	json_decref(value);
}

int export_main(const char *format, const char *file, FILE *out)
{
	static const struct {
		const char *name;
		const char *(*write)(const json_t *result, FILE *out);
	} formats[] = {
		{ "gradescope", export_gradescope }, { "classroom50", export_classroom50 },
		{ "autolab", export_autolab }, { "prairielearn", export_prairielearn },
		{ "junit", export_junit }
	};
	json_t *result = json_load_file(file, 0, NULL);
	const char *why = "there is no such format (gradescope, classroom50, autolab, "
	                  "prairielearn, junit)";
	int status = 1;

	if (!json_is_object(result))
		die(1, "%s: no result of the grader", file);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(format, formats[i].name) == 0) {
			why = formats[i].write(result, out);
			status = why ? 2 : 0;
		}
	if (why)
		complain("%s: %s", file, why);
	json_decref(result);
	return status;
}
