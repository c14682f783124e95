#include "grade/sheet.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/read.h"
#include "common/text.h"
#include "grade/utf16.h"

/* ---- encodings ----------------------------------------------------------- */

static bool all_utf8(const char *text, size_t len)
{
	while (len > 0) {
		size_t n = text_utf8(text, len, NULL);

		if (n == 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

/* Latin-1, byte by byte: what Windows has in 0x80 to 0x9F comes back the same. */
static char *utf8_of_latin(const char *bytes, size_t len, size_t *out)
{
	char *text = need(malloc(2 * len + 1)), *p = text;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x80)
			*p++ = (char)(0xC0 | c >> 6);
		*p++ = (char)(c < 0x80 ? c : 0x80 | (c & 0x3F));
	}
	*p = '\0';
	*out = (size_t)(p - text);
	return text;
}

static void decode(struct sheet *s, const char *bytes, size_t len)
{
	if (is_utf16(bytes, len)) {
		s->encoding = *bytes == '\xFF' ? SHEET_UTF16LE : SHEET_UTF16BE;
		s->mark = true;
		s->text = utf8_of_utf16(bytes, len, &s->len);
		return;
	}
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		s->mark = true;
		bytes += 3;
		len -= 3;
	}
	if (all_utf8(bytes, len)) {
		s->text = need(malloc(len + 1));
		memcpy(s->text, bytes, len);
		s->text[len] = '\0';
		s->len = len;
	} else {
		s->encoding = SHEET_LATIN;
		s->text = utf8_of_latin(bytes, len, &s->len);
	}
}

static void put_unit(const struct sheet *s, unsigned unit, FILE *out)
{
	int high = (int)(unit >> 8), low = (int)(unit & 0xFF);

	fputc(s->encoding == SHEET_UTF16LE ? low : high, out);
	fputc(s->encoding == SHEET_UTF16LE ? high : low, out);
}

void sheet_encode(const struct sheet *s, const char *text, size_t len, bool mark, FILE *out)
{
	if (s->encoding == SHEET_UTF8) {
		if (mark)
			fputs("\xEF\xBB\xBF", out);
		fwrite(text, 1, len, out);
		return;
	}
	if (mark && s->encoding != SHEET_LATIN)
		put_unit(s, 0xFEFF, out);
	while (len > 0) {
		uint32_t c;
		size_t n = text_utf8(text, len, &c);

		if (n == 0) {
			n = 1;
			c = 0xFFFD;
		}
		if (s->encoding == SHEET_LATIN) {
			fputc(c < 0x100 ? (int)c : '?', out);
		} else if (c >= 0x10000) {
			put_unit(s, 0xD800 + ((c - 0x10000) >> 10), out);
			put_unit(s, 0xDC00 + ((c - 0x10000) & 0x3FF), out);
		} else {
			put_unit(s, c, out);
		}
		text += n;
		len -= n;
	}
}

/* ---- rows ---------------------------------------------------------------- */

/* What separates the cells of the first row: the most frequent, outside of quotes. */
static char find_delimiter(const char *text, size_t len)
{
	static const char candidates[] = ",;\t";
	int count[3] = { 0, 0, 0 }, best = 0;
	bool quoted = false;

	if (len >= 5 && strncmp(text, "sep=", 4) == 0)
		return text[4];
	for (size_t i = 0; i < len && (quoted || text[i] != '\n'); i++) {
		const char *c = text[i] ? strchr(candidates, text[i]) : NULL;

		if (text[i] == '"')
			quoted = !quoted;
		else if (c && !quoted)
			count[c - candidates]++;
	}
	for (int i = 1; i < 3; i++)
		if (count[i] > count[best])
			best = i;
	return candidates[best];
}

static void add_cell(struct sheet_row *row, struct cell cell)
{
	if ((row->count & (row->count + 1)) == 0)
		row->cell = need(realloc(row->cell, 2 * ((size_t)row->count + 1) *
		                                    sizeof(*row->cell)));
	row->cell[row->count++] = cell;
	row->end = cell.to;
}

/* Reads the cell at *AT and leaves *AT at what ends it. NULL if a quote never ends. */
static char *read_cell(const struct sheet *s, size_t *at)
{
	char *text = need(malloc(64));
	size_t len = 0, space = 64;
	bool quoted = false;

	for (size_t i = *at; ; i++) {
		char c = s->text[i];    /* behind the last one stands a NUL */

		if (i >= s->len && quoted)
			break;
		if (i >= s->len || (!quoted && (c == s->delimiter || c == '\n'))) {
			text[len] = '\0';
			*at = i;
			return text;
		}
		if (c == '"' && quoted && s->text[i + 1] == '"') {
			i++;
		} else if (c == '"' && (quoted || i == *at)) {
			quoted = !quoted;
			continue;
		} else if (c == '\0' || (c == '\r' && !quoted)) {
			continue;
		}
		if (len + 2 > space)
			text = need(realloc(text, space *= 2));
		text[len++] = c;
	}
	free(text);
	return NULL;
}

static void row_clear(struct sheet_row *row)
{
	for (int i = 0; i < row->count; i++)
		free(row->cell[i].text);
	free(row->cell);
	*row = (struct sheet_row){ .count = 0 };
}

static bool is_empty(const struct sheet_row *row)
{
	for (int i = 0; i < row->count; i++)
		if (row->cell[i].text[strspn(row->cell[i].text, " \t")])
			return false;
	return true;
}

static const char *read_rows(struct sheet *s)
{
	size_t at = 0;

	if (s->len >= 4 && strncmp(s->text, "sep=", 4) == 0)
		while (at < s->len && s->text[at++] != '\n')
			;
	while (at < s->len) {
		struct sheet_row row = { .count = 0 };
		bool more = true;

		while (more) {
			size_t from = at, to;
			char *text = read_cell(s, &at);

			if (!text) {
				row_clear(&row);
				return "a quote that never ends";
			}
			to = at;
			if (to > from && s->text[to - 1] == '\r' && (to == s->len || s->text[to] == '\n'))
				to--;
			add_cell(&row, (struct cell){ text, from, to });
			more = at < s->len && s->text[at] == s->delimiter;
			at++;
		}
		if (is_empty(&row)) {
			row_clear(&row);
			continue;
		}
		if ((s->rows & (s->rows + 1)) == 0)
			s->row = need(realloc(s->row, 2 * ((size_t)s->rows + 1) * sizeof(*s->row)));
		s->row[s->rows++] = row;
	}
	return NULL;
}

const char *sheet_parse(struct sheet *s, const char *bytes, size_t len)
{
	const char *why;

	*s = (struct sheet){ .len = 0 };
	decode(s, bytes, len);
	s->delimiter = find_delimiter(s->text, s->len);
	why = read_rows(s);
	if (why)
		sheet_free(s);
	return why;
}

int sheet_read(struct sheet *s, const char *path, char **why)
{
	size_t len;
	char *bytes = read_whole(path, 64 << 20, &len);
	const char *words = bytes ? sheet_parse(s, bytes, len) : strerror(errno);

	if (words)
		*why = text_format("%s: %s", path, words);
	free(bytes);
	return words ? -1 : 0;
}

const char *sheet_cell(const struct sheet_row *row, int column)
{
	return column >= 0 && column < row->count ? row->cell[column].text : "";
}

void sheet_free(struct sheet *s)
{
	for (int i = 0; i < s->rows; i++)
		row_clear(&s->row[i]);
	free(s->row);
	free(s->text);
	*s = (struct sheet){ .len = 0 };
}
