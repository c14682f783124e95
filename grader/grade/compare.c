#include "grade/compare.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static json_t *load(const char *dir, const char *name)
{
	char *path = text_format("%s/%s/result.json", dir, name);
	json_t *result = json_load_file(path, 0, NULL);

	free(path);
	return result;
}

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

/* The element of LIST whose KEY is VALUE, or NULL. */
static json_t *find(const json_t *list, const char *key, const char *value)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (strcmp(word(item, key), value) == 0)
			return item;
	return NULL;
}

/* The first line of a message: why. */
static void say_why(FILE *out, const json_t *item)
{
	const char *message = word(item, "message");
	int len = (int)strcspn(message, "\n");

	if (len > 0)
		fprintf(out, ": %.*s", len, message);
	fputc('\n', out);
}

static void compare_check(FILE *out, const json_t *old, const json_t *new)
{
	int gain = number(new, "earned") - number(old, "earned");

	if (strcmp(word(old, "status"), word(new, "status")) == 0 && gain == 0)
		return;
	fprintf(out, "    %+d  %s: %s -> %s", gain, word(new, "name"),
	        old ? word(old, "status") : "(new)", word(new, "status"));
	say_why(out, strcmp(word(new, "status"), "pass") == 0 ? old : new);
}

static void compare_lab(FILE *out, const json_t *old, const json_t *new)
{
	const json_t *was = json_object_get(old, "checks"), *is = json_object_get(new, "checks");
	json_t *check;
	size_t i;

	fprintf(out, "  %s: %d of %d -> %d of %d", word(new, "lab"), number(old, "score"),
	        number(old, "max"), number(new, "score"), number(new, "max"));
	if (strcmp(word(old, "status"), word(new, "status")) != 0) {
		fprintf(out, ", %s -> %s", old ? word(old, "status") : "(new)",
		        word(new, "status"));
		say_why(out, new);
		if (strcmp(word(new, "status"), "graded") != 0)
			return;
	} else {
		fputc('\n', out);
	}
	json_array_foreach(is, i, check)
		compare_check(out, find(was, "name", word(check, "name")), check);
	json_array_foreach(was, i, check)
		if (!find(is, "name", word(check, "name")))
			fprintf(out, "    %+d  %s: %s -> (gone)\n", -number(check, "earned"),
			        word(check, "name"), word(check, "status"));
}

static bool same_checks(const json_t *old, const json_t *new)
{
	const json_t *was = json_object_get(old, "checks"), *is = json_object_get(new, "checks");
	json_t *check;
	size_t i;

	if (!old || json_array_size(was) != json_array_size(is) ||
	    strcmp(word(old, "status"), word(new, "status")) != 0)
		return false;
	json_array_foreach(is, i, check) {
		const json_t *before = find(was, "name", word(check, "name"));

		if (!before || strcmp(word(before, "status"), word(check, "status")) != 0 ||
		    number(before, "earned") != number(check, "earned"))
			return false;
	}
	return true;
}

/* What came to the points by lateness and by people. */
static void compare_settled(FILE *out, const json_t *old, const json_t *new)
{
	const json_t *sides[2] = { old, new }, *item;
	size_t i;

	for (int k = 0; k < 2; k++)
		json_array_foreach(json_object_get(sides[k], "settled"), i, item)
			fprintf(out, "  %s %s%s%s %+d: %s\n", k ? "now:" : "was:",
			        word(item, "kind"), *word(item, "lab") ? " " : "",
			        word(item, "lab"), number(item, "points"), word(item, "why"));
}

/* Returns the difference of the scores, and in *CHANGED whether anything differs. */
static int compare_one(FILE *out, const char *name, const json_t *old, const json_t *new,
                       bool *changed)
{
	const json_t *was = json_object_get(old, "labs"), *is = json_object_get(new, "labs");
	int gain = number(new, "score") - number(old, "score");
	bool said = false;
	json_t *lab;
	size_t i;

	json_array_foreach(is, i, lab) {
		const json_t *before = find(was, "lab", word(lab, "lab"));

		if (same_checks(before, lab))
			continue;
		if (!said)
			fprintf(out, "%s: %d -> %d (%+d)\n", name, number(old, "score"),
			        number(new, "score"), gain);
		said = true;
		compare_lab(out, before, lab);
	}
	if (!json_equal(json_object_get(old, "settled"), json_object_get(new, "settled"))) {
		if (!said)
			fprintf(out, "%s: %d -> %d (%+d)\n", name, number(old, "score"),
			        number(new, "score"), gain);
		said = true;
		compare_settled(out, old, new);
	}
	*changed = said || gain != 0;
	return gain;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int compare_main(const char *old, const char *new, FILE *out)
{
	const char *dirs[2] = { old, new };
	struct dirent **names[2];
	int count[2], both = 0, gained = 0, lost = 0, other = 0, found[2] = { 0, 0 };

	for (int d = 0; d < 2; d++) {
		count[d] = scandir(dirs[d], &names[d], visible, alphasort);
		if (count[d] < 0)
			die_errno(1, "%s", dirs[d]);
	}
	for (int i = 0; i < count[1]; i++) {
		const char *name = names[1][i]->d_name;
		json_t *is = load(new, name), *was = is ? load(old, name) : NULL;
		bool changed;

		if (is)
			found[1]++;
		if (is && was) {
			int gain = compare_one(out, name, was, is, &changed);

			both++;
			gained += gain > 0;
			lost += gain < 0;
			other += changed && gain == 0;
		} else if (is) {
			fprintf(out, "%s: only in %s\n", name, new);
		}
		json_decref(is);
		json_decref(was);
	}
	for (int i = 0; i < count[0]; i++) {
		json_t *was = load(old, names[0][i]->d_name);
		json_t *is = was ? load(new, names[0][i]->d_name) : NULL;

		found[0] += was != NULL;
		if (was && !is)
			fprintf(out, "%s: only in %s\n", names[0][i]->d_name, old);
		json_decref(is);
		json_decref(was);
	}
	for (int d = 0; d < 2; d++) {
		for (int i = 0; i < count[d]; i++)
			free(names[d][i]);
		free(names[d]);
		if (found[d] == 0)
			die(1, "%s: there are no results in it", dirs[d]);
	}
	fprintf(out, "%d in both: %d gain, %d lose, %d differ with the same score, "
	        "%d are the same\n", both, gained, lost, other, both - gained - lost - other);
	return 0;
}
