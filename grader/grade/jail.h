/* One command in a box of bubblewrap's, watched from outside: its wall clock, its
 * output, its memory; and nothing of it is left afterwards. */
#ifndef GRADE_JAIL_H
#define GRADE_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { JAIL_STREAMS = 4, JAIL_ARGS = 160 };

/* What comes out on one descriptor of the command. */
struct jail_stream {
	int fd;                 /* its number inside */
	size_t max;             /* bytes kept; what follows is read and dropped */
	void (*take)(void *context, const char *bytes, size_t len);
	void *context;          /* TAKE gets every byte up to MAX; if it is NULL, */
	char *kept;             /* they are kept here (malloc, NUL-terminated) */
	size_t len;
	bool cut;               /* there was more than MAX */
};

struct jail {
	const char *argv[JAIL_ARGS + 1]; /* bwrap and its arguments, NULL at the end */
	int args;
	char *owned[JAIL_ARGS];         /* what of them is to be freed */
	int owned_count;
	int give[JAIL_ARGS];            /* descriptors the child keeps under their */
	int gives;                      /* own numbers, closed by jail_free */

	uid_t uid;              /* as root: the user to become; (uid_t)-1: stay */
	int64_t wall_ms;        /* after that it is ended */
	unsigned long cpu;      /* seconds of CPU of any one process */
	unsigned long fsize;    /* bytes of any one file */
	unsigned long space;    /* bytes of address space of any one process; 0: any */
	unsigned long memory;   /* bytes of all processes together, watched; 0: any */
	struct jail_stream stream[JAIL_STREAMS];
	int streams;
};

struct jail_end {
	bool started;           /* false: the machine could not; WORDS says why */
	char words[200];
	int status;             /* of bwrap, as from waitpid(2) */
	bool late;              /* ended because of wall_ms */
	bool flooded;           /* ended because it never stopped talking */
	int hungry;             /* processes ended because of `memory` */
	double cpu;             /* seconds of CPU it all took */
};

/* The folder of the system shown in every box: /usr, what points into it, and the
 * few files of /etc that programs cannot do without; nothing writable but /tmp
 * (TMP_BYTES). Adds the arguments to JAIL, which it empties first. */
void jail_begin(struct jail *jail, unsigned long tmp_bytes);

/* Adds arguments for bwrap; a list that ends with NULL. The strings must outlive
 * JAIL; jail_own takes one that is freed with it. */
void jail_add(struct jail *jail, ...) __attribute__((sentinel));
const char *jail_own(struct jail *jail, char *text);

/* Shows LEN bytes as the file PATH of the box (whose root is read-only in the end) (mode PERMS, such as "0555"). Returns
 * 0, or -1 with errno. */
int jail_show(struct jail *jail, const char *path, const char *perms, const void *bytes,
              size_t len);

/* Watches descriptor FD of the command. Returns the stream's index. */
int jail_listen(struct jail *jail, int fd, size_t max,
                void (*take)(void *, const char *, size_t), void *context);

/* Runs it to its end. The caller must have no other children: whatever is left of
 * the box becomes its child, and is waited for. */
struct jail_end jail_run(struct jail *jail);

void jail_free(struct jail *jail);

#endif
