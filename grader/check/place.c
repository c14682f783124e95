#include "check/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/read.h"
#include "common/text.h"

/* The folder under build/trees for FROM: no leading slash, and ".." is "_", which
 * would lead out of it. The Makefile's TREE is the same. */
static char *tree_of(const char *from)
{
	char *tree, *to;

	if (*from == '/')
		from++;
	tree = to = need(strdup(from));
	while (*from) {
		if (strncmp(from, "..", 2) == 0) {
			*to++ = '_';
			from += 2;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return tree;
}

struct place place_of(const struct lab *lab, const char *from)
{
	char *tree = tree_of(from), *stem = text_format("%s/%s", lab->folder, lab->program);
	struct place place = {
		.source = text_format("%s/%s.c", from, stem),
		.own = text_format("labs/%s.c", stem),
		.starter = text_format("starter/%s.c", stem),
		.handout = text_format("labs/%s/README.md", lab->folder),
		.suite = text_format("labs/%s.bats", stem),
		.program = text_format("build/trees/%s/%s", tree, stem),
		.program_san = text_format("build/trees/%s/%s.san", tree, stem),
		.log = text_format("build/trees/%s/%s.log", tree, stem),
		.state = text_format("build/state/%s", lab->folder)
	};

	free(tree);
	free(stem);
	return place;
}

void place_free(struct place *place)
{
	free(place->source);
	free(place->own);
	free(place->starter);
	free(place->handout);
	free(place->suite);
	free(place->program);
	free(place->program_san);
	free(place->log);
	free(place->state);
}

bool place_runs(const char *program)
{
	struct stat st;

	return stat(program, &st) == 0 && S_ISREG(st.st_mode) && access(program, X_OK) == 0;
}

bool place_same(const char *a, const char *b)
{
	FILE *x = fopen(a, "re"), *y = fopen(b, "re");
	bool same = x && y;

	for (int c = 0; same && c != EOF;) {
		c = getc(x);
		same = c == getc(y);
	}
	if (x)
		fclose(x);
	if (y)
		fclose(y);
	return same;
}

char *place_text(const char *path, size_t max)
{
	char *text = read_whole(path, max, NULL);

	return text ? text : need(strdup(""));
}
