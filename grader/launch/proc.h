/* What /proc tells of a program and its children: proc(5). */
#ifndef LAUNCH_PROC_H
#define LAUNCH_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROC_MAX = 512 };        /* processes looked at in one tree */

/* The direct children of PID, at most MAX. Returns their number; 0 if PID is
 * gone. */
int proc_children(pid_t pid, pid_t *out, int max);

/* All descendants of PID without PID itself, at most MAX, parents before
 * children. Returns their number. */
int proc_tree(pid_t pid, pid_t *out, int max);

/* The state letter of /proc/PID/stat ('R', 'S', 'Z', 'T', ...), 0 if gone. */
char proc_state(pid_t pid);

/* Open descriptors of PID; sockets among them in *SOCKETS if not NULL.
 * Returns -1 with errno if they cannot be read. */
int proc_descriptors(pid_t pid, int *sockets);

/* True if PID holds a descriptor of the socket with this inode. */
bool proc_holds_socket(pid_t pid, uint32_t inode);

/* The target of /proc/PID/fd/FD in TEXT (SIZE bytes). False if there is none. */
bool proc_descriptor(pid_t pid, int fd, char *text, size_t size);

/* Nanoseconds that PID has run, and has waited for a processor while it could
 * have run: /proc/PID/schedstat. Zeroes where the kernel does not count. */
void proc_time(pid_t pid, uint64_t *ran, uint64_t *waited);

#endif
