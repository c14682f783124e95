/* The command line of check. */
#ifndef JUDGE_OPTIONS_H
#define JUDGE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { FULL = 0, NOT_FULL = 1, WRONG_USAGE = 2, NOT_JUDGED = 3 };      /* exit status */

struct options {
	const char *from;
	bool own;               /* FROM is labs: the student's own programs */
	char *from_words;       /* what commands need behind them: " FROM=solutions", "" */
	char *json;             /* absolute, or NULL */
	const char *name;
	const char *seed;
	size_t only;            /* 0: all checks */
	bool verbose, built, where;
};

/* Reads the command line and completes what is not given. Returns the index of the
 * first lab in ARGV. Wrong usage ends the program with its status. To be called before
 * the current folder changes. */
int options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
