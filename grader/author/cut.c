/* cut - cuts a student's skeleton from a reference program; `cut` alone says how.
 *
 * A bracket that is not exactly right is refused and nothing is written: a
 * skeleton that quietly keeps a solution is worse than none. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { FAILURE = 2 };           /* exit status of everything that can go wrong */

static const char help[] =
	"usage: cut [--rung K] LAB/PROG.c > SKELETON.c\n"
	"\n"
	"What a student has to write is a region of the reference program: the body of a\n"
	"function, or its tail, between two comments.\n"
	"\n"
	"\t/* TODO 2: What to do, which call, what to read,\n"
	"\t * how one knows that it works. */\n"
	"\t... the solution ...\n"
	"\t/* TODO 2 ends */\n"
	"\n"
	"Regions up to K (none, if K is not given) stay as they are. In the others the first\n"
	"comment stays, and the rest becomes two lines that say \"PROG: stopped at TODO 2\"\n"
	"and end the program with status 3.\n";

/* Where the cut is in the reference. */
struct cut {
	const char *file;       /* its name, as given */
	char *program;          /* PROG of LAB/PROG.c */
	int rung;               /* the last TODO that stays solved */
	int line;               /* the line in hand */
	int regions;            /* begun so far */
	int region;             /* the one it is in; 0: outside */
	int begun;              /* the line that one began at */
	char indent[32];        /* the white space before its first comment */
	bool in_comment;        /* its first comment has not ended yet */
};

/* Complains about the line in hand, and what to do about it. */
#define REFUSE(c, ...) refuse(c, text_format(__VA_ARGS__))

static _Noreturn void refuse(const struct cut *c, char *words)
{
	die(FAILURE, "%s:%d: %s", c->file, c->line, words);
}

/* The number at TEXT, digits only, and in *REST what follows it. 0: none, or one
 * too large. */
static int number_at(const char *text, const char **rest)
{
	char *end;
	long number;

	if (!isdigit((unsigned char)*text))
		return 0;
	errno = 0;
	number = strtol(text, &end, 10);
	*rest = end;
	return errno == 0 && number <= INT_MAX ? (int)number : 0;
}

enum bracket { NEITHER, BEGINS, ENDS };

/* Which bracket TEXT is, and in *NUMBER of which TODO. A line that speaks of a
 * numbered TODO and is no bracket is refused: it may well be a misspelt one. */
static enum bracket bracket_of(const struct cut *c, const char *text, int *number)
{
	const char *start = text + strspn(text, " \t");
	const char *rest = "";

	if (strncmp(start, "/* TODO ", 8) == 0) {
		*number = number_at(start + 8, &rest);
		if (*number > 0 && *rest == ':')
			return BEGINS;
		if (*number > 0 && strcmp(rest, " ends */\n") == 0)
			return ENDS;
	}
	for (const char *word = strstr(text, "TODO"); word; word = strstr(word + 1, "TODO")) {
		const char *next = word + 4 + strspn(word + 4, " \t#-");

		if (isdigit((unsigned char)*next) || *next == ':')
			REFUSE(c, "almost a bracket; begin the line with \"/* TODO 1: WHAT TO DO\", "
				"or make it \"/* TODO 1 ends */\" and nothing else");
	}
	return NEITHER;
}

static void begin_region(struct cut *c, const char *text, int number)
{
	if (c->region != 0)
		REFUSE(c, "TODO %d begins inside TODO %d (line %d); put \"/* TODO %d ends */\" "
			"before it", number, c->region, c->begun, c->region);
	if (number != c->regions + 1)
		REFUSE(c, "TODO %d comes where TODO %d is due; number them 1, 2, 3, ... as they "
			"stand in the file", number, c->regions + 1);
	c->region = number;
	c->regions = number;
	c->begun = c->line;
	snprintf(c->indent, sizeof c->indent, "%.*s", (int)strspn(text, " \t"), text);
	c->in_comment = true;
}

static void end_region(struct cut *c, int number)
{
	if (c->region == 0)
		REFUSE(c, "TODO %d ends and has not begun; put \"/* TODO %d: WHAT TO DO */\" "
			"before its code", number, number);
	if (number != c->region)
		REFUSE(c, "TODO %d ends inside TODO %d (line %d); one of the two numbers is wrong",
			number, c->region, c->begun);
	c->region = 0;
}

/* Ends the first comment of a region if TEXT does. Returns whether it did. */
static bool ends_comment(struct cut *c, const char *text)
{
	const char *end = strstr(text, "*/");

	if (!c->in_comment || !end)
		return false;
	if (strcmp(end, "*/\n") != 0)
		REFUSE(c, "something follows the comment of TODO %d; put it on a line of its own",
			c->region);
	c->in_comment = false;
	return true;
}

/* Writes what stays of the line TEXT to OUT. */
static void cut_line(struct cut *c, FILE *out, const char *text)
{
	int number = 0;
	enum bracket bracket = bracket_of(c, text, &number);
	bool stays = c->region <= c->rung || c->in_comment;

	if (c->in_comment && bracket != NEITHER)
		REFUSE(c, "the comment of TODO %d (line %d) is still open; end it with \"*/\"",
			c->region, c->begun);
	if (bracket == BEGINS)
		begin_region(c, text, number);
	else if (bracket == ENDS)
		end_region(c, number);
	if (stays)
		fputs(text, out);
	if (ends_comment(c, text) && c->region > c->rung)
		fprintf(out,
			"%sfprintf(stderr, \"%s: stopped at TODO %d\\n\");\n"
			"%sexit(3);\n",
			c->indent, c->program, c->region, c->indent);
}

static void cut_file(struct cut *c, FILE *in, FILE *out)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&text, &room, in)) >= 0) {
		c->line++;
		if (strlen(text) != (size_t)length)
			REFUSE(c, "a NUL byte in a C source; take it out");
		cut_line(c, out, text);
	}
	if (ferror(in))
		die_errno(FAILURE, "%s", c->file);
	free(text);
	if (c->region != 0) {
		c->line = c->begun;
		REFUSE(c, "TODO %d does not end; put \"/* TODO %d ends */\" after its code",
			c->region, c->region);
	}
	if (c->regions == 0)
		REFUSE(c, "no TODO in the whole file; bracket what students have to write");
	if (c->rung > c->regions)
		REFUSE(c, "no rung %d here; the last TODO is %d", c->rung, c->regions);
}

/* The name of the program whose source is FILE: without folders and ".c". The
 * caller frees it. */
static char *program_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	size_t length = strlen(name);

	if (length < 3 || strcmp(name + length - 2, ".c") != 0)
		die(FAILURE, "%s: the reference has to be a C source, NAME.c", file);
	return need(strndup(name, length - 2));
}

int main(int argc, char *argv[])
{
	struct cut c = { .rung = 0 };
	const char *rest = "";
	char *skeleton = NULL;
	size_t length = 0;
	FILE *in, *out;

	if (argc == 4 && strcmp(argv[1], "--rung") == 0) {
		c.rung = number_at(argv[2], &rest);
		if (*rest != '\0' || !isdigit((unsigned char)argv[2][0]))
			die(FAILURE, "--rung %s: not a number", argv[2]);
	} else if (argc != 2 || argv[1][0] == '-') {
		fputs(help, stderr);
		return FAILURE;
	}
	c.file = argv[argc - 1];
	c.program = program_name(c.file);
	in = fopen(c.file, "r");
	if (!in)
		die_errno(FAILURE, "%s", c.file);
	/* Into memory first: nothing is written unless all of it is right. */
	out = need(open_memstream(&skeleton, &length));
	cut_file(&c, in, out);
	fclose(in);
	if (fclose(out) != 0)
		die_errno(FAILURE, "%s", c.file);
	if (fwrite(skeleton, 1, length, stdout) != length || fflush(stdout) != 0)
		die_errno(FAILURE, "standard output");
	free(skeleton);
	free(c.program);
	return 0;
}
