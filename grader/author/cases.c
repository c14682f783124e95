#include "author/cases.h"

#include "common/text.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MALFORMED = 2 };

int cases_read_labs(struct labs *labs, struct suite *suites, const char *name)
{
	int only;

	if (labs_read(labs, "labs/labs.txt") < 0)
		die_errno(MALFORMED, "labs/labs.txt");
	only = name ? labs_find(labs, name) : -1;
	if (name && only < 0)
		die(MALFORMED, "no such lab: %s", name);
	for (int i = 0; i < labs->count; i++) {
		char *path, *why;

		if (name && i != only)
			continue;
		path = text_format("labs/%s/%s.bats", labs->at[i].folder, labs->at[i].program);
		if (suite_read(&suites[i], path, &why) < 0)
			die(MALFORMED, "%s", why);
		free(path);
	}
	return only;
}

int case_check(const struct suite *suite, const char *name)
{
	for (size_t i = 0; i < suite->count; i++)
		if (strcmp(suite->checks[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool case_fails(const struct lab_case *c, const struct suite *suite, size_t index)
{
	for (int i = 0; i < c->fails_count; i++)
		if (strcmp(suite->checks[index].name, c->fails[i]) == 0)
			return true;
	return false;
}

static struct lab_case *add(struct cases *cases, enum case_kind kind, int lab,
                            const char *name, const char *source)
{
	struct lab_case *c;

	cases->at = need(realloc(cases->at, (cases->count + 1) * sizeof(*cases->at)));
	c = &cases->at[cases->count++];
	*c = (struct lab_case){.kind = kind, .lab = lab, .name = need(strdup(name)),
	                       .source = need(strdup(source))};
	return c;
}

/* The part of PATH after the last '/', without ENDING. The caller frees it. */
static char *base_name(const char *path, const char *ending)
{
	const char *slash = strrchr(path, '/');
	char *base = need(strdup(slash ? slash + 1 : path));
	size_t length = strlen(base), cut = strlen(ending);

	if (length > cut && strcmp(base + length - cut, ending) == 0)
		base[length - cut] = '\0';
	return base;
}

static void read_head(struct lab_case *c, const struct suite *suite)
{
	char line[1024];
	int number = 0;
	FILE *file = fopen(c->diff, "re");

	if (!file)
		die_errno(MALFORMED, "%s", c->diff);
	while (fgets(line, sizeof(line), file) && line[0] != '\n') {
		char *value = strstr(line, ": ");

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!value)
			die(MALFORMED, "%s:%d: not a line KEY: TEXT (an empty line ends the head)",
			    c->diff, number);
		*value = '\0';
		value = need(strdup(value + 2));
		if (strcmp(line, "what") == 0 && !c->what)
			c->what = value;
		else if (strcmp(line, "fails") == 0 && c->fails_count < FAILS_MAX)
			c->fails[c->fails_count++] = value;
		else if (strcmp(line, "told") == 0 && c->told_count < TOLD_MAX)
			c->told[c->told_count++] = value;
		else
			die(MALFORMED, "%s:%d: unknown key, or too many: %s", c->diff, number, line);
		if (strcmp(line, "fails") == 0 && case_check(suite, value) < 0)
			die(MALFORMED, "%s:%d: %s has no such check: %s", c->diff, number,
			    suite->path, value);
	}
	fclose(file);
	if (!c->what || !c->fails_count || !c->told_count)
		die(MALFORMED, "%s: what:, fails: and told: must be there", c->diff);
}

/* The number of the last TODO in the reference program. */
static int count_todos(const char *source)
{
	char line[1024];
	int count = 0, number;
	FILE *file = fopen(source, "re");

	if (!file)
		die_errno(MALFORMED, "%s", source);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " /* TODO %d ends */", &number) == 1 && strstr(line, "ends"))
			count = number > count ? number : count;
	fclose(file);
	return count;
}

static void find_of_lab(struct cases *cases, const struct labs *labs,
                        const struct suite *suite, int lab)
{
	const struct lab *row = &labs->at[lab];
	char *source = text_format("solutions/%s/%s.c", row->folder, row->program);
	char *skeleton = text_format("starter/%s/%s.c", row->folder, row->program);
	char *right = text_format("tests/right/*/%s/%s.c", row->folder, row->program);
	char *wrong = text_format("tests/wrong/%s/*.diff", row->folder);
	glob_t found;

	add(cases, CASE_REFERENCE, lab, "solutions", source);
	add(cases, CASE_SKELETON, lab, "starter", skeleton);
	for (int rung = 1, todos = count_todos(source); rung < todos; rung++) {
		char *name = text_format("rung-%d", rung);

		add(cases, CASE_RUNG, lab, name, source)->rung = rung;
		free(name);
	}
	if (glob(right, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			char *tree = need(strdup(found.gl_pathv[i] + strlen("tests/right/")));

			tree[strcspn(tree, "/")] = '\0';
			add(cases, CASE_RIGHT, lab, tree, found.gl_pathv[i]);
			free(tree);
		}
		globfree(&found);
	}
	if (glob(wrong, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			char *name = base_name(found.gl_pathv[i], ".diff");
			struct lab_case *c = add(cases, CASE_WRONG, lab, name, source);

			c->diff = need(strdup(found.gl_pathv[i]));
			read_head(c, suite);
			free(name);
		}
		globfree(&found);
	}
	free(source);
	free(skeleton);
	free(right);
	free(wrong);
}

void cases_find(struct cases *cases, const struct labs *labs,
                const struct suite *suites, int lab)
{
	*cases = (struct cases){NULL, 0};
	for (int i = 0; i < labs->count; i++)
		if (lab < 0 || i == lab)
			find_of_lab(cases, labs, &suites[i], i);
}
