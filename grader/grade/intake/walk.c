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

void walk_file(struct intake *in, int parent, const char *name, const char *path)
{
	struct stat st;
	const char *reason;
	char *data = NULL;
	ssize_t len;
	int fd;

	if (!intake_wants(in, path)) {
		in->others++;
		return;
	}
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		intake_offer(in, path, NULL, 0, "it went away while it was read");
		return;
	}
	reason = kind_words(st.st_mode);
	/* To root every file is readable; the verdict must not depend on who grades. */
	if (!reason && (st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0)
		reason = "it is not readable (its mode forbids it)";
	if (!reason && st.st_size > SOURCE_MAX)
		reason = "it is larger than 256 KiB";
	if (reason) {
		intake_offer(in, path, NULL, 0, reason);
		return;
	}
	fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		intake_offer(in, path, NULL, 0, errno == ELOOP ? kind_words(S_IFLNK)
		                                               : strerror(errno));
		return;
	}
	/* What was opened may be another file than what was looked at. */
	if (fstat(fd, &st) < 0 || kind_words(st.st_mode)) {
		intake_offer(in, path, NULL, 0, "it changed while it was read");
		close(fd);
		return;
	}
	data = need(malloc(SOURCE_MAX + 1));
	len = read_source(fd, data);
	if (len < 0) {
		intake_offer(in, path, NULL, 0, strerror(errno));
	} else {
		long long when = st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;

		if (st.st_nlink > 1)
			intake_note(in, "%.300s: the file has %lu names (hard links)", path,
			            (unsigned long)st.st_nlink);
		if (when > in->newest)
			in->newest = when;
		intake_offer(in, path, data, (size_t)len, NULL);
	}
	free(data);
	close(fd);
}

static void walk(struct intake *in, int folder, const char *prefix, int depth, int *left)
{
	char **names;
	int count = folder_names(folder, *left, &names);

	if (count < 0) {
		if (errno == EOVERFLOW)
			intake_reject(in, "more than %d files and folders", WALK_ENTRIES);
		else
			intake_note(in, "%s: %s", *prefix ? prefix : "the folder", strerror(errno));
		return;
	}
	*left -= count;
	for (int i = 0; i < count; i++) {
		char *path = text_format("%s%s%s", prefix, *prefix ? "/" : "", names[i]);
		struct stat st;
		int fd;

		if (in->rejected || fstatat(folder, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0) {
			;
		} else if (!S_ISDIR(st.st_mode) || claim_of(in->labs, path).lab >= 0) {
			walk_file(in, folder, names[i], path);
		} else if (names[i][0] == '.' || strcmp(names[i], "__MACOSX") == 0) {
			in->others++;
		} else if (depth == WALK_DEPTH) {
			intake_note(in, "%.300s: too deep, not looked into", path);
		} else {
			fd = openat(folder, names[i],
			            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (fd < 0 || (st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0)
				intake_note(in, "%.300s: this folder cannot be read", path);
			else
				walk(in, fd, path, depth + 1, left);
			if (fd >= 0)
				close(fd);
		}
		free(path);
		free(names[i]);
	}
	free(names);
}

void walk_folder(struct intake *in, int folder)
{
	int left = WALK_ENTRIES;

	walk(in, folder, "", 0, &left);
}
