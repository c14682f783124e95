/* All that one student sent, container by container. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/archive.h"
#include "grade/intake/class.h"
#include "grade/intake/names.h"
#include "grade/intake/walk.h"

enum { LEVELS = 2 };            /* an archive, and archives in it */

struct gathering {
	struct intake *in;
	uid_t uid;
	struct archive_limits left;     /* for all archives together */
	struct found found;
	int level;                      /* of the archive that is read */
	long long inner;                /* bytes of the archives in archives so far */
};

static bool wants_entry(void *context, const char *path)
{
	const struct gathering *g = context;
	char *whole = text_format("%s/%s", g->in->prefix, path);
	bool wanted = claim_of(g->in->labs, whole).lab >= 0 ||
	              (g->level < LEVELS && archive_stem(path) < strlen(path));

	free(whole);
	return wanted;
}

/* An archive in an archive: its bytes, as a file. */
static int as_file(const char *data, size_t len)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool is_hidden(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return *name == '.' || *name == '\0' || strstr(path, "__MACOSX/") != NULL ||
	       strncmp(path, ".git/", 5) == 0 || strstr(path, "/.git/") != NULL ||
	       strstr(path, "node_modules/") != NULL;
}

static void take_entry(void *context, const char *path, const char *data, size_t len,
                       const char *reason, long long when)
{
	struct gathering *g = context;
	char *whole;

	(void)when;
	if (is_hidden(path))
		return;
	whole = text_format("%s/%s", g->in->prefix, path);
	if (claim_of(g->in->labs, whole).lab >= 0)
		intake_offer(g->in, path, data, len, reason);
	else if (archive_stem(path) == strlen(path))
		intake_leave(g->in, path, NULL, LEFT_ASIDE);
	else if (data && g->level < LEVELS && (g->inner += (long long)len) > archive_of_one.file)
		intake_unread(g->in, path, "the archives in it are larger than 64 MiB together");
	else if (data && g->level < LEVELS)
		found_add(&g->found, g->in, whole, as_file(data, len), g->level + 1);
	else
		intake_unread(g->in, path, reason ? reason
			: "an archive in an archive in an archive, which is not opened");
	free(whole);
}

/* Reads the archive NUMBER of those found. */
static void gather_archive(struct gathering *g, int number, const struct upload *upload)
{
	struct archive_reader reader = { wants_entry, take_entry, g };
	char *words;

	g->level = g->found.level[number];
	intake_open(g->in, g->found.path[number]);
	words = archive_read(g->found.fd[number], g->uid, &g->left, &reader);
	if (words) {
		intake_discard(g->in);
		intake_unread(g->in, "", words);
	}
	free(words);
	close(g->found.fd[number]);
	intake_close(g->in, upload);
}

static void gather_folder(struct gathering *g, int class_fd, const char *entry)
{
	int fd = openat(class_fd, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		intake_unread(g->in, "", strerror(errno));
		return;
	}
	walk_folder(g->in, fd, &g->found);
	close(fd);
}

/* One entry of the class's folder. */
static void gather_part(struct gathering *g, int class_fd, const struct part *part)
{
	const char *name = part->file ? part->file : part->entry, *words;
	struct stat st;

	if (fstatat(class_fd, part->entry, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		intake_unread(g->in, name, "it went away before it was read");
		return;
	}
	words = kind_words(st.st_mode);
	if ((S_ISDIR(st.st_mode) || !words) &&
	    (st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0)
		intake_unread(g->in, name, "it is not readable (its mode forbids it)");
	else if (part->text && S_ISDIR(st.st_mode))
		intake_leave(g->in, part->entry, "text typed into the platform, no file", LEFT_DOCUMENT);
	else if (part->text)
		intake_leave(g->in, name, strcmp(name, "link.html") == 0
			? "a link typed into the platform, no file"
			: "text typed into the platform, no file", LEFT_DOCUMENT);
	else if (S_ISDIR(st.st_mode))
		gather_folder(g, class_fd, part->entry);
	else if (words)
		intake_unread(g->in, name, words);
	else
		walk_file(g->in, class_fd, part->entry, name, &g->found);
	if (g->in->newest == 0)
		g->in->newest = st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;
}

void submission_intake(struct intake *in, const struct labs *labs, const struct labs *graded,
                       int class_fd, const struct submission *s, uid_t uid)
{
	struct gathering g = { .in = in, .uid = uid, .left = archive_of_one };
	int first = 0;

	intake_begin(in, labs);
	in->graded = graded;
	for (int i = 0; i < s->parts; i++) {
		const struct part *part = &s->part[i];
		/* Files that the platform does not number belong together. */
		bool apart = part->order || !part->file;
		struct upload upload = {
			.id = apart ? i : s->parts, .order = part->order, .entry = part->entry
		};
		long long before = in->newest;

		in->late = in->late || part->late;
		in->newest = 0;
		intake_open(in, "");
		gather_part(&g, class_fd, part);
		upload.when = in->newest;
		intake_close(in, &upload);
		for (; first < g.found.count; first++)
			gather_archive(&g, first, &upload);
		if (before > in->newest)
			in->newest = before;
	}
	for (int i = 0; i < g.found.count; i++)
		free(g.found.path[i]);
	if (in->late)
		intake_note(in, "the platform marks this submission as late");
	intake_end(in);
}
