#include "grade/fill.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/labs.h"
#include "common/read.h"
#include "common/save.h"
#include "common/text.h"
#include "grade/outcome.h"
#include "grade/roster.h"
#include "grade/sheet.h"

/* Exit statuses. */
enum { DONE = 0, WRONG = 1, LOOK = 2 };

struct filling {
	struct outcomes all;
	struct labs labs;
	struct roster bridge;   /* of --roster: who is who on two platforms */
	const char *column;     /* of --column, or NULL */
	bool scale;
	FILE *said;
	int open;               /* not filled */
};

/* ---- which column -------------------------------------------------------- */

enum { TARGETS = 64 };
struct target {
	int column;             /* of the sheet; its number of columns: a new one */
	const char *lab;        /* "": all of them */
	double possible;        /* the most that the platform gives; 0: it does not say */
};

static bool ends_with_number(const char *head)
{
	size_t len = strlen(head);
	const char *open = strrchr(head, '(');

	return open && len > 0 && head[len - 1] == ')' && open[1] != ')' &&
	       strspn(open + 1, "0123456789") == (size_t)(head + len - 1 - open - 1);
}

/* The column whose head is NAME and then REST; -1: none. */
static int column_called(const struct sheet_row *head, const char *name, const char *rest)
{
	for (int i = 0; i < head->count; i++)
		if (strncasecmp(head->cell[i].text, name, strlen(name)) == 0 &&
		    strcasecmp(head->cell[i].text + strlen(name), rest) == 0)
			return i;
	return -1;
}

/* Is the column I one that a platform reads grades from? *POSSIBLE: the most it gives. */
static bool is_grades(const struct sheet *s, int i, double *possible)
{
	const struct sheet_row *head = &s->row[0];
	const char *name = head->cell[i].text, *points;
	int max;

	*possible = 0;
	if (ends_with_number(name)) {           /* Canvas: Title (ID) */
		for (int r = 1; r < s->rows && r < 4; r++) {
			const char *first = sheet_cell(&s->row[r], 0);

			points = sheet_cell(&s->row[r], i);
			if (strstr(points, "read only"))
				return false;
			if (strstr(first, "Points Possible"))
				*possible = atof(points);
		}
		return true;
	}
	if (strcasecmp(name, "grade") == 0) {   /* Moodle */
		max = column_called(head, "Maximum Grade", "");
		if (max >= 0 && s->rows > 1)
			*possible = atof(sheet_cell(&s->row[1], max));
		return true;
	}
	points = strstr(name, "[Total Pts:");   /* Blackboard: Title [Total Pts: 100 Score] |1 */
	if (points) {
		*possible = atof(points + 11);
		return true;
	}
	max = column_called(head, name, " - Max Points"); /* Gradescope */
	for (int r = 1; max >= 0 && r < s->rows && *possible <= 0; r++)
		*possible = atof(sheet_cell(&s->row[r], max));
	return max >= 0;
}

/* Looks for the columns to fill. Returns their number, or -1 with words in *WHY. */
static int find_targets(const struct filling *f, const struct sheet *s,
                        struct target target[TARGETS], char **why)
{
	const struct sheet_row *head = &s->row[0];
	int count = 0, labs = 0;
	char *names = need(strdup("")), *longer;

	for (int i = 0; i < head->count && count < TARGETS; i++) {
		const char *name = head->cell[i].text;
		double possible;
		bool grades = is_grades(s, i, &possible);
		int lab;

		if (f->column ? strcmp(name, f->column) != 0 : !grades)
			continue;
		lab = lab_in_name(&f->labs, name, strcspn(name, "(["));
		longer = text_format("%s%s'%s'", names, *names ? ", " : "", name);
		free(names);
		names = longer;
		labs += lab >= 0;
		target[count++] = (struct target){
			i, lab >= 0 ? f->labs.at[lab].folder : "", possible
		};
	}
	if (count == 0 && f->column)
		target[count++] = (struct target){ head->count, "", 0 };
	else if (count == 0)
		*why = need(strdup("no column for grades is found; name one with --column NAME"));
	else if (count > 1 && labs < count)
		*why = text_format("several columns could be meant: %s; choose with --column NAME",
		                   names);
	else if (count == 1 && *target[0].lab) {
		/* "Lab 1" may be the assignment of all labs: what it gives decides. */
		int all, one = 0;

		outcome_points(&f->all.at[0], "", &all);
		outcome_points(&f->all.at[0], target[0].lab, &one);
		if (target[0].possible <= 0 || (int)target[0].possible != one || all == one)
			target[0].lab = "";
	}
	free(names);
	return *why ? -1 : count;
}

/* ---- who ----------------------------------------------------------------- */

/* The student of R that STUDENT, of another list, is: -1, -2 as roster_find. */
static int same_student(const struct roster *r, const struct student *student)
{
	int found = -1;

	for (int k = 0; k < student->keys; k++) {
		struct person p = { (char *)(size_t)"", student->key[k], NULL };
		int who = roster_find(r, &p);

		if (who != -1)
			found = found == -1 || found == who ? who : -2;
	}
	if (found == -1) {
		struct person p = { student->name, NULL, NULL };

		found = roster_find(r, &p);
	}
	return found;
}

/* Whose of the list R the submission O is, as roster_match. */
static int whose(const struct filling *f, const struct roster *r, const struct outcome *o,
                 int **who)
{
	int count = roster_match(r, &o->whose, who), *rows, known;

	if (count > 0 || f->bridge.count == 0)
		return count;
	count = 0;
	known = roster_match(&f->bridge, &o->whose, &rows);
	for (int i = 0; i < known && count >= 0; i++) {
		int found = same_student(r, &f->bridge.at[rows[i]]);

		if (found == -2)
			count = -2;
		else if (found >= 0 && count < r->count)
			(*who)[count++] = found;
	}
	if (known == -2)
		count = -2;
	free(rows);
	return count;
}

static void not_filled(struct filling *f, const char *who, const char *why)
{
	char *name = text_escaped(who, strlen(who), TEXT_PLAIN);

	if (f->open++ < 40)
		fprintf(f->said, "  not filled: %s (%s)\n", name, why);
	free(name);
}

/* ---- the copy ------------------------------------------------------------ */

/* The points as that file writes numbers. NULL if they do not fit. */
static char *number(const struct filling *f, const struct sheet *s, const struct target *t,
                    int points, int max)
{
	char text[32], *point;

	if (!f->scale || t->possible <= 0 || max == 0 || (int)t->possible == max)
		return text_format("%d", points);
	snprintf(text, sizeof(text), "%.2f", points * t->possible / max);
	point = strchr(text, '.');
	if (strcmp(point, ".00") == 0)
		*point = '\0';
	else if (s->delimiter == ';')
		*point = ',';   /* where a comma is the decimal sign */
	return need(strdup(text));
}

/* What goes into the sheet: for each of its rows and targets a text or NULL. */
struct grades {
	char **cell;            /* rows * targets */
	int targets;
};

static char **at(const struct grades *g, int row, int target)
{
	return &g->cell[row * g->targets + target];
}

static void put_grades(struct filling *f, const struct sheet *s, const struct student *student,
                       const struct outcome *o, const struct target *target, struct grades *g)
{
	for (int t = 0; t < g->targets; t++) {
		int max = 0, points = outcome_points(o, target[t].lab, &max);

		if (points >= 0 && !*at(g, student->row, t))
			*at(g, student->row, t) = number(f, s, &target[t], points, max);
	}
}

static void collect(struct filling *f, const struct sheet *s, struct roster *r,
                    const struct target *target, struct grades *g)
{
	int locked = column_called(&s->row[0], "Grade can be changed", "");

	for (int i = 0; i < f->all.count; i++) {
		const struct outcome *o = &f->all.at[i];
		int *who, count = whose(f, r, o, &who);

		if (count == 0)
			not_filled(f, o->whose.name, "nobody in this file");
		else if (count < 0)
			not_filled(f, o->whose.name, "more than one in this file could be meant");
		else if (o->open)
			not_filled(f, o->whose.name, "a person has to look at it first");
		for (int k = 0; k < count; k++) {
			struct student *student = &r->at[who[k]];

			student->seen++;
			student->asked = student->asked || o->open;
			if (student->seen > 1)
				not_filled(f, student->name, "two submissions; nothing is filled in");
			else if (locked >= 0 &&
			         strcasecmp(sheet_cell(&s->row[student->row], locked), "no") == 0)
				not_filled(f, student->name, "the file says that it cannot be changed");
			else if (!o->open)
				put_grades(f, s, student, o, target, g);
			for (int t = 0; student->seen > 1 && t < g->targets; t++) {
				free(*at(g, student->row, t));
				*at(g, student->row, t) = NULL;
			}
		}
		free(who);
	}
}

/* The sheet's text with the cells in it, everything else as it is. */
static void write_sheet(const struct filling *f, const struct sheet *s,
                        const struct target *target, const struct grades *g, FILE *out)
{
	size_t from = 0;
	bool first = true;

	for (int r = 0; r < s->rows; r++)
		for (int t = 0; t < g->targets; t++) {
			const struct sheet_row *row = &s->row[r];
			int column = target[t].column;
			const char *text = *at(g, r, t);
			size_t begin, end;

			if (r == 0 && column == s->row[0].count)
				text = f->column;
			if (!text)
				continue;
			begin = column < row->count ? row->cell[column].from : row->end;
			end = column < row->count ? row->cell[column].to : row->end;
			sheet_encode(s, s->text + from, begin - from, s->mark && first, out);
			first = false;
			for (int k = row->count; k <= column; k++)
				sheet_encode(s, &s->delimiter, 1, false, out);
			sheet_encode(s, text, strlen(text), false, out);
			from = end;
		}
	sheet_encode(s, s->text + from, s->len - from, s->mark && first, out);
}

static char *filled_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');

	if (!dot || (slash && dot < slash))
		return text_format("%s-filled", path);
	return text_format("%.*s-filled%s", (int)(dot - path), path, dot);
}

static char *check_possible(const struct filling *f, const struct target *target, int targets)
{
	for (int t = 0; t < targets && !f->scale; t++) {
		int max = 0;

		outcome_points(&f->all.at[0], target[t].lab, &max);
		if (target[t].possible > 0 && (int)target[t].possible != max)
			return text_format("there it gives %g points, here %d; --scale converts them",
			                   target[t].possible, max);
	}
	return NULL;
}

static int fill_sheet(struct filling *f, const struct sheet *s, struct roster *r,
                      const char *path, char **why)
{
	struct target target[TARGETS];
	struct grades g = { .targets = find_targets(f, s, target, why) };
	char *name = filled_name(path);
	struct save file;
	int filled = 0, done = -1;

	if (g.targets > 0 && !(*why = check_possible(f, target, g.targets))) {
		g.cell = need(calloc((size_t)s->rows * (size_t)g.targets, sizeof(*g.cell)));
		fprintf(f->said, "%s:\n", name);
		collect(f, s, r, target, &g);
		for (int i = 0; i < r->count; i++)
			filled += *at(&g, r->at[i].row, 0) != NULL;
		done = save_begin(&file, name);
		if (done == 0) {
			write_sheet(f, s, target, &g, file.out);
			done = save_end(&file);
		}
		if (done < 0)
			*why = text_format("%s: %s", name, strerror(errno));
		else
			fprintf(f->said, "  %d of %d filled into", filled, r->count);
		for (int t = 0; done == 0 && t < g.targets; t++)
			fprintf(f->said, "%s '%s'", t ? "," : "",
			        target[t].column < s->row[0].count
				? s->row[0].cell[target[t].column].text : f->column);
		if (done == 0)
			fputc('\n', f->said);
		for (int i = 0; i < s->rows * g.targets; i++)
			free(g.cell[i]);
		free(g.cell);
	}
	free(name);
	return done;
}

static int fill_file(struct filling *f, const char *path)
{
	struct roster_columns columns;
	struct roster roster = { NULL, 0 };
	struct sheet sheet;
	char *why = NULL;
	int done = -1;

	if (sheet_read(&sheet, path, &why) < 0) {
		complain("%s", why);
		free(why);
		return -1;
	}
	if (roster_of(&roster, &sheet, &columns) < 0 || !columns.head)
		why = need(strdup("its first row does not name the columns of a list of people"));
	else
		done = fill_sheet(f, &sheet, &roster, path, &why);
	if (why)
		complain("%s: %s", path, why);
	free(why);
	roster_free(&roster);
	sheet_free(&sheet);
	return done;
}

/* ---- the command --------------------------------------------------------- */

static const char usage[] =
"usage: grade fill [OPTION]... OUT FILE...\n"
"\n"
"Fills the grades of OUT into a copy of each FILE, your own export of Canvas, worksheet\n"
"of Moodle, or list of Gradescope or Blackboard; the copy is NAME-filled.csv beside it.\n"
"\n"
"  --column NAME    the column to fill, if there are several; a new one if none is\n"
"                   called that\n"
"  --scale          convert the points to what the file says is possible\n"
"  --roster FILE    another list that knows the people by both names or numbers\n"
"\n"
"Exit status: 0; 1 a file cannot be filled; 2 some submissions were not filled in.\n";

int fill_main(int argc, char **argv, const char *root, FILE *said)
{
	static const struct option options[] = {
		{ "column", required_argument, NULL, 'c' }, { "scale", no_argument, NULL, 's' },
		{ "roster", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct filling f = { .said = said };
	char *table = text_format("%s/labs/labs.txt", root), *why = NULL;
	int option, status = DONE;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c') {
			f.column = optarg;
		} else if (option == 's') {
			f.scale = true;
		} else if (option == 'r') {
			if (roster_read(&f.bridge, optarg, &why) < 0)
				die(WRONG, "%s", why);
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			exit(option == 'h' ? DONE : WRONG);
		}
	}
	if (argc - optind < 2)
		die(WRONG, "fill wants a folder of results and the files to fill");
	if (labs_read(&f.labs, table) < 0)
		die_errno(WRONG, "%s", table);
	if (outcomes_read(&f.all, argv[optind]) < 0)
		die(WRONG, "%s: there are no results in it", argv[optind]);
	for (int i = optind + 1; i < argc; i++)
		if (fill_file(&f, argv[i]) < 0)
			status = WRONG;
	if (status == DONE && f.open > 0)
		status = LOOK;
	outcomes_free(&f.all);
	roster_free(&f.bridge);
	labs_free(&f.labs);
	free(table);
	return status;
}

/* ---- feedback ------------------------------------------------------------ */

static bool add_report(struct archive *zip, const char *out, const struct outcome *o)
{
	const char *there = json_word(o->result, "entry");
	bool moodle = strstr(there, "_assignsubmission_") != NULL;
	char *from = text_format("%s/%s/report.txt", out, o->folder);
	char *to = text_format("%s/report.txt", moodle ? there : o->folder);
	struct archive_entry *entry = need(archive_entry_new());
	size_t len;
	char *text = read_whole(from, 64 << 20, &len);
	bool done = false;

	if (text) {
		archive_entry_set_pathname_utf8(entry, to);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)len);
		done = archive_write_header(zip, entry) == ARCHIVE_OK &&
		       archive_write_data(zip, text, len) == (la_ssize_t)len;
	}
	archive_entry_free(entry);
	free(text);
	free(from);
	free(to);
	return done;
}

int feedback_main(const char *out, FILE *said)
{
	char *path = text_format("%s/feedback.zip", out);
	struct archive *zip = need(archive_write_new());
	struct outcomes all;
	bool whole = true;

	if (outcomes_read(&all, out) < 0)
		die(WRONG, "%s: there are no results in it", out);
	archive_write_set_format_zip(zip);
	archive_write_set_options(zip, "hdrcharset=UTF-8");
	if (archive_write_open_filename(zip, path) != ARCHIVE_OK)
		die(WRONG, "%s", archive_error_string(zip));
	for (int i = 0; i < all.count; i++)
		whole = add_report(zip, out, &all.at[i]) && whole;
	if (archive_write_close(zip) != ARCHIVE_OK || !whole)
		die(WRONG, "%s: not all reports could be written", path);
	archive_write_free(zip);
	fprintf(said, "%s: %d reports\n", path, all.count);
	outcomes_free(&all);
	free(path);
	return DONE;
}
