#include "grade/intake/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/names.h"

const char *kind_words(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK: return "it is a symbolic link";
	case S_IFDIR: return "it is a folder";
	case S_IFIFO: return "it is a FIFO";
	case S_IFSOCK: return "it is a socket";
	case S_IFCHR:
	case S_IFBLK: return "it is a device";
	case S_IFREG: return NULL;
	default: return "it is no regular file";
	}
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int folder_names(int folder, int max, char ***names)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int space = 0, failed = 0;

	*names = NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (errno = 0, !failed && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (count == max) {
			failed = EOVERFLOW;
			break;
		}
		if (count == space) {
			space = space ? 2 * space : 64;
			*names = need(realloc(*names, (size_t)space * sizeof(**names)));
		}
		(*names)[count++] = need(strdup(entry->d_name));
	}
	if (!failed)
		failed = errno;
	closedir(dir);
	if (failed) {
		while (count > 0)
			free((*names)[--count]);
		free(*names);
		*names = NULL;
		errno = failed;
		return -1;
	}
	if (count > 0)
		qsort(*names, (size_t)count, sizeof(**names), by_bytes);
	return count;
}

/* Reads at most one byte more than a source may have, so that a file that grows
 * meanwhile is seen to be too large. */
static ssize_t read_source(int fd, char *data)
{
	size_t len = 0;

	while (len < SOURCE_MAX + 1) {
		ssize_t n = read(fd, data + len, SOURCE_MAX + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

void found_add(struct found *found, struct intake *in, const char *path, int fd, int level)
{
	if (fd < 0) {
		intake_unread(in, path, strerror(errno));
	} else if (found->count == FOUND_MAX) {
		intake_unread(in, path, "the submission has more than 64 archives");
		close(fd);
	} else {
		found->fd[found->count] = fd;
		found->level[found->count] = level;
		found->path[found->count++] = need(strdup(path));
	}
}

/* Opens the file NAME of PARENT if it is one that may be read: the descriptor, or -1 and
 * in *REASON why not. */
static int open_file(int parent, const char *name, struct stat *st, const char **reason)
{
	int fd;

	if (fstatat(parent, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
		*reason = "it went away while it was read";
		return -1;
	}
	*reason = kind_words(st->st_mode);
	/* To root every file is readable; the verdict must not depend on who grades. */
	if (!*reason && (st->st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0)
		*reason = "it is not readable (its mode forbids it)";
	if (*reason)
		return -1;
	fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		*reason = errno == ELOOP ? kind_words(S_IFLNK) : strerror(errno);
	} else if (fstat(fd, st) < 0 || kind_words(st->st_mode)) {
		/* What was opened may be another file than what was looked at. */
		*reason = "it changed while it was read";
		close(fd);
		fd = -1;
	}
	return fd;
}

static void was_changed(struct intake *in, const struct stat *st)
{
	long long when = st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec;

	if (when > in->newest)
		in->newest = when;
}

static void walk_archive(struct intake *in, int parent, const char *name, const char *path,
                         struct found *found)
{
	const char *reason;
	struct stat st;
	int fd = open_file(parent, name, &st, &reason);

	if (fd < 0) {
		intake_unread(in, path, reason);
	} else if (st.st_size == 0) {
		intake_unread(in, path, "the file is empty");
		close(fd);
	} else {
		was_changed(in, &st);
		found_add(found, in, path, fd, 1);
	}
}

void walk_file(struct intake *in, int parent, const char *name, const char *path,
               struct found *found)
{
	struct stat st;
	const char *reason;
	char *data;
	ssize_t len;
	int fd;

	if (claim_of(in->labs, path).lab < 0) {
		if (archive_stem(path) < strlen(path) && name[0] != '.')
			walk_archive(in, parent, name, path, found);
		else
			intake_leave(in, path, NULL, LEFT_ASIDE);
		return;
	}
	if (!intake_wants(in, path)) {
		intake_pass_over(in, path);
		return;
	}
	fd = open_file(parent, name, &st, &reason);
	if (fd >= 0 && st.st_size > SOURCE_MAX)
		reason = "it is larger than 256 KiB";
	if (reason) {
		intake_offer(in, path, NULL, 0, reason);
		if (fd >= 0)
			close(fd);
		return;
	}
	data = need(malloc(SOURCE_MAX + 1));
	len = read_source(fd, data);
	if (len < 0) {
		intake_offer(in, path, NULL, 0, strerror(errno));
	} else {
		if (st.st_nlink > 1)
			intake_note(in, "%.300s: the file has %lu names (hard links)", path,
			            (unsigned long)st.st_nlink);
		was_changed(in, &st);
		intake_offer(in, path, data, (size_t)len, NULL);
	}
	free(data);
	close(fd);
}

static void walk(struct intake *in, int folder, const char *prefix, int depth, int *left,
                 struct found *found);

static void walk_below(struct intake *in, int parent, const char *name, const char *path,
                       int depth, int *left, struct found *found)
{
	struct stat st;
	int fd;

	if (folder_is_pruned(name)) {
		return;                 /* no place of work: .git, node_modules */
	}
	if (depth == WALK_DEPTH) {
		intake_unread(in, path, "this folder is too deep, it was not looked into");
		return;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0)
		intake_unread(in, path, "this folder cannot be read");
	else
		walk(in, fd, path, depth + 1, left, found);
	if (fd >= 0)
		close(fd);
}

static void walk(struct intake *in, int folder, const char *prefix, int depth, int *left,
                 struct found *found)
{
	char **names;
	int count = folder_names(folder, *left, &names);

	if (count < 0) {
		intake_unread(in, prefix, errno == EOVERFLOW ? "more than 20,000 files and folders"
		                                             : strerror(errno));
		*left = 0;
		return;
	}
	*left -= count;
	for (int i = 0; i < count; i++) {
		char *path = text_format("%s%s%s", prefix, *prefix ? "/" : "", names[i]);
		struct claim claim = claim_of(in->labs, path);
		struct stat st;

		if (fstatat(folder, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0) {
			/* A folder with a source's name is refused as that. */
			if (!S_ISDIR(st.st_mode) || (claim.lab >= 0 && claim.tier == TIER_NAME))
				walk_file(in, folder, names[i], path, found);
			else
				walk_below(in, folder, names[i], path, depth, left, found);
		}
		free(path);
		free(names[i]);
	}
	free(names);
}

void walk_folder(struct intake *in, int folder, struct found *found)
{
	int left = WALK_ENTRIES;

	walk(in, folder, "", 0, &left, found);
}
