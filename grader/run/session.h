/* Suites, running: each `box -- runner` in a session and process group of its own, its
 * TAP read as it comes, its time limited, nothing of it left behind. */
#ifndef JUDGE_SESSION_H
#define JUDGE_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "judge/scoring.h"

enum { SESSION_GRACE_MS = 3 * 1000 };  /* from SIGTERM to SIGKILL */

struct session {
	/* what to run */
	const char *lab;
	const struct suite *suite;
	const size_t *asked;    /* as for scoring_begin */
	size_t count;
	char *const *argv;
	char *const *env;
	int64_t patience_ms;    /* until the first byte of TAP */
	int64_t limit_ms;       /* from there to the end */

	/* whom to tell: both may be NULL */
	scoring_handler *settled;
	void (*said)(void *context, const char *line);  /* standard error, before any
	                           TAP: one escaped line */
	void *context;

	/* during the run, for the handlers; and what came of it: free it */
	const struct lab_result *sofar;
	struct lab_result *result;
};

/* To be called once, before anything else is started: SIGINT, SIGTERM, SIGHUP, SIGQUIT
 * and SIGCHLD are taken by the sessions from now on, SIGPIPE is ignored. */
void sessions_prepare(void);

/* Runs COUNT sessions, AT_ONCE side by side, begun in order. Returns 0, or the number
 * of the signal that ended it early (SIGPIPE: nobody reads standard output any more).
 * Everything that was started has ended in both cases; each result is set, those of
 * sessions that never began are NULL. */
int sessions_run(struct session *const *sessions, size_t count, size_t at_once);

#endif
