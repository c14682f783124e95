#include "common/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"

static int drop(struct save *save, int why)
{
	free(save->path);
	free(save->aside);
	*save = (struct save){ 0 };
	errno = why;
	return why ? -1 : 0;
}

int save_begin(struct save *save, const char *path)
{
	int fd, why;

	*save = (struct save){ .path = need(strdup(path)) };
	save->aside = text_format("%s.XXXXXX", path);
	fd = mkostemp(save->aside, O_CLOEXEC);
	if (fd < 0)
		return drop(save, errno);
	save->out = fdopen(fd, "w");
	if (save->out)
		return 0;
	why = errno;
	close(fd);
	unlink(save->aside);
	return drop(save, why);
}

/* A new name survives a crash only if its folder was synced as well. Some file
 * systems cannot; the file is right all the same. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = need(slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("."));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(folder);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int save_end(struct save *save)
{
	int fd = fileno(save->out), why = 0;

	/* A write that failed long ago left no errno behind. */
	if (ferror(save->out))
		why = EIO;
	errno = 0;
	if (fflush(save->out) != 0 || fchmod(fd, 0644) != 0 || fsync(fd) != 0)
		why = errno ? errno : EIO;
	if (fclose(save->out) != 0 && why == 0)
		why = errno ? errno : EIO;
	if (why == 0 && rename(save->aside, save->path) != 0)
		why = errno;
	if (why)
		unlink(save->aside);
	else
		sync_folder(save->path);
	return drop(save, why);
}
