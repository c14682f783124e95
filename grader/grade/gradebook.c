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
	fputs(CSV_MARK, out);
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
	if (run->settles) {
		csv_text(out, "late", 0);
		csv_text(out, "override", 0);
		csv_text(out, "grade", 0);
	}
	csv_text(out, "remarks", 1);
}

static void add_remark(char **remarks, const char *words)
{
	char *longer = text_format("%s%s%s", *remarks, **remarks && *words ? "; " : "", words);

	free(*remarks);
	*remarks = longer;
}

static void settled_cells(FILE *out, const json_t *result, bool error, char **remarks)
{
	const json_t *settled = json_object_get(result, "settled"), *item;
	int change[2] = { 0, 0 };
	size_t i;

	json_array_foreach(settled, i, item) {
		change[strcmp(word(item, "kind"), "late") != 0] += number(item, "points");
		add_remark(remarks, word(item, "why"));
	}
	for (int k = 0; k < 2; k++)
		fprintf(out, "%.0d,", change[k]);       /* a loss is a number, not a formula */
	/* A decision may settle what could not be judged; nothing decided, it is the points. */
	if (json_object_get(result, "final"))
		csv_number(out, number(result, "final"), 0);
	else
		csv_number(out, error ? -1 : number(result, "score"), 0);
}

static void row(FILE *out, const struct run *run, const char *name, const char *id,
                const char *submission, const json_t *result, int columns, const char *remark)
{
	const json_t *labs = json_object_get(result, "labs"), *lab;
	bool error = !result;
	char *remarks = need(strdup(remark)), *words;
	size_t i;

	csv_text(out, name, 0);
	csv_text(out, id, 0);
	csv_text(out, submission, 0);
	for (int c = 0; c < columns; c++) {
		lab = json_array_get(labs, (size_t)c);
		/* What could not be judged is no zero: the cell stays empty. */
		csv_number(out, lab && !is_error(lab) ? number(lab, "score") : -1, 0);
	}
	json_array_foreach(labs, i, lab) {
		error = error || is_error(lab);
		if (strcmp(word(lab, "status"), "graded") == 0)
			continue;
		words = text_format("%s %s", word(lab, "lab"), word(lab, "status"));
		add_remark(&remarks, words);
		free(words);
	}
	if (json_is_true(json_object_get(result, "marked_late")) && !run->policy.any)
		add_remark(&remarks, "marked late by the platform");
	if (json_array_size(json_object_get(result, "look_at")) > 0)
		add_remark(&remarks, "look at it");
	csv_number(out, error ? -1 : number(result, "score"), 0);
	csv_number(out, error ? -1 : number(result, "max"), 0);
	csv_number(out, error ? -1 : number(result, "stars"), 0);
	if (run->settles)
		settled_cells(out, result, error, &remarks);
	csv_text(out, remarks, 1);
	free(remarks);
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

static void look_at(json_t *summary, const struct submission *s, const char *lab,
                    const char *file, const char *why)
{
	char *name = text_escaped(s->name, strlen(s->name), TEXT_PLAIN);

	json_array_append_new(json_object_get(summary, "look_at"),
		json_pack("{s:s,s:s,s:s,s:s,s:s}", "submission", name, "folder", s->folder,
		          "lab", lab, "file", file, "why", why));
	free(name);
}

/* What intake put before a person. */
static int count_looks(json_t *summary, const struct submission *s, const json_t *result)
{
	json_t *look, *lab;
	size_t i, k;

	json_array_foreach(json_object_get(result, "look_at"), i, look) {
		char *labs = need(strdup("")), *longer;

		json_array_foreach(json_object_get(look, "labs"), k, lab) {
			longer = text_format("%s%s%s", labs, *labs ? ", " : "",
			                     json_string_value(lab));
			free(labs);
			labs = longer;
		}
		look_at(summary, s, labs, word(look, "file"), word(look, "why"));
		free(labs);
	}
	return (int)i;
}

static void count_result(json_t *summary, const struct submission *s, const json_t *result,
                         struct tally *tally)
{
	const json_t *lab;
	/* A grade that a person has given to what could not be judged settles it. */
	bool error = !result, settled = json_object_get(result, "final") != NULL;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab) {
		count_lab(json_object_get(summary, "labs"), lab);
		if (!is_error(lab) || settled)
			continue;
		error = true;
		look_at(summary, s, word(lab, "lab"), "", word(lab, "message"));
	}
	if (!result)
		look_at(summary, s, "", "", "there is no result");
	tally->looks += (count_looks(summary, s, result) > 0) | error;
	tally->errors += error;
	tally->graded += !error;
}

static int write_summary(const struct run *run, json_t *summary, const struct tally *tally)
{
	char *path = text_format("%s/summary.json", run->out), *text;
	struct save file;
	int done;

	json_object_set_new(summary, "submissions", json_integer(tally->submissions));
	json_object_set_new(summary, "graded", json_integer(tally->graded));
	json_object_set_new(summary, "harness_errors", json_integer(tally->errors));
	json_object_set_new(summary, "to_look_at", json_integer(tally->looks));
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

/* ---- whose it is --------------------------------------------------------- */

struct book {
	FILE *out;
	const struct run *run;
	struct roster *roster;  /* or NULL */
	json_t *summary;
	struct tally *tally;
	int columns;
};

static void stranger(struct book *b, const char *who)
{
	char *name = text_escaped(who, strlen(who), TEXT_PLAIN);

	b->tally->strangers++;
	json_array_append_new(json_object_get(b->summary, "strangers"), json_string(name));
	free(name);
}

/* A row for the student WHO of the roster. */
static void row_of(struct book *b, int who, const struct submission *s, const json_t *result)
{
	struct student *student = &b->roster->at[who];

	student->seen++;
	row(b->out, b->run, student->name, student->id, s->name, result, b->columns, "");
}

/* Whose it is cannot be told: nobody gets it before a person has said so. */
static void ask_whose(struct book *b, const struct submission *s, const json_t *result,
                      const int *who)
{
	char *why = need(strdup("the roster has more than one whose it could be:")), *longer;

	for (; *who >= 0; who++) {
		struct student *student = &b->roster->at[*who];

		student->asked = true;
		longer = text_format("%s %s (%s)", why, student->name, student->id);
		free(why);
		why = longer;
	}
	look_at(b->summary, s, "", "", why);
	row(b->out, b->run, s->plain, s->id ? s->id : "", s->name, result, b->columns,
	    "whose it is has to be said");
	b->tally->looks++;
	free(why);
}

/* A row for each member that the platform names. */
static void rows_of_members(struct book *b, const struct submission *s, const json_t *result)
{
	for (int i = 0; i < s->members; i++) {
		const struct person *p = &s->member[i];
		int who = b->roster ? roster_find(b->roster, p) : -1;

		if (who >= 0) {
			row_of(b, who, s, result);
		} else if (who == -2) {
			struct submission alone = *s;
			int *could;

			alone.member = &s->member[i];
			alone.members = 1;
			roster_match(b->roster, &alone, &could);
			ask_whose(b, s, result, could);
			free(could);
		} else {
			if (b->roster)
				stranger(b, p->name);
			row(b->out, b->run, p->name, p->id ? p->id : s->id ? s->id : "", s->name,
			    result, b->columns, "");
		}
	}
}

static void rows_of(struct book *b, const struct submission *s, const json_t *result)
{
	int *who = NULL, count;

	if (s->members > 0) {
		rows_of_members(b, s, result);
		return;
	}
	count = b->roster ? roster_match(b->roster, s, &who) : 0;
	if (count == -2)
		ask_whose(b, s, result, who);
	for (int i = 0; i < count; i++)
		row_of(b, who[i], s, result);
	if (count == 0) {
		if (b->roster)
			stranger(b, s->folder);
		row(b->out, b->run, s->name, s->id ? s->id : "", s->name, result, b->columns, "");
	}
	free(who);
}

/* Two submissions of one student: which of them counts is not for us to say. */
static void ask_which(struct book *b, const struct student *s)
{
	char *name = text_escaped(s->name, strlen(s->name), TEXT_PLAIN);

	json_array_append_new(json_object_get(b->summary, "several_submissions"),
	                      json_string(name));
	json_array_append_new(json_object_get(b->summary, "look_at"),
		json_pack("{s:s,s:s,s:s,s:s,s:s}", "submission", name, "folder", "", "lab", "",
		          "file", "", "why", "several submissions are this student's; take all "
		          "but one out of the folder"));
	b->tally->looks++;
	free(name);
}

static void rows_of_the_others(struct book *b)
{
	for (int i = 0; i < b->roster->count; i++) {
		const struct student *s = &b->roster->at[i];

		if (s->seen > 1)
			ask_which(b, s);
		if (s->seen > 0)
			continue;
		b->tally->missing += !s->asked;
		row(b->out, b->run, s->name, s->id, "", NULL, b->columns,
		    s->asked ? "whose a submission is has to be said" : "nothing handed in");
	}
}

/* ---- both ---------------------------------------------------------------- */

static void all_rows(struct book *b, const struct class *class)
{
	b->columns = b->run->labs.count;
	for (int i = 0; i < class->count; i++) {
		const struct submission *s = &class->at[i];
		json_t *result = load(b->run, s);
		int labs = (int)json_array_size(json_object_get(result, "labs"));

		if (i == 0) {
			b->columns = labs > b->columns ? labs : b->columns;
			head(b->out, b->run, b->columns, result);
		}
		rows_of(b, s, result);
		json_array_append_new(json_object_get(b->summary, "results"),
		                      json_string(s->folder));
		b->tally->submissions++;
		count_result(b->summary, s, result, b->tally);
		json_decref(result);
	}
	if (class->count == 0)
		head(b->out, b->run, b->columns, NULL);
	if (b->roster)
		rows_of_the_others(b);
}

int gradebook_write(const struct run *run, const struct class *class, struct roster *roster,
                    struct tally *tally)
{
	char *path = text_format("%s/gradebook.csv", run->out);
	json_t *summary = json_pack("{s:i,s:s,s:[],s:{},s:[]}", "schema", 1, "isolation",
	                            run->isolation, "look_at", "labs", "results");
	struct book book = {
		.run = run, .roster = roster, .summary = summary, .tally = tally
	};
	struct save file;
	int done;

	if (roster) {
		json_object_set_new(summary, "strangers", json_array());
		json_object_set_new(summary, "several_submissions", json_array());
	}
	*tally = (struct tally){ .submissions = 0 };
	done = save_begin(&file, path);
	if (done == 0) {
		book.out = file.out;
		all_rows(&book, class);
		done = save_end(&file);
	}
	if (done == 0)
		done = write_summary(run, summary, tally);
	json_decref(summary);
	free(path);
	return done;
}

/* ---- what a person must look at ------------------------------------------ */

enum { LOOKS_SAID = 30 };       /* a screen; the rest is in the file */

void gradebook_say_looks(const struct run *run, FILE *out)
{
	char *path = text_format("%s/summary.json", run->out);
	json_t *summary = json_load_file(path, 0, NULL), *look;
	const json_t *looks = json_object_get(summary, "look_at");
	const char *before = "";
	size_t i;

	if (number(summary, "to_look_at") == 1)
		fprintf(out, "Look at this one first (all: \"look_at\" in %s):\n", path);
	else if (json_array_size(looks) > 0)
		fprintf(out, "Look at these %d first (all: \"look_at\" in %s):\n",
		        number(summary, "to_look_at"), path);
	json_array_foreach(looks, i, look) {
		const char *name = word(look, "submission"), *why = word(look, "why");

		if (i == LOOKS_SAID) {
			fprintf(out, "  ... and %zu more lines\n", json_array_size(looks) - i);
			break;
		}
		if (strcmp(name, before) != 0)
			fprintf(out, "  %s\n", name);
		before = name;
		fprintf(out, "    %s%s%s%s%.*s\n", word(look, "lab"), *word(look, "lab") ? ": " : "",
		        word(look, "file"), *word(look, "file") ? ": " : "",
		        (int)strcspn(why, "\n"), why);
	}
	look = json_array_get(looks, 0);
	if (look)
		fprintf(out, "Settle them in a file of rows who,lab,points,reason and run the same "
		        "command\nwith --override FILE; points are 12, +3, -2, source=FILE or "
		        "is=STUDENT:\n  %s,%.*s,+0,I have looked\n", word(look, "submission"),
		        (int)strcspn(word(look, "lab"), ","), word(look, "lab"));
	json_decref(summary);
	free(path);
}
