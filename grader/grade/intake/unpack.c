#include "grade/intake/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/archive.h"
#include "grade/intake/names.h"

struct unpacking {
	int to;                 /* the folder everything goes into */
	int folders;            /* made so far */
	char *failed;           /* why it is given up */
};

enum { FOLDERS_MAX = 40000 };   /* a class of 1,000 that hands in checkouts of the course */

/* What no submission is taken from is not unpacked either, nor what lies so deep that
 * nobody looks there. */
static bool wants_work(void *context, const char *path)
{
	size_t len = strlen(path), part;
	int depth = 0;

	(void)context;
	for (const char *p = path; *p; p += part) {
		char name[16];

		p += strspn(p, "/");
		part = strcspn(p, "/");
		snprintf(name, sizeof(name), "%.*s", (int)(part < 15 ? part : 15), p);
		if (p[part] == '/' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    part < 15 && folder_is_pruned(name))
			return false;
		depth++;
	}
	return len > 0 && path[len - 1] != '/' && depth <= UNPACK_DEPTH;
}

/* Below the folder U->to, makes the folders on the way to PATH and returns the last one
 * and its place in PATH, or -1. Nothing in it is a link, since only this writes
 * there. */
static int make_way(struct unpacking *u, const char *path, const char **last)
{
	int at = dup(u->to);

	for (;;) {
		size_t len = strcspn(path, "/");
		char name[256];
		int next;

		if (path[len] == '\0') {
			*last = path;
			return at;
		}
		if (len > 0 && !(len == 1 && path[0] == '.')) {
			if (len >= sizeof(name) || (len == 2 && strncmp(path, "..", 2) == 0))
				break;
			memcpy(name, path, len);
			name[len] = '\0';
			if (mkdirat(at, name, 0755) == 0 && ++u->folders > FOLDERS_MAX)
				break;
			next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			close(at);
			at = next;
			if (at < 0)
				return -1;
		}
		path += len + 1;
	}
	close(at);
	return -1;
}

static void unpack_one(void *context, const char *path, const char *data, size_t len,
                       const char *reason, long long when)
{
	struct unpacking *u = context;
	struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	const char *name;
	int folder, fd;

	if (u->failed || path[0] == '/' || (!data && !reason))
		return;
	folder = make_way(u, path, &name);
	if (u->folders > FOLDERS_MAX)
		u->failed = text_format("an archive bomb: more than %d folders", FOLDERS_MAX);
	if (folder < 0)
		return;
	if (!data) {
		/* A link or device stays visible as what it cannot be: a folder whose
		 * name says what was there. */
		symlinkat("refused", folder, name);
		close(folder);
		return;
	}
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	close(folder);
	if (fd < 0)
		return;
	if (write(fd, data, len) != (ssize_t)len)
		u->failed = text_format("writing what was unpacked: %s", strerror(errno));
	if (when > 0)
		futimens(fd, times);
	close(fd);
}

char *class_unpack(int fd, uid_t uid, const char *to)
{
	struct unpacking u = { .to = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	struct archive_reader reader = { wants_work, unpack_one, &u };
	struct archive_limits limits = archive_of_class;
	char *words;

	if (u.to < 0)
		return text_format("%s: %s", to, strerror(errno));
	words = archive_read(fd, uid, &limits, &reader);
	close(u.to);
	return words ? words : u.failed;
}
