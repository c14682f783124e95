#include "grade/gradebook.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/save.h"
#include "common/text.h"
#include "grade/csv.h"
#include "judge/result.h"

/* ---- one result.json ----------------------------------------------------- */

static json_t *load(const struct run *run, const struct submission *s)
{
	char *path = text_format("%s/%s/result.json", run->out, s->folder);
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

static bool is_error(const json_t *lab)
{
	return strcmp(word(lab, "status"), lab_status_word(LAB_HARNESS_ERROR)) == 0;
}

/* ---- the gradebook ------------------------------------------------------- */

static void head(FILE *out, const struct run *run, int columns, const json_t *first)
{
	csv_text(out, "name", 0);
	csv_text(out, "id", 0);
	csv_text(out, "submission", 0);
	for (int i = 0; i < columns; i++) {
		const json_t *lab = json_array_get(json_object_get(first, "labs"), (size_t)i);

		csv_text(out, lab ? word(lab, "lab") : run->labs.at[i].folder, 0);
	}
	csv_text(out, "total", 0);
	csv_text(out, "max", 0);
	csv_text(out, "stars", 0);
	csv_text(out, "remarks", 1);
}

static void row(FILE *out, const char *name, const char *id, const char *submission,
                const json_t *result, int columns)
{
	const json_t *labs = json_object_get(result, "labs"), *lab;
	bool error = !result;
	char remarks[512] = "";
	size_t i, put = 0;

	csv_text(out, name, 0);
	csv_text(out, id, 0);
	csv_text(out, submission, 0);
	for (int c = 0; c < columns; c++) {
		lab = json_array_get(labs, (size_t)c);
		/* What could not be judged is no zero: the cell stays empty. */
		csv_number(out, lab && !is_error(lab) ? number(lab, "score") : -1, 0);
	}
	json_array_foreach(labs, i, lab) {
		const char *status = word(lab, "status");
		int n;

		error = error || is_error(lab);
		if (strcmp(status, "graded") == 0 || put >= sizeof(remarks))
			continue;
		n = snprintf(remarks + put, sizeof(remarks) - put, "%s%s %s", put ? "; " : "",
		             word(lab, "lab"), status);
		put += n > 0 ? (size_t)n : 0;
	}
	csv_number(out, error ? -1 : number(result, "score"), 0);
	csv_number(out, error ? -1 : number(result, "max"), 0);
	csv_number(out, error ? -1 : number(result, "stars"), 0);
	csv_text(out, *submission ? remarks : "nothing handed in", 1);
}

/* ---- the summary --------------------------------------------------------- */

/* Per lab: how many of each status, and of each check how many pass. */
static void count_lab(json_t *labs, const json_t *lab)
{
	const char *name = word(lab, "lab"), *status = word(lab, "status");
	json_t *mine = json_object_get(labs, name), *counts, *checks, *check;
	size_t i;

	if (!mine) {
		mine = json_pack("{s:{},s:[]}", "statuses", "checks");
		json_object_set_new(labs, name, mine);
		json_array_foreach(json_object_get(lab, "checks"), i, check)
			json_array_append_new(json_object_get(mine, "checks"),
				json_pack("{s:s,s:i,s:i}", "name", word(check, "name"), "points",
				          number(check, "points"), "passed", 0));
	}
	counts = json_object_get(mine, "statuses");
	json_object_set_new(counts, status, json_integer(number(counts, status) + 1));
	checks = json_object_get(mine, "checks");
	json_array_foreach(json_object_get(lab, "checks"), i, check) {
		json_t *count = json_array_get(checks, i);

		if (count && strcmp(word(check, "status"), "pass") == 0)
			json_object_set_new(count, "passed", json_integer(number(count, "passed") + 1));
	}
}

static void count_result(json_t *summary, const struct submission *s, const json_t *result,
                         struct tally *tally)
{
	char *name = text_escaped(s->name, strlen(s->name), TEXT_PLAIN);
	const json_t *lab;
	bool error = !result;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab) {
		count_lab(json_object_get(summary, "labs"), lab);
		if (!is_error(lab))
			continue;
		error = true;
		json_array_append_new(json_object_get(summary, "look_at"),
			json_pack("{s:s,s:s,s:s}", "submission", name, "lab", word(lab, "lab"),
			          "why", word(lab, "message")));
	}
	if (!result)
		json_array_append_new(json_object_get(summary, "look_at"),
			json_pack("{s:s,s:s}", "submission", name, "why", "there is no result"));
	tally->errors += error;
	tally->graded += !error;
	free(name);
}

static int write_summary(const struct run *run, json_t *summary, const struct tally *tally)
{
	char *path = text_format("%s/summary.json", run->out), *text;
	struct save file;
	int done;

	json_object_set_new(summary, "submissions", json_integer(tally->submissions));
	json_object_set_new(summary, "graded", json_integer(tally->graded));
	json_object_set_new(summary, "harness_errors", json_integer(tally->errors));
	json_object_set_new(summary, "nothing_handed_in", json_integer(tally->missing));
	json_object_set_new(summary, "not_on_the_roster", json_integer(tally->strangers));
	text = need(json_dumps(summary, JSON_INDENT(2)));
	done = save_begin(&file, path);
	if (done == 0) {
		fprintf(file.out, "%s\n", text);
		done = save_end(&file);
	}
	free(text);
	free(path);
	return done;
}

/* ---- both ---------------------------------------------------------------- */

static void all_rows(FILE *out, const struct run *run, const struct class *class,
                     struct roster *roster, json_t *summary, struct tally *tally)
{
	int columns = run->labs.count;

	for (int i = 0; i < class->count; i++) {
		const struct submission *s = &class->at[i];
		json_t *result = load(run, s);
		int who = roster ? roster_find(roster, s->name, s->id) : -1;
		const char *name = s->name, *id = s->id ? s->id : "";
		int labs = (int)json_array_size(json_object_get(result, "labs"));

		if (i == 0) {
			columns = labs > columns ? labs : columns;
			head(out, run, columns, result);
		}
		if (who >= 0) {
			roster->at[who].seen++;
			name = roster->at[who].name;
			id = roster->at[who].id;
		} else if (roster) {
			tally->strangers++;
			json_array_append_new(json_object_get(summary, "strangers"),
			                      json_string(s->folder));
		}
		row(out, name, id, s->name, result, columns);
		tally->submissions++;
		count_result(summary, s, result, tally);
		json_decref(result);
	}
	if (class->count == 0)
		head(out, run, columns, NULL);
	for (int i = 0; roster && i < roster->count; i++) {
		if (roster->at[i].seen == 1)
			continue;
		if (roster->at[i].seen > 1) {
			json_array_append_new(json_object_get(summary, "several_submissions"),
			                      json_string(roster->at[i].name));
			continue;
		}
		tally->missing++;
		row(out, roster->at[i].name, roster->at[i].id, "", NULL, columns);
	}
}

int gradebook_write(const struct run *run, const struct class *class, struct roster *roster,
                    struct tally *tally)
{
	char *path = text_format("%s/gradebook.csv", run->out);
	json_t *summary = json_pack("{s:i,s:s,s:[],s:{}}", "schema", 1, "isolation",
	                            run->isolation, "look_at", "labs");
	struct save file;
	int done;

	if (roster) {
		json_object_set_new(summary, "strangers", json_array());
		json_object_set_new(summary, "several_submissions", json_array());
	}
	*tally = (struct tally){ 0, 0, 0, 0, 0 };
	done = save_begin(&file, path);
	if (done == 0) {
		all_rows(file.out, run, class, roster, summary, tally);
		done = save_end(&file);
	}
	if (done == 0)
		done = write_summary(run, summary, tally);
	json_decref(summary);
	free(path);
	return done;
}
