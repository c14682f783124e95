#include "common/read.h"

#include "common/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

char *read_whole(const char *path, size_t max, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *bytes = NULL;
	size_t room = 0, used = 0, got;

	if (!file)
		return NULL;
	do {
		if (used == room)
			bytes = need(realloc(bytes, (room = room ? 2 * room : 4096) + 1));
		got = fread(bytes + used, 1, (room < max ? room : max) - used, file);
		used += got;
	} while (got > 0);
	if (ferror(file)) {
		int saved = errno;

		free(bytes);
		fclose(file);
		errno = saved;
		return NULL;
	}
	fclose(file);
	bytes[used] = '\0';
	if (length)
		*length = used;
	return bytes;
}
