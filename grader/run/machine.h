/* What this machine must have to judge a program: a runner and the box. */
#ifndef JUDGE_MACHINE_H
#define JUDGE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

struct machine {
	char *runner;           /* absolute: what runs a .bats file, build/bin/runner, or
	                           Bats if RUNNER=bats stands in the environment */
	char *box;              /* absolute */
	char *bin;              /* the folder of our tools, absolute */
	char *scratch;          /* a folder for temporary files; NULL: the box brings its
	                           own */
	bool enforced;          /* programs are isolated; else they share this machine's
	                           network, one at a time, as best effort */
	size_t at_once;         /* suites side by side */
};

/* Looks for everything. ROOT is the top of the project. Returns NULL, or one sentence
 * that says what is missing and what to do; the caller frees it. Call machine_leave in
 * both cases. */
char *machine_find(struct machine *machine, const char *root);

/* Makes the scratch folder where one is needed. Returns as machine_find. From here on
 * no signal may end the program without machine_leave. */
char *machine_enter(struct machine *machine);

/* Removes what the runs left in the scratch folder, and frees the memory. */
void machine_leave(struct machine *machine);

/* "enforced" or "best effort". */
const char *machine_isolation(const struct machine *machine);

#endif
