#include "grade/intake/class.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "grade/intake/gradescope.h"
#include "grade/intake/names.h"
#include "grade/intake/unpack.h"
#include "grade/intake/walk.h"

enum { CLASS_ENTRIES = 200000 };

/* ---- the entries --------------------------------------------------------- */

/* An entry, and where it stands: entries of one student come together by sorting. */
struct entry {
	const char *name;
	struct member member;
};

static int compare_words(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int by_student(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->member.student, y->member.student);

	order = order ? order : compare_words(x->member.id, y->member.id);
	return order ? order : strcmp(x->name, y->name);
}

static void add_part(struct submission *s, const struct entry *e)
{
	s->part = need(realloc(s->part, (size_t)(s->parts + 1) * sizeof(*s->part)));
	s->part[s->parts++] = (struct part){
		.entry = need(strdup(e->name)), .order = e->member.order,
		.late = e->member.late, .text = e->member.kind == MEMBER_TEXT,
		.file = e->member.file ? need(strdup(e->member.file)) : NULL
	};
}

static void group(struct class *class, struct entry *entry, int count)
{
	struct submission *s = NULL;

	qsort(entry, (size_t)count, sizeof(*entry), by_student);
	class->at = need(calloc((size_t)count + 1, sizeof(*class->at)));
	for (int i = 0; i < count; i++) {
		const struct member *m = &entry[i].member;

		if (!s || strcmp(s->name, m->student) != 0 || compare_words(s->id, m->id) != 0) {
			s = &class->at[class->count++];
			s->name = need(strdup(m->student));
			s->id = m->id ? need(strdup(m->id)) : NULL;
		}
		add_part(s, &entry[i]);
	}
}

/* ---- names that no two have ---------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct submission *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : compare_words(x->id, y->id);
}

static int by_folder(const void *a, const void *b)
{
	return strcmp(((const struct submission *)a)->folder,
	              ((const struct submission *)b)->folder);
}

static void rename_as(struct submission *s, char *name)
{
	free(s->name);
	s->name = name;
}

/* Two students of one name are told apart by their numbers; whom that gives a name that
 * somebody else has, by one more. */
static void name_apart(struct class *class)
{
	bool again = true;

	for (int i = 0; i < class->count; i++)
		class->at[i].plain = need(strdup(class->at[i].name));
	for (int round = 1; again; round++) {
		int end;

		again = false;
		qsort(class->at, (size_t)class->count, sizeof(*class->at), by_name);
		for (int i = 0; i < class->count; i = end) {
			for (end = i + 1; end < class->count; end++)
				if (strcmp(class->at[i].name, class->at[end].name) != 0)
					break;
			if (end == i + 1)
				continue;
			again = true;
			/* In the first round nobody is favoured; then one keeps the name. */
			for (int k = round == 1 ? i : i + 1; k < end; k++) {
				struct submission *s = &class->at[k];

				if (round == 1 && s->id)
					rename_as(s, text_format("%s_%s", s->name, s->id));
				else if (round > 1)
					rename_as(s, text_format("%s (%d)", s->name, k - i + 1));
			}
		}
	}
	for (int i = 0; i < class->count; i++)
		class->at[i].folder = folder_name(class->at[i].name);
	qsort(class->at, (size_t)class->count, sizeof(*class->at), by_folder);
}

/* Repositories are called ASSIGNMENT-LOGIN: what follows the words that all names begin
 * with is a login. */
static void find_logins(struct class *class)
{
	const char *first = NULL;
	size_t same = 0;
	int count = 0;

	for (int i = 0; i < class->count; i++) {
		const struct submission *s = &class->at[i];
		size_t n = 0;

		if (s->id || s->members)
			return;
		if (!first) {
			first = s->name;
			same = strlen(first);
		}
		while (n < same && s->name[n] == first[n])
			n++;
		same = n;
		count++;
	}
	while (same > 0 && first[same - 1] != '-')
		same--;
	for (int i = 0; same > 1 && count > 1 && i < class->count; i++)
		if (class->at[i].name[same])
			class->at[i].login = need(strdup(class->at[i].name + same));
}

static void ignore(struct class *class, const char *name)
{
	class->ignored = need(realloc(class->ignored, (size_t)(class->ignores + 1) *
	                                              sizeof(*class->ignored)));
	class->ignored[class->ignores++] = need(strdup(name));
}

static bool is_folder(int fd, const char *name)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Does the folder NAME hold the results of a grader? */
static bool holds_results(int fd, const char *name)
{
	char *mark = text_format("%s/.grade", name);
	struct stat st;
	bool holds = fstatat(fd, mark, &st, AT_SYMLINK_NOFOLLOW) == 0;

	free(mark);
	return holds;
}

int class_scan(struct class *class, int fd)
{
	char **names;
	int count = folder_names(fd, CLASS_ENTRIES, &names), taken = 0;
	struct entry *entry;

	*class = (struct class){ .count = 0 };
	if (count < 0)
		return -1;
	entry = need(calloc((size_t)count + 1, sizeof(*entry)));
	for (int i = 0; i < count; i++) {
		bool folder = is_folder(fd, names[i]);
		struct member m = member_parse(names[i], folder);

		if (m.kind == MEMBER_JUNK || (folder && holds_results(fd, names[i]))) {
			ignore(class, names[i]);
			member_free(&m);
		} else {
			entry[taken++] = (struct entry){ names[i], m };
		}
	}
	group(class, entry, taken);
	gradescope_names(class, fd);
	name_apart(class);
	find_logins(class);
	for (int i = 0; i < taken; i++)
		member_free(&entry[i].member);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(entry);
	free(names);
	return 0;
}

void class_of_one(struct class *class, const char *name)
{
	struct member m = member_parse(name, true);
	struct part here = { .entry = need(strdup(".")) };
	struct submission *s;

	*class = (struct class){ .at = need(calloc(1, sizeof(*s))), .count = 1 };
	s = class->at;
	s->name = m.platform ? need(strdup(m.student)) : need(strndup(name, archive_stem(name)));
	s->id = m.platform && m.id ? need(strdup(m.id)) : NULL;
	member_free(&m);
	s->plain = need(strdup(s->name));
	s->folder = folder_name(s->name);
	s->part = need(malloc(sizeof(here)));
	s->part[s->parts++] = here;
}

void submission_clear(struct submission *s)
{
	for (int i = 0; i < s->parts; i++) {
		free(s->part[i].entry);
		free(s->part[i].file);
	}
	for (int i = 0; i < s->members; i++) {
		free(s->member[i].name);
		free(s->member[i].id);
		free(s->member[i].email);
	}
	for (int i = 0; i < s->orders; i++) {
		free(s->order[i].lab);
		free(s->order[i].source);
		free(s->order[i].reason);
	}
	free(s->order);
	free(s->part);
	free(s->member);
	free(s->name);
	free(s->plain);
	free(s->login);
	free(s->id);
	free(s->folder);
	free(s->when);
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
	for (int i = 0; i < class->ignores; i++)
		free(class->ignored[i]);
	free(class->ignored);
	free(class->at);
	*class = (struct class){ .count = 0 };
}

/* ---- a folder too high or too low ---------------------------------------- */

/* Does PROG.c, LAB/PROG.c or labs/LAB/PROG.c lie in the folder FD/NAME? */
static bool holds_source(int fd, const char *name, const struct labs *labs)
{
	bool holds = false;

	for (int i = 0; !holds && i < labs->count; i++) {
		const struct lab *lab = &labs->at[i];
		char *path[3] = {
			text_format("%s/%s.c", name, lab->program),
			text_format("%s/%s/%s.c", name, lab->folder, lab->program),
			text_format("%s/labs/%s/%s.c", name, lab->folder, lab->program)
		};
		struct stat st;

		for (int k = 0; k < 3; k++) {
			holds = holds || fstatat(fd, path[k], &st, AT_SYMLINK_NOFOLLOW) == 0;
			free(path[k]);
		}
	}
	return holds;
}

/* What the entries of a folder look like. */
struct looks {
	int entries;            /* but junk */
	int labs;               /* folders and archives called like a lab */
	int others;             /* other folders and archives */
	int sources;            /* ... that hold a lab's source */
	int platform;           /* entries called as a platform calls them */
	char *only;             /* the name of the only entry, if it is a folder */
};

static struct looks look_into(int fd, const struct labs *labs)
{
	struct looks l = { .entries = 0 };
	char **names;
	int count = folder_names(fd, CLASS_ENTRIES, &names);

	for (int i = 0; i < count; i++) {
		bool folder = is_folder(fd, names[i]);
		struct member m = member_parse(names[i], folder);
		size_t stem = archive_stem(names[i]);

		if (strcmp(names[i], "submission_metadata.yml") == 0)
			l.platform++;
		if (m.kind != MEMBER_JUNK) {
			l.entries++;
			if (l.entries == 1 && folder)
				l.only = need(strdup(names[i]));
			if (m.platform)
				l.platform++;
			else if ((folder || names[i][stem]) && lab_called(labs, names[i], stem) >= 0)
				l.labs++;
			else if (folder || names[i][stem])
				l.others++;
			if (!m.platform && folder && lab_called(labs, names[i], stem) < 0 &&
			    strcmp(names[i], "labs") != 0 && strcmp(names[i], "starter") != 0 &&
			    strcmp(names[i], "solutions") != 0 && holds_source(fd, names[i], labs))
				l.sources++;
		}
		member_free(&m);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return l;
}

bool is_submission(int fd, const struct labs *labs)
{
	struct looks l = look_into(fd, labs);

	free(l.only);
	return l.platform + l.sources == 0 &&
	       (holds_source(fd, ".", labs) || (l.labs > 1 && l.others == 0));
}

char *class_below(int fd, const struct labs *labs)
{
	struct looks l = look_into(fd, labs), below;
	int only;

	if (!l.only || l.entries != 1 || l.platform > 0) {
		free(l.only);
		return NULL;
	}
	only = openat(fd, l.only, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	below = only >= 0 ? look_into(only, labs) : (struct looks){ .entries = 0 };
	if (only < 0 || is_submission(only, labs) ||
	    (below.platform == 0 && below.others < 2 && !below.only)) {
		free(l.only);
		l.only = NULL;
	} else if (below.platform == 0 && below.others < 2) {
		/* One folder in one folder: only if it is a class further down. */
		char *further = class_below(only, labs);

		if (!further) {
			free(l.only);
			l.only = NULL;
		}
		free(further);
	}
	free(below.only);
	if (only >= 0)
		close(only);
	return l.only;
}

/* ---- the class, wherever it is ------------------------------------------- */

static char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return need(strdup(slash ? slash + 1 : path));
}

/* Unpacks the archive REAL if it is one, and says in *TOP where the class is looked for. */
static char *open_given(const char *real, const char *to, uid_t uid, char **top)
{
	struct stat st;
	char *words;
	int fd;

	*top = need(strdup(real));
	if (stat(real, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	fd = open(real, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || mkdir(to, 0755) < 0) {
		words = text_format("%s", strerror(errno));
	} else {
		words = class_unpack(fd, uid, to);
		free(*top);
		*top = need(strdup(to));
	}
	if (fd >= 0)
		close(fd);
	return words;
}

char *class_find(struct class *class, const char *given, bool one, const char *to,
                 const char *out, const struct labs *labs, uid_t uid, char **top, FILE *said)
{
	char real[PATH_MAX], *words, *below, *name;
	int fd;

	*top = NULL;
	*class = (struct class){ .count = 0 };
	if (!realpath(given, real))
		return need(strdup(strerror(errno)));
	if (strcmp(real, out) == 0)
		return need(strdup("the results cannot go where the submissions are"));
	if ((words = open_given(real, to, uid, top)))
		return words;
	while ((fd = open(*top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		if (holds_results(fd, ".")) {
			close(fd);
			return need(strdup("it holds results of the grader, not submissions"));
		}
		if (one || is_submission(fd, labs)) {
			name = last_of(real);
			if (!one)
				fprintf(said, "It is one submission, not a class; it is graded as "
				        "that.\n");
			class_of_one(class, name);
			free(name);
			close(fd);
			return NULL;
		}
		below = class_below(fd, labs);
		if (!below)
			break;
		if (strncmp(*top, to, strlen(to)) != 0) {
			char *seen = text_escaped(below, strlen(below), TEXT_PLAIN);

			fprintf(said, "The submissions are in the folder %s.\n", seen);
			free(seen);
		}
		name = text_format("%s/%s", *top, below);
		free(*top);
		*top = name;
		free(below);
		close(fd);
	}
	if (fd < 0 || class_scan(class, fd) < 0)
		words = need(strdup(strerror(errno)));
	if (fd >= 0)
		close(fd);
	for (int i = 0; !words && i < class->ignores; i++) {
		char *seen = text_escaped(class->ignored[i], strlen(class->ignored[i]), TEXT_PLAIN);

		if (*seen != '.' && strcmp(seen, "__MACOSX") != 0 &&
		    strcmp(seen, "submission_metadata.yml") != 0)
			fprintf(said, "%s is no submission; it is ignored.\n", seen);
		free(seen);
	}
	return words;
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
	json_t *parts = json_array(), *orders = json_array(), *line;
	json_t *members = json_array();
	char *text;

	for (int i = 0; i < s->parts; i++)
		json_array_append_new(parts, json_pack("{s:o,s:o,s:I,s:b,s:b}",
			"entry", hex(s->part[i].entry), "file", hex(s->part[i].file),
			"order", (json_int_t)s->part[i].order, "late", (int)s->part[i].late,
			"text", (int)s->part[i].text));
	for (int i = 0; i < s->orders; i++)
		json_array_append_new(orders, json_pack("[o,i,i,o,o]", hex(s->order[i].lab),
			(int)s->order[i].kind, s->order[i].points, hex(s->order[i].source),
			hex(s->order[i].reason)));
	for (int i = 0; i < s->members; i++)
		json_array_append_new(members, json_pack("[o,o,o]", hex(s->member[i].name),
			hex(s->member[i].id), hex(s->member[i].email)));
	line = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "plain", hex(s->plain),
	                 "login", hex(s->login), "members", members, "when", hex(s->when), "orders", orders,
	                 "name", hex(s->name), "id", hex(s->id),
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
			.late = json_is_true(json_object_get(part, "late")),
			.text = json_is_true(json_object_get(part, "text"))
		};
	}
	s->when = unhex(json_object_get(whole, "when"));
	parts = json_object_get(whole, "orders");
	s->order = need(calloc(json_array_size(parts) + 1, sizeof(*s->order)));
	json_array_foreach(parts, i, part) {
		s->order[s->orders++] = (struct order){
			.lab = unhex(json_array_get(part, 0)),
			.kind = (unsigned)json_integer_value(json_array_get(part, 1)),
			.points = (int)json_integer_value(json_array_get(part, 2)),
			.source = unhex(json_array_get(part, 3)),
			.reason = unhex(json_array_get(part, 4))
		};
	}
	s->plain = unhex(json_object_get(whole, "plain"));
	s->login = unhex(json_object_get(whole, "login"));
	parts = json_object_get(whole, "members");
	s->member = need(calloc(json_array_size(parts) + 1, sizeof(*s->member)));
	json_array_foreach(parts, i, part)
		s->member[s->members++] = (struct person){
			unhex(json_array_get(part, 0)), unhex(json_array_get(part, 1)),
			unhex(json_array_get(part, 2))
		};
	json_decref(whole);
	if (s->name && s->folder && s->parts > 0)
		return s;
	submission_free(s);
	return NULL;
}
