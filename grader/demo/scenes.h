/* What a demo shows, read from the lab's own folder: labs/LAB/scenes.txt.
 *
 *     scene TITLE               two new hosts; the lines below happen there
 *     alpha$ ./server           typed at alpha's terminal as soon as it is free
 *     or COMMAND                instead, if the machine lacks the one above
 *     alpha listens tcp 3490    wait until a socket is there (tcp or udp)
 *     alpha ends                wait until what runs on alpha has ended
 *     alpha ^C                  the person at alpha presses Ctrl-C
 *
 * `#` begins a comment line. The hosts are called alpha and beta; alpha has
 * the left terminal. A command with < > | or ; in it is bash's. */
#ifndef DEMO_SCENES_H
#define DEMO_SCENES_H

#include <stdbool.h>
#include <stdint.h>

enum action { TYPE, LISTENS, ENDS, INTERRUPT };

struct step {
	enum action action;
	int host;               /* 0 or 1: alpha or beta */
	char *command;          /* TYPE: the line */
	char *instead;          /* TYPE: the line of `or`, or NULL */
	int protocol;           /* LISTENS: IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;          /* LISTENS */
};

struct scene {
	char *title;
	struct step *steps;
	int count;
};

/* Reads FILE. Returns the scenes and stores how many in *COUNT; the caller keeps
 * them until it ends. Complains and exits 2 if FILE is missing or wrong. */
struct scene *scenes_read(const char *file, int *count);

/* The words of the command LINE, '...' holding one together; or bash, -c, LINE.
 * Returns a NULL-terminated array in new memory; the words are new, too. */
char **scenes_words(const char *line);

#endif
