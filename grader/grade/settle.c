#include "grade/settle.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/read.h"
#include "common/text.h"

/* ---- the file of overrides ----------------------------------------------- */

struct columns {
	int who, lab, points, reason;
};

static bool find_columns(const struct sheet_row *row, struct columns *c)
{
	static const char *const words[4] = { "who", "lab", "points", "reason" };
	int *where[4] = { &c->who, &c->lab, &c->points, &c->reason };
	bool all = true;

	for (int k = 0; k < 4; k++) {
		*where[k] = -1;
		for (int i = 0; i < row->count; i++)
			if (strcasecmp(row->cell[i].text, words[k]) == 0)
				*where[k] = i;
		all = all && (*where[k] >= 0 || k == 1);
	}
	return all;
}

/* Whose submission WHO speaks of: the index; -1: nobody's, -2: more than one. */
static int find_whose(const struct class *class, const struct roster *roster, const char *who)
{
	struct person person = { (char *)(size_t)who, (char *)(size_t)who, (char *)(size_t)who };
	int found = -1, student;

	for (int i = 0; i < class->count; i++)
		if (strcmp(who, class->at[i].name) == 0)
			return i;
	for (int i = 0; i < class->count; i++)
		if (submission_is(&class->at[i], who))
			found = found == -1 ? i : -2;
	if (found != -1 || !roster)
		return found;
	student = roster_find(roster, &person);
	for (int i = 0; student >= 0 && i < class->count; i++) {
		int *rows, count = roster_match(roster, &class->at[i], &rows);

		for (int k = 0; k < count; k++)
			if (rows[k] == student)
				found = found == -1 || found == i ? i : -2;
		free(rows);
	}
	return student == -2 ? -2 : found;
}

/* The file that `source=FILE` names, from the folder of the sheet PATH. */
static char *beside(const char *path, const char *file)
{
	const char *slash = strrchr(path, '/');
	char *joined, *real;

	if (*file == '/' || !slash)
		joined = need(strdup(file));
	else
		joined = text_format("%.*s/%s", (int)(slash - path), path, file);
	real = realpath(joined, NULL);
	free(joined);
	return real;
}

/* NULL, or what is wrong with POINTS. */
static const char *read_points(struct order *o, const char *points, const char *path)
{
	char *end, *data;
	long n;

	points += strspn(points, " ");
	if (strncasecmp(points, "source=", 7) == 0) {
		o->kind = ORDER_SOURCE;
		o->source = beside(path, points + 7);
		data = o->source ? read_whole(o->source, SOURCE_MAX, NULL) : NULL;
		if (!data)
			return "the file that source= names cannot be read";
		free(data);
		return *o->lab ? NULL : "source= needs a lab";
	}
	n = strtol(points, &end, 10);
	end += strspn(end, " ");
	if (end == points || *end || n < -10000 || n > 10000)
		return "points are a number (12), a change (+3, -2), source=FILE or is=STUDENT";
	o->kind = *points == '+' || *points == '-' ? ORDER_ADD : ORDER_SET;
	o->points = (int)n;
	return NULL;
}

static const char *read_lab(struct order *o, const char *lab, const struct labs *table)
{
	int row = labs_find(table, lab);

	if (row < 0 && *lab && strcasecmp(lab, "all") != 0)
		return "there is no such lab";
	o->lab = need(strdup(row < 0 ? "" : table->at[row].folder));
	return NULL;
}

/* `is=WORD`: the submission is the work of whoever has this number, login or address. */
static const char *be_whose(struct submission *s, const struct roster *roster, const char *word)
{
	struct person who = { (char *)(size_t)"", (char *)(size_t)word, (char *)(size_t)word };
	int student = roster ? roster_find(roster, &who) : 0;

	if (!*word || student < 0)
		return "is= needs the number, login or address of one person of the roster";
	for (int i = 0; i < s->members; i++) {
		free(s->member[i].name);
		free(s->member[i].id);
		free(s->member[i].email);
	}
	s->member = need(realloc(s->member, sizeof(*s->member)));
	s->member[0] = (struct person){
		need(strdup(roster ? roster->at[student].name : s->plain)), need(strdup(word)), NULL
	};
	s->members = 1;
	return NULL;
}

static const char *read_order(struct class *class, const struct labs *table,
                              const struct roster *roster, const char *path,
                              const struct sheet_row *row, const struct columns *c)
{
	const char *who = sheet_cell(row, c->who), *reason = sheet_cell(row, c->reason), *wrong;
	int whose = find_whose(class, roster, who);
	struct order o = { .kind = ORDER_SET };
	struct submission *s;

	if (whose == -1)
		return "nobody who handed something in is called that";
	if (whose == -2)
		return "more than one is called that; say the number or the submission";
	if (!reason[strspn(reason, " ")])
		return "a reason is missing";
	if (strncasecmp(sheet_cell(row, c->points), "is=", 3) == 0)
		return be_whose(&class->at[whose], roster, sheet_cell(row, c->points) + 3);
	wrong = read_lab(&o, sheet_cell(row, c->lab), table);
	if (!wrong)
		wrong = read_points(&o, sheet_cell(row, c->points), path);
	if (wrong) {
		free(o.lab);
		free(o.source);
		return wrong;
	}
	o.reason = text_escaped(reason, strlen(reason), TEXT_PLAIN);
	s = &class->at[whose];
	s->order = need(realloc(s->order, (size_t)(s->orders + 1) * sizeof(*s->order)));
	s->order[s->orders++] = o;
	return NULL;
}

int orders_read(struct class *class, const struct labs *table, const struct roster *roster,
                const char *path, char **why)
{
	struct columns columns;
	struct sheet sheet;
	const char *wrong = NULL;

	if (sheet_read(&sheet, path, why) < 0)
		return -1;
	if (sheet.rows == 0 || !find_columns(&sheet.row[0], &columns)) {
		*why = text_format("%s: the first row must name the columns who, lab, points, reason",
		                   path);
		sheet_free(&sheet);
		return -1;
	}
	for (int i = 1; i < sheet.rows && !wrong; i++) {
		wrong = read_order(class, table, roster, path, &sheet.row[i], &columns);
		if (wrong)
			*why = text_format("%s, row %d (%s): %s", path, i + 1,
			                   sheet_cell(&sheet.row[i], columns.who), wrong);
	}
	sheet_free(&sheet);
	return wrong ? -1 : 0;
}

/* ---- before grading ------------------------------------------------------ */

static void replace_source(struct intake *in, int lab, const struct order *o)
{
	struct source *s = &in->source[lab];
	size_t len;
	char *data = read_whole(o->source, SOURCE_MAX, &len);
	unsigned changed;
	const char *why = data ? source_normalise(&data, &len, &changed) : strerror(errno);

	free(s->data);
	free(s->words);
	s->data = NULL;
	s->words = NULL;
	s->size = 0;
	if (why || !data) {
		s->status = SOURCE_REJECTED;
		s->words = text_format("%s: %s", o->source, why ? why : "?");
		free(data);
	} else {
		s->status = SOURCE_TAKEN;
		s->data = data;
		s->size = len;
		data[len] = '\0';
	}
	intake_note(in, "%s: judged from another file (%s)", o->lab, o->reason);
}

/* Is LAB settled by S's orders? Adding points is: whoever adds 0 has looked. */
static bool is_settled(const struct submission *s, const char *lab, size_t len)
{
	for (int i = 0; i < s->orders; i++)
		if (!*s->order[i].lab || (strlen(s->order[i].lab) == len &&
		                          strncmp(s->order[i].lab, lab, len) == 0))
			return true;
	return false;
}

void orders_apply(const struct submission *s, struct intake *in)
{
	int kept = 0;

	for (int i = 0; i < s->orders; i++) {
		int lab = labs_find(in->labs, s->order[i].lab);

		if (s->order[i].kind == ORDER_SOURCE && lab >= 0)
			replace_source(in, lab, &s->order[i]);
	}
	for (int i = 0; i < in->looks; i++) {
		bool open = !*in->look[i].labs && !is_settled(s, "", 0);

		for (const char *p = in->look[i].labs; *p; p += strcspn(p, " ,")) {
			p += strspn(p, " ,");
			open = open || !is_settled(s, p, strcspn(p, " ,"));
		}
		if (open) {
			in->look[kept++] = in->look[i];
		} else {
			free(in->look[i].labs);
			free(in->look[i].file);
			free(in->look[i].why);
		}
	}
	in->looks = kept;
}

/* ---- after it ------------------------------------------------------------ */

struct settling {
	const struct submission *s;
	struct intake *in;
	json_t *list;           /* what changes what */
};

static void add(struct settling *g, const char *kind, const char *lab, int points,
                const char *why)
{
	json_array_append_new(g->list, json_pack("{s:s,s:s,s:i,s:s}", "kind", kind, "lab", lab,
	                                         "points", points, "why", why));
	intake_note(g->in, "%s%s%s: %+d point%s (%s)", kind, *lab ? " in " : "", lab, points,
	            points == 1 || points == -1 ? "" : "s", why);
}

/* When the source of LAB was handed in, seconds of 1970, and by whose word. A source that
 * an instructor put in its place was handed in with the rest. */
static long long handed_in(const struct settling *g, int lab, long long due, const char **from)
{
	long long when = time_of(g->s->when);

	*from = "the platform's time";
	if (when > 0)
		return when;
	when = g->in->source[lab].upload.when ? g->in->source[lab].upload.when : g->in->newest;
	when /= 1000000000LL;
	*from = "the files' dates";
	if (g->in->late && when <= due) {
		*from = "the platform's mark";
		return due + 1;
	}
	return when;
}

static int be_late(struct settling *g, const struct labs *table, const struct policy *policy,
                   int lab, int score)
{
	const char *folder = g->in->labs->at[lab].folder, *from;
	int row = labs_find(table, folder), lost;
	long long due = row >= 0 ? policy->due[row] : 0, when;
	char *by, *text, *until;

	if (due == 0 || g->in->source[lab].status == SOURCE_ABSENT)
		return 0;
	when = handed_in(g, lab, due, &from);
	if (when <= due)
		return 0;
	lost = late_costs(policy, score, when - due);
	by = duration(when - due);
	until = utc(due);
	text = text_format("late by %s, due %s, by %s", by, until, from);
	add(g, "late", folder, -lost, text);
	free(text);
	free(until);
	free(by);
	return lost;
}

/* What the orders for LAB ("": all of it) make of POINTS. *SET: a number was given. */
static int be_ordered(struct settling *g, const char *lab, int points, bool *set)
{
	for (int i = 0; i < g->s->orders; i++) {
		const struct order *o = &g->s->order[i];
		int change = o->kind == ORDER_SET ? o->points - points : o->points;

		if (strcmp(o->lab, lab) != 0 || o->kind == ORDER_SOURCE)
			continue;
		if (points + change < 0)
			change = -points;
		*set = *set || o->kind == ORDER_SET;
		points += change;
		add(g, "override", lab, change, o->reason);
	}
	return points;
}

static bool has_number(const struct submission *s, const char *lab)
{
	for (int i = 0; i < s->orders; i++)
		if (s->order[i].kind == ORDER_SET && strcmp(s->order[i].lab, lab) == 0)
			return true;
	return false;
}

char *settle(const struct submission *s, struct intake *in, const struct labs *table,
             const struct policy *policy, struct lab_result *const *result, int count)
{
	struct settling g = { .s = s, .in = in, .list = json_array() };
	bool open = false, set = false;
	char *list, *text = NULL;
	int total = 0, earned = 0;

	for (int i = 0; i < count; i++) {
		int lab = labs_find(in->labs, result[i]->lab), points = result[i]->score;
		bool judged = result[i]->status != LAB_HARNESS_ERROR;

		earned += points;
		set = false;
		if (lab >= 0 && judged && !has_number(s, result[i]->lab))
			points -= be_late(&g, table, policy, lab, points);
		points = be_ordered(&g, result[i]->lab, judged ? points : 0, &set);
		open = open || (!judged && !set);
		total += points;
	}
	set = false;
	total = be_ordered(&g, "", total, &set);
	open = open && !set;
	if (policy->any || s->orders > 0) {
		if (!open && json_array_size(g.list) > 0)
			intake_note(in, "grade: %d (%d earned)", total, earned);
		list = need(json_dumps(g.list, JSON_COMPACT));
		text = open ? text_format("\"settled\": %s", list)
		            : text_format("\"settled\": %s,\n  \"final\": %d", list, total);
		free(list);
	}
	json_decref(g.list);
	return text;
}

void settle_sum(struct sha256 *h, const struct submission *s, const struct intake *in,
                const struct policy *policy)
{
	char *text;

	for (int i = 0; i < s->members; i++) {
		text = text_format("%s %s", s->member[i].name, s->member[i].id ? s->member[i].id : "");
		sha256_field(h, text, strlen(text));
		free(text);
	}
	for (int i = 0; i < s->orders; i++) {
		const struct order *o = &s->order[i];

		text = text_format("%s %d %d %s", o->lab, (int)o->kind, o->points, o->reason);

		sha256_field(h, text, strlen(text));
		free(text);
	}
	if (!policy->any)
		return;
	text = text_format("%d%%/%d %d %d", policy->percent, policy->unit, policy->most,
	                   policy->then_nothing);
	sha256_field(h, text, strlen(text));
	free(text);
	sha256_field(h, policy->due, sizeof(policy->due));
	sha256_field(h, s->when, s->when ? strlen(s->when) : 0);
	for (int i = 0; i < in->labs->count; i++)
		sha256_field(h, &in->source[i].upload.when, sizeof(in->source[i].upload.when));
}
