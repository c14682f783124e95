/*
 * The launcher's heart: keeps one program, its output, its faults and its
 * deadline, and answers what a check asks about it.
 */
#ifndef LAUNCH_SUPERVISOR_H
#define LAUNCH_SUPERVISOR_H

#include "launch/cell.h"
#include "launch/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { LAUNCH_HARNESS = 125 };  /* exit status: not the program's failure */

struct launch {
	char **argv;            /* program and arguments */
	const char *dir;        /* the check's folder; files DIR/NAME.* are written */
	const char *name;
	const char *preload;    /* or NULL: see struct cell */
	const char *address_fault;
	const char *address_names;
	bool walls;             /* namespaces can be had */
	bool sanitized;
	int descriptors;        /* RLIMIT_NOFILE, 0: as it is */
	long life_ms;           /* it is ended after so long whatever happens */
	size_t output_cap;      /* bytes of output kept, and allowed, per stream */
	struct faults faults;
};

/*
 * Starts the program and keeps it. The files, from then on, as it goes:
 *
 *   NAME.out NAME.err   what it printed
 *   NAME.end            how it ended, one line: "exit 0", "signal 11 SIGSEGV",
 *                       "flood" (printed too much), "late" (ran over its
 *                       life), "stopped" (by the check while it ran)
 *   NAME.ran            milliseconds from just before its start to its end: never
 *                       less than it really took
 *   NAME.record         what the preloaded library saw
 *
 * With WITHIN_MS > 0 returns when the program has ended by itself, or that time
 * is over, and everything is ended. Else answers requests on DIR/NAME.ctl until
 * one says stop. STARTED is a descriptor that receives one byte when the program
 * runs, or a line of text saying why it does not; it is closed then.
 * Returns 0 if the program ended by itself, 1 if not, LAUNCH_HARNESS.
 */
int supervise(struct launch *launch, long within_ms, int started);

/*
 * Sends one request to the supervisor of NAME in DIR and copies the answer, one
 * line, to ANSWER. Requests:
 *
 *   await MS COND...   out:TEXT line:TEXT err:TEXT end listening:PORT bound:PORT
 *                      zombies:N children:N others:N descriptors:N held:N calls:CALL:N
 *                      cpu:MS queued:PORT:N
 *                      receiving:PORT (connected to that port of a peer, all that
 *                      came is read, asleep)
 *                      "yes", "no ended", "no late", each with what is the case
 *                      (others: living processes besides the program)
 *   signal NAME [all]  to the program, or to it and its children
 *   release [once]     lets held calls go on; once: others are still held
 *   descriptors WORD   none: it gets no more than it has; enough: it does again
 *   show WHAT          descriptors, sockets, children, others, zombies, cpu, held,
 *                      child-listeners:PORT, family:PORT
 *   stop               ends everything
 *
 * Returns 0, or -1 with errno.
 */
int supervisor_ask(const char *dir, const char *name, const char *request,
                   char *answer, size_t size);

#endif
