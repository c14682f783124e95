#include "common/labs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

/* Puts one line into the next row. Returns false if it is not a row. */
static bool read_row(struct labs *labs, char *line)
{
	const char *blanks = " \t\r\n";
	char *rest = line, *word[3];
	struct lab *lab = &labs->at[labs->count];

	line[strcspn(line, "#")] = '\0';
	if (line[strspn(line, blanks)] == '\0')
		return true;
	for (int i = 0; i < 3; i++) {
		word[i] = strtok_r(i ? NULL : line, blanks, &rest);
		/* The names become parts of paths. */
		if (!word[i] || strchr(word[i], '/') || word[i][0] == '.')
			return false;
	}
	if (labs->count == LABS_MAX)
		return false;
	lab->target = need(strdup(word[0]));
	lab->folder = need(strdup(word[1]));
	lab->program = need(strdup(word[2]));
	/* Some C libraries leave NULL behind the last word. */
	lab->title = need(strdup(rest ? rest + strspn(rest, blanks) : ""));
	for (size_t n = strlen(lab->title); n > 0 && strchr(blanks, lab->title[n - 1]); n--)
		lab->title[n - 1] = '\0';
	labs->count++;
	return true;
}

int labs_read(struct labs *labs, const char *file)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;
	bool right = true;

	labs->count = 0;
	if (!in)
		return -1;
	while (right && getline(&line, &size, in) >= 0)
		right = read_row(labs, line);
	free(line);
	fclose(in);
	if (right && labs->count > 0)
		return 0;
	labs_free(labs);
	errno = EINVAL;
	return -1;
}

int labs_find(const struct labs *labs, const char *word)
{
	for (int i = 0; i < labs->count; i++)
		if (strcmp(labs->at[i].target, word) == 0 ||
		    strcmp(labs->at[i].folder, word) == 0)
			return i;
	return -1;
}

void labs_free(struct labs *labs)
{
	for (int i = 0; i < labs->count; i++) {
		free(labs->at[i].target);
		free(labs->at[i].folder);
		free(labs->at[i].program);
		free(labs->at[i].title);
	}
	labs->count = 0;
}
