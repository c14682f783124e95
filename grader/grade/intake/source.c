#include "grade/intake/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "grade/intake/names.h"

const char *source_normalise(char *data, size_t *len, unsigned *changed)
{
	size_t n = *len, put = 0, at = 0;

	*changed = 0;
	if (n >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0))
		return "the file is UTF-16, which a C compiler does not read; "
		       "save it as UTF-8";
	if (n > 0 && memchr(data, '\0', n))
		return "the file contains NUL bytes, so it is no text";
	if (n >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		*changed |= SOURCE_HAD_BOM;
		at = 3;
	}
	for (; at < n; at++) {
		if (data[at] == '\r' && at + 1 < n && data[at + 1] == '\n') {
			*changed |= SOURCE_HAD_CRLF;
			continue;
		}
		data[put++] = data[at];
	}
	*len = put;
	return NULL;
}

void intake_begin(struct intake *in, const struct labs *labs)
{
	memset(in, 0, sizeof(*in));
	in->labs = labs;
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
	for (int i = 0; i < LABS_MAX; i++)
		source_clear(&in->source[i]);
	free(in->rejected);
	free(in->notes);
	in->rejected = in->notes = NULL;
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

static char *printable(const char *format, va_list args)
{
	char *raw, *seen;

	if (vasprintf(&raw, format, args) < 0)
		raw = NULL;
	raw = need(raw);
	seen = text_escaped(raw, strlen(raw), TEXT_PLAIN);
	free(raw);
	return seen;
}

void intake_note(struct intake *in, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	line = printable(format, args);
	va_end(args);
	append_line(&in->notes, line);
	free(line);
}

void intake_reject(struct intake *in, const char *format, ...)
{
	va_list args;

	if (in->rejected)
		return;
	va_start(args, format);
	in->rejected = printable(format, args);
	va_end(args);
}

/* How PATH is said in a verdict: never longer than a line or two. */
static char *shown(const char *path)
{
	size_t len = strlen(path);

	return len <= 120 ? text_escaped(path, len, TEXT_PLAIN)
	                  : text_escaped(path + len - 120, 120, TEXT_PLAIN);
}

bool intake_wants(const struct intake *in, const char *path)
{
	struct claim claim = claim_of(in->labs, path);

	return claim.lab >= 0 && (in->source[claim.lab].status == SOURCE_ABSENT ||
	                          claim.rank <= in->source[claim.lab].rank);
}

void intake_offer(struct intake *in, const char *path, const char *data, size_t len,
                  const char *reason)
{
	struct claim claim = claim_of(in->labs, path);
	struct source *s = claim.lab >= 0 ? &in->source[claim.lab] : NULL;
	char *seen;

	if (!s) {
		in->others++;
		return;
	}
	if (claim.outside) {
		/* Whatever it holds, and whatever else the submission offers there. */
		reason = "its path leads out of the submission";
		data = NULL;
	}
	if (s->status != SOURCE_ABSENT && claim.rank > s->rank) {
		in->others++;
		return;
	}
	seen = shown(path);
	if (s->status != SOURCE_ABSENT && claim.rank == s->rank) {
		/* Twice the same bytes is no riddle. */
		if (data && s->data && s->size == len && memcmp(s->data, data, len) == 0) {
			free(seen);
			return;
		}
		char *first = s->path ? shown(s->path) : need(strdup("?"));

		free(s->data);
		free(s->words);
		s->data = NULL;
		s->status = SOURCE_REJECTED;
		s->words = text_format("two files could be %s.c: %s and %s; submit one",
		                       in->labs->at[claim.lab].program, first, seen);
		free(first);
		free(seen);
		return;
	}
	if (s->status != SOURCE_ABSENT)
		in->others++;
	source_clear(s);
	s->rank = claim.rank;
	s->path = need(strdup(path));
	if (!reason && len > SOURCE_MAX)
		reason = "it is larger than 256 KiB";
	if (reason) {
		s->status = SOURCE_REJECTED;
		s->words = text_format("%s: %s", seen, reason);
	} else {
		s->status = SOURCE_TAKEN;
		s->data = need(malloc(len + 1));
		if (len > 0)
			memcpy(s->data, data, len);
		s->data[len] = '\0';
		s->size = len;
	}
	free(seen);
}

static void judge_source(struct intake *in, int lab)
{
	struct source *s = &in->source[lab];
	const struct lab *row = &in->labs->at[lab];
	unsigned changed = 0;
	const char *reason;
	char *home;

	if (s->status != SOURCE_TAKEN)
		return;
	reason = source_normalise(s->data, &s->size, &changed);
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
	if (strcmp(home, s->path) != 0)
		intake_note(in, "%s: taken from %.300s", home, s->path);
	if (changed & SOURCE_HAD_BOM)
		intake_note(in, "%s: a UTF-8 byte order mark was removed", home);
	if (changed & SOURCE_HAD_CRLF)
		intake_note(in, "%s: lines ended in CR LF (Windows); read as LF", home);
	free(home);
}

void intake_end(struct intake *in)
{
	bool any = false;

	for (int i = 0; i < in->labs->count; i++) {
		if (in->rejected) {
			source_clear(&in->source[i]);
			in->source[i].status = SOURCE_REJECTED;
			in->source[i].words = need(strdup(in->rejected));
		}
		judge_source(in, i);
		any = any || in->source[i].status != SOURCE_ABSENT;
	}
	if (in->others > 0)
		intake_note(in, "%u other file%s not taken%s", in->others,
		            in->others == 1 ? " was" : "s were",
		            any ? "" : "; no file has the name of a lab's source");
}

void intake_sum(const struct intake *in, char out[SHA256_TEXT])
{
	struct sha256 h;

	sha256_begin(&h);
	for (int i = 0; i < in->labs->count; i++) {
		const struct source *s = &in->source[i];
		unsigned char status = (unsigned char)s->status;

		sha256_field(&h, in->labs->at[i].folder, strlen(in->labs->at[i].folder));
		sha256_field(&h, &status, 1);
		sha256_field(&h, s->data, s->data ? s->size : 0);
		sha256_field(&h, s->words, s->words ? strlen(s->words) : 0);
	}
	sha256_field(&h, in->notes, in->notes ? strlen(in->notes) : 0);
	sha256_end(&h, out);
}
