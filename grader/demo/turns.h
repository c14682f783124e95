/* The order of what two terminals show. Each reader of a terminal comes late by
 * some microseconds, and cause and effect would now and then change places. So a
 * program asks before each write(2) to its standard output or error, and only one
 * is granted at a time: what is read then is in the order it happened.
 *
 * Source: seccomp(2), seccomp_unotify(2); the kernel has it since Linux 5.5. */
#ifndef DEMO_TURNS_H
#define DEMO_TURNS_H

/* In a new process, before exec: from now on it, and all it becomes and starts,
 * asks before it writes. Returns a descriptor on which the asking is heard, or -1
 * where the kernel cannot; then nothing has changed. */
int turns_begin(void);

/* Hears one request on LISTENER (poll(2) says that there is one) and lets that
 * write go on. Returns 0, or -1 if the asker is gone. */
int turns_grant(int listener);

#endif
