#include "check/standing.h"

#include <errno.h>
#include <stdio.h>

#include "common/save.h"

/* The whole file, one line. */
static const char form[] = "score %d max %d stars %d maxstars %d todo %d check %d status %d\n";

struct standing standing_of(const struct lab_result *result)
{
	struct standing standing = {
		.known = true, .status = result->status,
		.score = result->score, .max = result->max,
		.stars = result->stars, .max_stars = result->max_stars
	};
	int next = lab_result_next(result);

	if (next >= 0) {
		standing.todo = result->checks[next].todo;
		standing.check = next + 1;
	}
	return standing;
}

int standing_save(const char *path, const struct standing *s)
{
	struct save file;

	if (save_begin(&file, path) != 0)
		return -1;
	fprintf(file.out, form, s->score, s->max, s->stars, s->max_stars, s->todo, s->check,
	        (int)s->status);
	return save_end(&file);
}

int standing_load(const char *path, struct standing *s)
{
	FILE *in = fopen(path, "re");
	int status, fields;

	*s = (struct standing){ 0 };
	if (!in)
		return -1;
	fields = fscanf(in, form, &s->score, &s->max, &s->stars, &s->max_stars, &s->todo,
	                &s->check, &status);
	fclose(in);
	/* Anybody may have written there; what is drawn from it must stay in bounds. */
	if (fields != 7 || s->max < 0 || s->max > 1000 || s->score < 0 || s->score > s->max ||
	    s->max_stars < 0 || s->max_stars > 100 || s->stars < 0 ||
	    s->stars > s->max_stars || status < 0 || status > LAB_HARNESS_ERROR) {
		*s = (struct standing){ 0 };
		errno = EINVAL;
		return -1;
	}
	s->status = (enum lab_status)status;
	s->known = true;
	return 0;
}
