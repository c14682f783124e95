#include "grade/intake/class.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/archive.h"
#include "grade/intake/names.h"
#include "grade/intake/walk.h"

/* ---- the entries --------------------------------------------------------- */

enum { CLASS_ENTRIES = 200000 };

static bool same_student(const struct submission *s, const struct member *m)
{
	if (strcmp(s->name, m->student) != 0)
		return false;
	if (!s->id || !m->id)
		return !s->id && !m->id;
	return strcmp(s->id, m->id) == 0;
}

static struct submission *submission_for(struct class *class, const struct member *m)
{
	struct submission *s;

	/* The entries of one student mostly follow each other. */
	for (int i = class->count; i-- > 0;)
		if (same_student(&class->at[i], m))
			return &class->at[i];
	if ((class->count & (class->count + 1)) == 0) /* 0, 1, 3, 7: grow to twice that */
		class->at = need(realloc(class->at, (2u * (size_t)class->count + 2) *
		                                    sizeof(*class->at)));
	s = &class->at[class->count++];
	*s = (struct submission){ .name = need(strdup(m->student)) };
	if (m->id)
		s->id = need(strdup(m->id));
	return s;
}

static void add_part(struct submission *s, const char *entry, const struct member *m)
{
	s->part = need(realloc(s->part, (size_t)(s->parts + 1) * sizeof(*s->part)));
	s->part[s->parts++] = (struct part){
		.entry = need(strdup(entry)), .order = m->order, .late = m->late,
		.file = m->file ? need(strdup(m->file)) : NULL
	};
}

/* Two students of one name are told apart by their numbers. */
static void name_apart(struct class *class)
{
	bool *twice = need(calloc((size_t)class->count + 1, sizeof(*twice)));

	for (int i = 0; i < class->count; i++)
		for (int j = 0; j < i; j++)
			if (strcmp(class->at[i].name, class->at[j].name) == 0)
				twice[i] = twice[j] = true;
	for (int i = 0; i < class->count; i++) {
		struct submission *s = &class->at[i];

		if (twice[i] && s->id) {
			char *name = text_format("%s_%s", s->name, s->id);

			free(s->name);
			s->name = name;
		}
		s->folder = folder_name(s->name);
	}
	free(twice);
}

/* Gradescope's export calls its folders submission_NUMBER and says in
 * submission_metadata.yml whose they are. Only two of its lines are read:
 * `submission_NUMBER:` and, below it, `- :name: NAME`. */
static void gradescope_names(struct class *class, int fd)
{
	int yml = openat(fd, "submission_metadata.yml",
	                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *in = yml >= 0 && fstat(yml, &st) == 0 && S_ISREG(st.st_mode) &&
	           st.st_size < 64 << 20 ? fdopen(yml, "r") : NULL;
	struct submission *s = NULL;
	char *line = NULL;
	size_t size = 0;

	if (!in) {
		if (yml >= 0)
			close(yml);
		return;
	}
	while (getline(&line, &size, in) >= 0) {
		char *name = strstr(line, ":name:");

		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "submission_", 11) == 0) {
			line[strcspn(line, ":")] = '\0';
			s = NULL;
			for (int i = 0; i < class->count && !s; i++)
				if (strcmp(class->at[i].name, line) == 0)
					s = &class->at[i];
		} else if (s && name && !s->id) {
			name += strcspn(name + 6, " ") + 6;
			name += strspn(name, " '\"");
			name[strcspn(name, "'\"")] = '\0';
			if (*name) {
				s->id = s->name;
				s->name = need(strdup(name));
			}
		}
	}
	free(line);
	fclose(in);
}

static int by_name(const void *a, const void *b)
{
	const struct submission *x = a, *y = b;

	return strcmp(x->folder, y->folder);
}

int class_scan(struct class *class, int fd)
{
	char **names;
	int count = folder_names(fd, CLASS_ENTRIES, &names);

	*class = (struct class){ .count = 0 };
	if (count < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		struct stat st;
		bool is_folder = fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		                 S_ISDIR(st.st_mode);
		struct member m = member_parse(names[i], is_folder);

		if (m.kind == MEMBER_JUNK)
			class->ignored++;
		else
			add_part(submission_for(class, &m), names[i], &m);
		member_free(&m);
		free(names[i]);
	}
	free(names);
	gradescope_names(class, fd);
	name_apart(class);
	if (class->count > 0)
		qsort(class->at, (size_t)class->count, sizeof(*class->at), by_name);
	return 0;
}

static void submission_clear(struct submission *s)
{
	for (int i = 0; i < s->parts; i++) {
		free(s->part[i].entry);
		free(s->part[i].file);
	}
	free(s->part);
	free(s->name);
	free(s->id);
	free(s->folder);
}

void submission_free(struct submission *s)
{
	if (s)
		submission_clear(s);
	free(s);
}

void class_free(struct class *class)
{
	for (int i = 0; i < class->count; i++)
		submission_clear(&class->at[i]);
	free(class->at);
	*class = (struct class){ .count = 0 };
}

/* ---- a submission on a line ---------------------------------------------- */

/* JSON holds no invalid UTF-8, names may: every byte as two digits. */
static json_t *hex(const char *text)
{
	size_t len;
	char *digits;
	json_t *value;

	if (!text)
		return json_null();
	len = strlen(text);
	digits = need(malloc(2 * len + 1));
	for (size_t i = 0; i < len; i++)
		snprintf(digits + 2 * i, 3, "%02x", (unsigned char)text[i]);
	digits[2 * len] = '\0';
	value = json_string(digits);
	free(digits);
	return value;
}

static char *unhex(const json_t *value)
{
	const char *digits = json_string_value(value);
	size_t len = digits ? strlen(digits) / 2 : 0;
	char *text;

	if (!digits)
		return NULL;
	text = need(malloc(len + 1));
	for (size_t i = 0; i < len; i++) {
		char pair[3] = { digits[2 * i], digits[2 * i + 1], '\0' };

		text[i] = (char)strtoul(pair, NULL, 16);
	}
	text[len] = '\0';
	return text;
}

void submission_write(const struct submission *s, FILE *out)
{
	json_t *parts = json_array(), *line;
	char *text;

	for (int i = 0; i < s->parts; i++)
		json_array_append_new(parts, json_pack("{s:o,s:o,s:I,s:b}",
			"entry", hex(s->part[i].entry), "file", hex(s->part[i].file),
			"order", (json_int_t)s->part[i].order, "late", (int)s->part[i].late));
	line = json_pack("{s:o,s:o,s:o,s:o}", "name", hex(s->name), "id", hex(s->id),
	                 "folder", hex(s->folder), "parts", parts);
	text = need(json_dumps(line, JSON_COMPACT));
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(line);
}

struct submission *submission_parse(const char *line)
{
	json_t *whole = json_loads(line, 0, NULL), *parts = json_object_get(whole, "parts"), *part;
	struct submission *s = need(calloc(1, sizeof(*s)));
	size_t i;

	s->name = unhex(json_object_get(whole, "name"));
	s->id = unhex(json_object_get(whole, "id"));
	s->folder = unhex(json_object_get(whole, "folder"));
	s->part = need(calloc(json_array_size(parts) + 1, sizeof(*s->part)));
	json_array_foreach(parts, i, part) {
		s->part[s->parts++] = (struct part){
			.entry = unhex(json_object_get(part, "entry")),
			.file = unhex(json_object_get(part, "file")),
			.order = (unsigned long long)json_integer_value(
				json_object_get(part, "order")),
			.late = json_is_true(json_object_get(part, "late"))
		};
	}
	json_decref(whole);
	if (s->name && s->folder && s->parts > 0)
		return s;
	submission_free(s);
	return NULL;
}

/* ---- a class in one archive ---------------------------------------------- */

struct unpacking {
	int to;                 /* the folder everything goes into */
	char *failed;           /* why writing failed: the machine's fault */
};

static bool wants_all(void *context, const char *path)
{
	size_t len = strlen(path);

	(void)context;
	return len > 0 && path[len - 1] != '/';
}

/* Below folder TO, makes the folders on the way to PATH and returns the last one
 * and its place in PATH, or -1. Nothing in TO is a link, since only this writes
 * there. */
static int make_way(int to, const char *path, const char **last)
{
	int at = dup(to);

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
			mkdirat(at, name, 0755);
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
	folder = make_way(u->to, path, &name);
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

/* Does the folder FD hold a lab's source, so that it is itself a submission? */
static bool is_submission(int fd, const struct labs *labs)
{
	struct intake in;
	bool any = false;

	intake_begin(&in, labs);
	walk_folder(&in, fd);
	for (int i = 0; i < labs->count; i++)
		any = any || (in.source[i].status != SOURCE_ABSENT && in.source[i].rank % 100 == 0);
	intake_free(&in);
	return any;
}

char *class_unpack(int fd, uid_t uid, const char *to, const struct labs *labs, char **top)
{
	struct unpacking u = { .to = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	struct archive_reader reader = { wants_all, unpack_one, &u };
	char *words, **names;
	int count;

	if (u.to < 0)
		return text_format("%s: %s", to, strerror(errno));
	words = archive_read(fd, uid, &archive_of_class, &reader);
	if (!words)
		words = u.failed;
	*top = need(strdup(to));
	count = words ? 0 : folder_names(u.to, CLASS_ENTRIES, &names);
	if (count == 1) {
		int only = openat(u.to, names[0], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (only >= 0 && !is_submission(only, labs)) {
			free(*top);
			*top = text_format("%s/%s", to, names[0]);
		}
		if (only >= 0)
			close(only);
	}
	for (int i = 0; i < count; i++)
		free(names[i]);
	if (count >= 0 && !words)
		free(names);
	close(u.to);
	return words;
}

/* ---- the sources of a submission ----------------------------------------- */

static bool wants_source(void *context, const char *path)
{
	const struct intake *in = context;

	return claim_of(in->labs, path).lab >= 0;
}

static void take_source(void *context, const char *path, const char *data, size_t len,
                        const char *reason, long long when)
{
	(void)when;
	intake_offer(context, path, data, len, reason);
}

static void intake_archive(struct intake *in, int class_fd, const char *entry, uid_t uid)
{
	struct archive_reader reader = { wants_source, take_source, in };
	int fd = openat(class_fd, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *words;

	if (fd < 0) {
		intake_reject(in, "the archive cannot be opened: %s", strerror(errno));
		return;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		intake_reject(in, "it changed while it was read");
	} else if ((words = archive_read(fd, uid, &archive_of_one, &reader))) {
		intake_reject(in, "%s", words);
		free(words);
	}
	in->newest = st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;
	close(fd);
}

static void intake_whole(struct intake *in, int class_fd, const struct part *part, uid_t uid)
{
	struct stat st;
	const char *words;
	int fd;

	if (fstatat(class_fd, part->entry, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		intake_reject(in, "it went away before it was read");
		return;
	}
	in->newest = 0;
	words = kind_words(st.st_mode);
	if ((S_ISDIR(st.st_mode) || !words) &&
	    (st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0) {
		intake_reject(in, "it is not readable (its mode forbids it)");
	} else if (S_ISDIR(st.st_mode)) {
		fd = openat(class_fd, part->entry,
		            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			intake_reject(in, "the folder cannot be opened: %s", strerror(errno));
		} else {
			walk_folder(in, fd);
			close(fd);
		}
	} else if (words) {
		intake_reject(in, "%s, not a folder or an archive", words);
	} else {
		intake_archive(in, class_fd, part->entry, uid);
	}
	if (in->newest == 0)
		in->newest = st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec;
}

/* Single files: of two for one lab, the one the platform numbered higher. */
static void intake_files(struct intake *in, int class_fd, const struct submission *s)
{
	const struct part *best[LABS_MAX] = { NULL };

	for (int i = 0; i < s->parts; i++) {
		const struct part *p = &s->part[i], **b;
		struct claim claim;

		if (!p->file)
			continue;
		claim = claim_of(in->labs, p->file);
		b = claim.lab >= 0 ? &best[claim.lab] : NULL;
		if (!b || p->order == 0) {
			walk_file(in, class_fd, p->entry, p->file);
		} else if (!*b || p->order > (*b)->order) {
			if (*b)
				intake_note(in, "%s is older and does not count", (*b)->entry);
			*b = p;
		} else {
			intake_note(in, "%s is older and does not count", p->entry);
		}
	}
	for (int i = 0; i < in->labs->count; i++)
		if (best[i])
			walk_file(in, class_fd, best[i]->entry, best[i]->file);
}

/* Is what A was taken from newer than B's? */
static bool newer(const struct intake *a, const struct part *pa, const struct intake *b,
                  const struct part *pb)
{
	if (pa->order && pb->order && pa->order != pb->order)
		return pa->order > pb->order;
	if (a->newest != b->newest)
		return a->newest > b->newest;
	return strcmp(pa->entry, pb->entry) > 0;
}

void submission_intake(struct intake *in, const struct labs *labs, int class_fd,
                       const struct submission *s, uid_t uid)
{
	const struct part *chosen = NULL;
	bool files_done = false, late = false;

	intake_begin(in, labs);
	for (int i = 0; i < s->parts; i++) {
		const struct part *part = &s->part[i], *loser;
		struct intake one;

		late = late || part->late;
		if (part->file && files_done)
			continue;
		intake_begin(&one, labs);
		if (part->file) {
			intake_files(&one, class_fd, s);
			files_done = true;
		} else {
			intake_whole(&one, class_fd, part, uid);
		}
		if (!chosen) {
			*in = one;
			chosen = part;
			continue;
		}
		if (newer(&one, part, in, chosen)) {
			loser = chosen;
			intake_free(in);
			*in = one;
			chosen = part;
		} else {
			loser = part;
			intake_free(&one);
		}
		intake_note(in, "handed in twice: %s is newer and counts, %s does not",
		            chosen->entry, loser->entry);
	}
	if (late)
		intake_note(in, "the platform marks this submission as late");
	intake_end(in);
}
