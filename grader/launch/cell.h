/*
 * The cell around one student's program: its own processes, mounts and users, a
 * root that holds nothing but the C library and the program, no descriptor above
 * 2, no capability, limits. Only the network is shared.
 *
 * Source: user_namespaces(7), pid_namespaces(7), mount_namespaces(7),
 * pivot_root(2), capabilities(7), setrlimit(2).
 */
#ifndef LAUNCH_CELL_H
#define LAUNCH_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct cell {
	char **argv;            /* the program's path on this machine, and arguments */
	const char *dir;        /* the check's folder: hosts, room for mount points */
	const char *name;       /* the program's name within the check */
	const char *preload;    /* a library to load first, or NULL */
	const char *address_fault;      /* for the library, see interpose.c, or NULL: */
	const char *address_names;      /* its LAB_ADDRESS_FAULT, LAB_ADDRESS_NAMES */
	bool walls;             /* with namespaces; else a process group only */
	bool sanitized;         /* room for the sanitizers: no memory limit, ptrace */
	int descriptors;        /* RLIMIT_NOFILE, 0: as it is */
	int out, err;           /* terminals for standard output and error */
	int report;             /* the init of the cell writes a struct report here */
	int ready;              /* closes on exec, or receives an errno */
	int listener;           /* socket on which a filter's descriptor is sent */
	const int *calls;       /* calls to be asked about */
	int call_count;
};

/* What the init of a cell tells its launcher. */
struct cell_report {
	int status;             /* of the program, as from waitpid(2) */
};

/*
 * Starts the cell. Returns the process id of its init, of which the program is the
 * first child; killing the init ends everything in the cell. -1 with errno, and
 * then nothing was started.
 */
pid_t cell_start(const struct cell *cell);

/* Maps the caller's own user and group into the user namespace that it has just
 * entered, under the same numbers. Returns 0, or -1 with errno. */
int map_own_ids(uid_t uid, gid_t gid);

/* Writes TEXT into an existing file. Returns 0, or -1 with errno. */
int write_text(const char *path, const char *text);

#endif
