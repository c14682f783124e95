#include "grade/intake/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/utf16.h"

/* ---- the bytes ----------------------------------------------------------- */

const char *source_normalise(char **data, size_t *len, unsigned *changed)
{
	size_t n, put = 0, at = 0;
	char *bytes;

	*changed = 0;
	if (is_utf16(*data, *len) && *len % 2 != 0)
		return "the file is UTF-16, and damaged; save it as UTF-8";
	if (is_utf16(*data, *len)) {
		char *text = utf8_of_utf16(*data, *len, len);

		free(*data);
		*data = text;
		*changed |= SOURCE_HAD_UTF16;
	}
	bytes = *data;
	n = *len;
	if (n > 0 && memchr(bytes, '\0', n))
		return "the file contains NUL bytes, so it is no text";
	if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		*changed |= SOURCE_HAD_BOM;
		at = 3;
	}
	for (; at < n; at++) {
		if (bytes[at] == '\r' && at + 1 < n && bytes[at + 1] == '\n') {
			*changed |= SOURCE_HAD_CRLF;
			continue;
		}
		bytes[put++] = bytes[at];
	}
	*len = put;
	return NULL;
}

static bool is_blank(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n\f\v", data[i]) || data[i] == '\0')
			return false;
	return true;
}

/* ---- beginning, ending, words -------------------------------------------- */

void intake_begin(struct intake *in, const struct labs *labs)
{
	memset(in, 0, sizeof(*in));
	in->labs = labs;
	in->prefix = "";
}

static void source_clear(struct source *s)
{
	free(s->data);
	free(s->words);
	free(s->path);
	*s = (struct source){ .status = SOURCE_ABSENT };
}

void intake_free(struct intake *in)
{
	for (int i = 0; i < LABS_MAX; i++) {
		source_clear(&in->source[i]);
		source_clear(&in->here[i]);
	}
	for (int i = 0; i < in->lefts && i < LEFT_MAX; i++) {
		free(in->left[i].path);
		free(in->left[i].why);
	}
	for (int i = 0; i < in->looks; i++) {
		free(in->look[i].labs);
		free(in->look[i].file);
		free(in->look[i].why);
	}
	free(in->left);
	free(in->look);
	free(in->unread);
	free(in->notes);
	memset(in, 0, sizeof(*in));
}

enum { NOTES_MAX = 8 * 1024 };

static void append_line(char **text, const char *line)
{
	size_t have = *text ? strlen(*text) : 0;
	char *longer;

	if (have > NOTES_MAX)
		return;
	longer = text_format("%s%s\n", *text ? *text : "", line);
	free(*text);
	*text = longer;
}

void intake_note(struct intake *in, const char *format, ...)
{
	va_list args;
	char *raw, *line;

	va_start(args, format);
	if (vasprintf(&raw, format, args) < 0)
		raw = NULL;
	va_end(args);
	raw = need(raw);
	line = text_escaped(raw, strlen(raw), TEXT_PLAIN);
	append_line(&in->notes, line);
	free(raw);
	free(line);
}

enum { SHOWN = 120 };

/* How PATH is said in a verdict: never longer than a line or two. */
static char *shown(const char *path)
{
	size_t len = strlen(path);

	size_t skip = len <= SHOWN ? 0 : len - SHOWN;

	return text_escaped(path + skip, len - skip, TEXT_PLAIN);
}

/* PATH of the container that is being read, as the submission has it. */
static char *whole(const struct intake *in, const char *path)
{
	/* An absolute path stays one, for it leads out. */
	if (*path == '/')
		return need(strdup(path));
	return text_format("%s%s%s", in->prefix, *in->prefix && *path ? "/" : "", path);
}

static void leave(struct intake *in, const char *path, const char *why, enum left_kind kind)
{
	int at = in->lefts++;

	/* Where there is no more room, what may be work takes the place of what is not. */
	if (at >= LEFT_MAX)
		for (at = kind == LEFT_ASIDE ? -1 : LEFT_MAX - 1;
		     at >= 0 && in->left[at].kind != LEFT_ASIDE; at--)
			;
	if (at < 0)
		return;
	if (!in->left)
		in->left = need(calloc(LEFT_MAX, sizeof(*in->left)));
	free(in->left[at].path);
	free(in->left[at].why);
	in->left[at] = (struct left){
		.path = shown(path), .why = text_escaped(why, strlen(why), TEXT_PLAIN),
		.kind = kind
	};
}

void intake_leave(struct intake *in, const char *path, const char *why, enum left_kind kind)
{
	char *name = whole(in, path);
	struct claim claim = claim_of(in->labs, name);

	if (!why)
		why = left_why(path, &claim, &kind);
	leave(in, name, why, kind);
	free(name);
}

void intake_unread(struct intake *in, const char *path, const char *why)
{
	char *name = whole(in, path), *seen = shown(name);
	char *words = text_escaped(why, strlen(why), TEXT_PLAIN);

	leave(in, name, why, LEFT_WORK);
	if (!in->unread)
		in->unread = text_format("%s%s%s", seen, *seen ? ": " : "", words);
	free(words);
	free(seen);
	free(name);
}

/* ---- one container ------------------------------------------------------- */

void intake_open(struct intake *in, const char *prefix)
{
	in->prefix = prefix;
}

/* Less than 0: the claim A counts before B. */
static int compare(const struct claim *a, const struct claim *b)
{
	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	return a->rank == b->rank ? 0 : a->rank < b->rank ? -1 : 1;
}

bool intake_wants(const struct intake *in, const char *path)
{
	char *name = whole(in, path);
	struct claim claim = claim_of(in->labs, name);

	free(name);
	return claim.lab >= 0 && (in->here[claim.lab].status == SOURCE_ABSENT ||
	                          compare(&claim, &in->here[claim.lab].claim) <= 0);
}

/* LOSER is not taken, because the file at PATH is. */
static void outdone(struct intake *in, const char *loser, const char *path)
{
	char *seen = shown(path), *why = text_format("%s counts", seen);
	bool spare = claim_of(in->labs, loser).tier == TIER_SPARE;

	leave(in, loser, spare ? "a copy of the course's own" : why, LEFT_ASIDE);
	free(why);
	free(seen);
}

void intake_pass_over(struct intake *in, const char *path)
{
	char *name = whole(in, path);
	struct claim claim = claim_of(in->labs, name);

	if (claim.lab >= 0 && in->here[claim.lab].path)
		outdone(in, name, in->here[claim.lab].path);
	else
		intake_leave(in, path, NULL, LEFT_ASIDE);
	free(name);
}

static bool same_bytes(const struct source *a, const struct source *b)
{
	return a->data && b->data && a->size == b->size &&
	       memcmp(a->data, b->data, a->size) == 0;
}

/* A and B could both be the lab's source, and nothing says which: A becomes that. B is
 * given up. */
static void make_riddle(const struct intake *in, struct source *a, struct source *b)
{
	if (!a->riddle) {
		char *first = shown(a->path), *second = shown(b->path);

		free(a->words);
		free(a->data);
		a->data = NULL;
		a->status = SOURCE_REJECTED;
		a->riddle = true;
		a->words = text_format("two files could be %s.c: %s and %s; submit one",
		                       in->labs->at[a->claim.lab].program, first, second);
		free(first);
		free(second);
	}
	source_clear(b);
}

static void take_source(struct source *s, const char *data, size_t len, const char *reason)
{
	char *seen;

	if (!reason && !data)
		reason = "it was not read";
	if (!reason && len > SOURCE_MAX)
		reason = "it is larger than 256 KiB";
	if (!reason && is_blank(data, len))
		reason = "the file is empty";
	if (!reason) {
		s->status = SOURCE_TAKEN;
		s->data = need(malloc(len + 1));
		memcpy(s->data, data, len);
		s->data[len] = '\0';
		s->size = len;
		return;
	}
	seen = shown(s->path);
	s->status = SOURCE_REJECTED;
	s->words = text_format("%s: %s", seen, reason);
	free(seen);
}

void intake_offer(struct intake *in, const char *path, const char *data, size_t len,
                  const char *reason)
{
	char *name = whole(in, path);
	struct claim claim = claim_of(in->labs, name);
	struct source new = { .claim = claim, .path = name }, *old;
	int order;

	if (claim.lab < 0) {
		intake_leave(in, path, NULL, LEFT_ASIDE);
		free(name);
		return;
	}
	if (claim.must_read && data && !memmem(data, len, "main", 4)) {
		leave(in, name, "a text that is no program", LEFT_DOCUMENT);
		free(name);
		return;
	}
	if (claim.tier == TIER_OUTSIDE) {
		/* Whatever it holds, and whatever else the submission offers there. */
		reason = "its path leads out of the submission";
		data = NULL;
	}
	take_source(&new, data, len, reason);
	old = &in->here[claim.lab];
	order = old->status == SOURCE_ABSENT ? -1 : compare(&claim, &old->claim);
	if (order < 0) {
		if (old->status != SOURCE_ABSENT)
			outdone(in, old->path, name);
		source_clear(old);
		*old = new;
	} else if (order > 0) {
		outdone(in, name, old->path);
		source_clear(&new);
	} else if (same_bytes(old, &new)) {
		source_clear(&new); /* twice the same is no riddle */
	} else {
		make_riddle(in, old, &new);
	}
}

/* ---- several containers -------------------------------------------------- */

/* More than 0: A is newer. 0: nobody can say. */
static int newer(const struct upload *a, const struct upload *b)
{
	if (a->id == b->id)
		return 0;
	if (a->order && b->order && a->order != b->order)
		return a->order > b->order ? 1 : -1;
	return a->when == b->when ? 0 : a->when > b->when ? 1 : -1;
}

static void merge(struct intake *in, struct source *have, struct source *new)
{
	const struct lab *lab = &in->labs->at[new->claim.lab];
	int order = have->status == SOURCE_ABSENT ? 1
		: (int)have->claim.tier - (int)new->claim.tier;
	bool by_date = order == 0;
	struct source *winner, *loser;

	if (by_date && same_bytes(have, new)) {
		source_clear(new);
		return;
	}
	if (by_date)
		order = newer(&new->upload, &have->upload);
	if (order == 0) {
		make_riddle(in, have, new);
		return;
	}
	winner = order > 0 ? new : have;
	loser = order > 0 ? have : new;
	if (loser->status != SOURCE_ABSENT && by_date)
		intake_note(in, "%s/%s.c was handed in twice: %s is newer and counts, %s does not",
		            lab->folder, lab->program, winner->upload.entry,
		            loser->upload.entry);
	else if (loser->status != SOURCE_ABSENT)
		outdone(in, loser->path, winner->path);
	source_clear(loser);
	if (order > 0) {
		*have = *new;
		*new = (struct source){ .status = SOURCE_ABSENT };
	}
}

void intake_discard(struct intake *in)
{
	for (int i = 0; i < in->labs->count; i++)
		source_clear(&in->here[i]);
}

void intake_close(struct intake *in, const struct upload *upload)
{
	for (int i = 0; i < in->labs->count; i++) {
		struct source *s = &in->here[i];

		if (s->status == SOURCE_ABSENT)
			continue;
		s->upload = *upload;
		merge(in, &in->source[i], s);
	}
	in->prefix = "";
}

/* ---- the verdict --------------------------------------------------------- */

static void judge_source(struct intake *in, int lab)
{
	struct source *s = &in->source[lab];
	const struct lab *row = &in->labs->at[lab];
	unsigned changed = 0;
	const char *reason;
	char *home;
	size_t len;

	if (s->status == SOURCE_ABSENT && in->unread) {
		s->status = SOURCE_REJECTED;
		s->words = need(strdup(in->unread));
	}
	if (s->status != SOURCE_TAKEN)
		return;
	reason = source_normalise(&s->data, &s->size, &changed);
	if (reason) {
		char *seen = shown(s->path);

		s->status = SOURCE_REJECTED;
		s->words = text_format("%s: %s", seen, reason);
		free(seen);
		free(s->data);
		s->data = NULL;
		s->size = 0;
		return;
	}
	s->data[s->size] = '\0';
	home = text_format("%s/%s.c", row->folder, row->program);
	len = strlen(s->path);
	/* Where the course has it, in whatever archive, is no news. */
	if (len < strlen(home) || strcmp(s->path + len - strlen(home), home) != 0)
		intake_note(in, "%s: taken from %.300s", home, s->path);
	if (changed & SOURCE_HAD_UTF16)
		intake_note(in, "%s: it was UTF-16; read as UTF-8", home);
	if (changed & SOURCE_HAD_BOM)
		intake_note(in, "%s: a UTF-8 byte order mark was removed", home);
	if (changed & SOURCE_HAD_CRLF)
		intake_note(in, "%s: lines ended in CR LF (Windows); read as LF", home);
	free(home);
}

static bool is_graded(const struct intake *in, int lab)
{
	return !in->graded || labs_find(in->graded, in->labs->at[lab].folder) >= 0;
}

static void look_at(struct intake *in, const char *labs, const char *file, const char *why)
{
	char *seen = shown(file);

	if (in->looks < LEFT_MAX) {
		in->look = need(realloc(in->look, (size_t)(in->looks + 1) * sizeof(*in->look)));
		in->look[in->looks++] = (struct look){
			.labs = need(strdup(labs)), .file = seen,
			.why = text_escaped(why, strlen(why), TEXT_PLAIN)
		};
	} else {
		free(seen);
	}
}

/* A header that the source asks for and that was handed in, but is not taken. */
static void look_for_headers(struct intake *in, int lab)
{
	const struct source *s = &in->source[lab];

	if (!is_graded(in, lab))
		return;
	for (int i = 0; s->status == SOURCE_TAKEN && i < in->lefts && i < LEFT_MAX; i++) {
		const char *name = strrchr(in->left[i].path, '/');
		char *asked;

		name = name ? name + 1 : in->left[i].path;
		asked = text_format("\"%s\"", name);
		for (const char *p = s->data; (p = strstr(p, asked)); p++) {
			const char *line = p;

			while (line > s->data && line[-1] != '\n')
				line--;
			line += strspn(line, " \t");
			if (*line != '#' || strncmp(line + 1 + strspn(line + 1, " \t"),
			                            "include", 7) != 0)
				continue;
			look_at(in, in->labs->at[lab].folder, in->left[i].path,
			        "the source includes this file, which is not taken: paste it in");
			break;
		}
		free(asked);
	}
}

/* What an instructor can do about a source that was rejected with these WORDS. */
static const char *remedy(const char *words)
{
	static const char *const known[][2] = {
		{ "is empty", "; ask for it again" },
		{ "link", "; ask for the file itself" },
		{ "it is a ", "; ask for the file itself" },
		{ "larger than", "; look whether it is a program at all" },
		{ "leads out", "; pack it without the path" },
		{ "NUL", "; ask for the source, not the program" },
		{ "could be", ", or choose with source=FILE" }
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(words, known[i][0]))
			return known[i][1];
	return "";
}

enum { LOOKS = 5 };     /* files that could be what is missing: more are no help */

static void look_for_lost_work(struct intake *in)
{
	char *missing = need(strdup("")), *longer;
	bool any = false;
	int found = 0;

	for (int i = 0; i < in->labs->count; i++) {
		const struct source *s = &in->source[i];
		const char *lab = in->labs->at[i].folder;

		any = any || s->status == SOURCE_TAKEN || s->path;
		if (!is_graded(in, i))
			continue;
		if (s->status == SOURCE_REJECTED && s->path) {
			char *seen = shown(s->path);
			size_t skip = strncmp(s->words, seen, strlen(seen)) == 0
				? strlen(seen) + 2 : 0;
			char *why = text_format("%s%s", s->words + skip, remedy(s->words + skip));

			look_at(in, lab, s->riddle ? "" : s->path, why);
			free(why);
			free(seen);
		} else if (s->status != SOURCE_TAKEN) {
			longer = text_format("%s%s%s", missing, *missing ? ", " : "", lab);
			free(missing);
			missing = longer;
		}
	}
	for (int i = 0; *missing && found < LOOKS && i < in->lefts && i < LEFT_MAX; i++) {
		const struct left *l = &in->left[i];

		if (l->kind == LEFT_WORK || (l->kind == LEFT_DOCUMENT && !any)) {
			look_at(in, missing, l->path, l->why);
			found++;
		}
	}
	if (!any && !found)
		look_at(in, "", "", in->lefts
			? "no file has the name of a lab's source; the report names all files"
			: "nothing is in it; ask for the files again");
	free(missing);
}

enum { NAMED = 12 };

/* The files that were not taken, those of one reason in one line. */
static void note_left(struct intake *in)
{
	int count = in->lefts < LEFT_MAX ? in->lefts : LEFT_MAX;
	bool *said = need(calloc((size_t)count + 1, sizeof(*said)));

	for (int i = 0; i < count; i++) {
		char *line = NULL, *names = need(strdup("")), *longer;
		int with = 0;

		for (int k = i; !said[i] && k < count; k++) {
			if (strcmp(in->left[k].why, in->left[i].why) != 0)
				continue;
			if (with++ < NAMED) {
				longer = text_format("%s%s%s", names, *names ? ", " : "",
				                     in->left[k].path);
				free(names);
				names = longer;
			}
			if (k > i)
				said[k] = true;
		}
		if (with > NAMED)
			line = text_format("not taken: %s and %d more (%s)", names,
			                   with - NAMED, in->left[i].why);
		else if (with > 0)
			line = text_format("not taken: %s (%s)", names, in->left[i].why);
		if (line)
			append_line(&in->notes, line);
		free(line);
		free(names);
	}
	if (in->lefts > count)
		intake_note(in, "not taken: %d files more", in->lefts - count);
	free(said);
}

/* From here on only the labs that are graded. */
static void choose(struct intake *in)
{
	int chosen = 0;

	if (!in->graded)
		return;
	for (int i = 0; i < in->labs->count; i++) {
		struct source *s = &in->source[i];

		if (is_graded(in, i)) {
			if (chosen < i) {
				in->source[chosen] = *s;
				*s = (struct source){ .status = SOURCE_ABSENT };
			}
			chosen++;
		} else {
			source_clear(s);
		}
	}
	in->labs = in->graded;
}

void intake_end(struct intake *in)
{
	static const struct upload last = { .id = -1, .entry = "it" };

	intake_close(in, &last);
	for (int i = 0; i < in->labs->count; i++) {
		const struct source *s = &in->source[i];
		char *why;

		if (is_graded(in, i)) {
			judge_source(in, i);
		} else if (s->status != SOURCE_ABSENT) {
			why = text_format("the source of %s, which is not graded now",
			                  in->labs->at[i].folder);
			leave(in, s->path, why, LEFT_ASIDE);
			free(why);
		}
	}
	look_for_lost_work(in);
	for (int i = 0; i < in->labs->count; i++)
		look_for_headers(in, i);
	note_left(in);
	choose(in);
}

static void sum_text(struct sha256 *h, const char *text)
{
	sha256_field(h, text, text ? strlen(text) : 0);
}

void intake_sum(const struct intake *in, char out[SHA256_TEXT])
{
	struct sha256 h;

	sha256_begin(&h);
	for (int i = 0; i < in->labs->count; i++) {
		const struct source *s = &in->source[i];
		unsigned char status = (unsigned char)s->status;

		sum_text(&h, in->labs->at[i].folder);
		sha256_field(&h, &status, 1);
		sha256_field(&h, s->data, s->data ? s->size : 0);
		sum_text(&h, s->words);
	}
	sum_text(&h, in->notes);
	for (int i = 0; i < in->looks; i++) {
		sum_text(&h, in->look[i].labs);
		sum_text(&h, in->look[i].file);
		sum_text(&h, in->look[i].why);
	}
	sha256_end(&h, out);
}
