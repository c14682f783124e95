/* The download of a class, if it is one archive. */
#ifndef GRADE_INTAKE_UNPACK_H
#define GRADE_INTAKE_UNPACK_H

#include <sys/types.h>

enum { UNPACK_DEPTH = 24 };     /* folders below each other; what is deeper is left out */

/* Unpacks the archive at FD below the folder TO (which is there and empty), regular files
 * only. UID as archive_read. Returns NULL, or words for why it is refused, to be freed. */
char *class_unpack(int fd, uid_t uid, const char *to);

#endif
