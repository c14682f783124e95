/* Files read whole. */
#ifndef COMMON_READ_H
#define COMMON_READ_H

#include <stddef.h>

/* The bytes of the file PATH, at most MAX of them, with a NUL behind, in new memory
 * that the caller frees; their number in *LENGTH if it is not NULL. NULL with errno
 * if it cannot be read. */
char *read_whole(const char *path, size_t max, size_t *length);

#endif
