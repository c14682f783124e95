/*
 * table: writes the table of checks and points into a lab's handout, from the suite,
 * between the lines `<!-- checks -->` and `<!-- /checks -->`.
 */
#include "author/cases.h"
#include "common/read.h"
#include "common/save.h"
#include "common/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
"usage: table [--check] [LAB]...\n"
"\n"
"Rewrites the table in labs/LAB/README.md of these labs, or of all. With --check\n"
"nothing is written; status 1 if a table is not what the suite says.\n";

enum { STALE = 1, TROUBLE = 2, HANDOUT_MAX = 1 << 20 };

static const char begin[] = "<!-- checks -->\n", end[] = "<!-- /checks -->";

/* A vertical bar would end the cell. */
static void write_cell(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void write_table(FILE *out, const struct suite *suite)
{
	fprintf(out, "| | the check | TODO | points |\n| ---: | --- | :---: | ---: |\n");
	for (size_t i = 0; i < suite->count; i++) {
		const struct check *check = &suite->checks[i];

		fprintf(out, "| %zu | ", i + 1);
		write_cell(out, check->name);
		if (check->stretch)
			fprintf(out, " | %d | a star |\n", check->todo);
		else
			fprintf(out, " | %d | %d |\n", check->todo, check->points);
	}
	fprintf(out, "| | | | **%d** |\n", suite->max);
}

/* Returns true if the handout at PATH had another table than SUITE makes. */
static bool renew(const char *path, const struct suite *suite, bool only_check)
{
	char *text = read_whole(path, HANDOUT_MAX, NULL), *made = NULL;
	const char *from = text ? strstr(text, begin) : NULL, *to;
	struct save save;
	size_t length;
	FILE *out;
	bool stale;

	if (!text)
		die_errno(TROUBLE, "%s", path);
	to = from ? strstr(from, end) : NULL;
	if (!to)
		die(TROUBLE, "%s: the lines <!-- checks --> and <!-- /checks --> are missing", path);
	out = open_memstream(&made, &length);
	fwrite(text, 1, (size_t)(from - text) + sizeof(begin) - 1, out);
	write_table(out, suite);
	fputs(to, out);
	fclose(out);
	stale = strcmp(made, text) != 0;
	if (stale && !only_check) {
		if (save_begin(&save, path) < 0)
			die_errno(TROUBLE, "%s", path);
		fwrite(made, 1, length, save.out);
		if (save_end(&save) < 0)
			die_errno(TROUBLE, "%s", path);
	}
	if (stale)
		printf("%s: %s\n", path, only_check ? "not what the suite says (make handouts)"
		                                    : "renewed");
	free(made);
	free(text);
	return stale;
}

int main(int argc, char **argv)
{
	static struct labs labs;
	static struct suite suites[LABS_MAX];
	bool only_check = argc > 1 && strcmp(argv[1], "--check") == 0, stale = false;
	int first = only_check ? 2 : 1;

	if (argc > first && argv[first][0] == '-') {
		fputs(usage, stderr);
		return TROUBLE;
	}
	cases_read_labs(&labs, suites, argc == first + 1 ? argv[first] : NULL);
	for (int i = 0; i < labs.count; i++) {
		bool wanted = first >= argc;
		char *path = text_format("labs/%s/README.md", labs.at[i].folder);

		for (int a = first; a < argc; a++)
			wanted |= labs_find(&labs, argv[a]) == i;
		if (wanted)
			stale |= renew(path, &suites[i], only_check);
		free(path);
	}
	return stale && only_check ? STALE : 0;
}
