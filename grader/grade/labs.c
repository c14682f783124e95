#include "grade/labs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

int labs_read(struct labs *labs, const char *file)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;
	int wrong = 0;

	labs->count = 0;
	if (!in)
		return -1;
	while (!wrong && getline(&line, &size, in) >= 0) {
		char *rest = line, *word[3];
		int n = 0;

		line[strcspn(line, "#")] = '\0';
		while (n < 3 && (word[n] = strtok_r(n ? NULL : line, " \t\r\n", &rest)))
			n++;
		if (n == 0)
			continue;
		if (n < 3 || labs->count == LABS_MAX || strchr(word[1], '/') ||
		    strchr(word[2], '/')) {
			wrong = 1;
			break;
		}
		labs->at[labs->count++] = (struct lab){
			.target = need(strdup(word[0])),
			.folder = need(strdup(word[1])),
			.program = need(strdup(word[2]))
		};
	}
	free(line);
	fclose(in);
	if (!wrong && labs->count > 0)
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
	}
	labs->count = 0;
}
