/* A terminal with one program at a time on it: a pty, so that a program that
 * never flushes shows its lines as it would to a person. Source: pty(7). */
#ifndef DEMO_TERMINAL_H
#define DEMO_TERMINAL_H

#include "demo/cable.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct terminal {
	int master;             /* what the program writes is read here; -1: none */
	int turns;              /* its requests to write (turns.h); -1: none */
	pid_t pid;              /* 0: the prompt is back */
	int status;             /* of the last program, as from waitpid(2) */
	size_t length;          /* of line: what came since the last newline */
	char line[4096];
};

/* Starts FILE with ARGUMENTS on HOST, on a new pty. The program is ended with the
 * caller, whatever happens. Returns 0, or -1 with errno. */
int terminal_start(struct terminal *t, const struct host *host, const char *file,
                   char *const arguments[]);

/* Reads what there is now, without waiting, and calls SHOW for each whole line,
 * without its end; ALL: for what follows the last newline, too.
 * Returns false when there is nothing and never will be again. */
bool terminal_read(struct terminal *t, bool all, int host,
                   void (*show)(int host, const char *line, size_t length));

/* The person presses Ctrl-C. */
void terminal_interrupt(struct terminal *t);

/* Takes the power away: closes the terminal, kills all that runs on it. The
 * caller still has to wait for pid. */
void terminal_close(struct terminal *t);

#endif
