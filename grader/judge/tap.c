#include "judge/tap.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

/* ---- one line ------------------------------------------------------------ */

static bool starts(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && memcmp(text, word, n) == 0;
}

/* Reads a number of 1 to 9 digits without needless zeros at TEXT. Returns how many
 * bytes it has, 0 if there is none. */
static size_t read_number(const char *text, size_t len, long *number)
{
	size_t n = 0;

	*number = 0;
	while (n < len && text[n] >= '0' && text[n] <= '9') {
		if (n == 9 || (n == 1 && text[0] == '0'))
			return 0;
		*number = *number * 10 + (text[n++] - '0');
	}
	return n;
}

static void cut_front(struct tap_line *line, size_t n)
{
	line->text += n;
	line->len -= n;
}

/* "ok" and "not ok" make a result, with a number or without one. */
static bool read_result(struct tap_line *line)
{
	const char *text = line->text;
	size_t len = line->len, skip, digits;
	long number;

	line->ok = starts(text, len, "ok");
	if (!line->ok && !starts(text, len, "not ok"))
		return false;
	skip = line->ok ? 2 : 6;
	if (len > skip && text[skip] != ' ')
		return false;
	line->kind = TAP_RESULT;
	if (len > skip)
		skip++;
	digits = read_number(text + skip, len - skip, &number);
	if (digits > 0 && (skip + digits == len || text[skip + digits] == ' ')) {
		line->number = number;
		skip += digits + (skip + digits < len);
	}
	cut_front(line, skip);
	return true;
}

static bool read_plan(struct tap_line *line)
{
	size_t digits;
	long number;

	if (!starts(line->text, line->len, "1.."))
		return false;
	digits = read_number(line->text + 3, line->len - 3, &number);
	if (digits == 0 ||
	    (line->len > 3 + digits && !starts(line->text + 3 + digits, line->len - 3 - digits, " #")))
		return false;
	line->kind = TAP_PLAN;
	line->number = number;
	cut_front(line, 3 + digits);
	return true;
}

static void hand_out(struct tap *tap)
{
	struct tap_line line = {
		.kind = TAP_OTHER, .cut = tap->cut, .number = -1,
		.text = tap->line ? tap->line : "", .len = tap->len
	};

	if (starts(line.text, line.len, "#")) {
		line.kind = TAP_COMMENT;
		cut_front(&line, line.len > 1 && line.text[1] == ' ' ? 2 : 1);
	} else if (starts(line.text, line.len, "Bail out!")) {
		line.kind = TAP_BAIL;
		cut_front(&line, 9);
	} else if (!read_plan(&line)) {
		read_result(&line);
	}
	tap->each(tap->context, &line);
	tap->len = 0;
	tap->cut = false;
}

/* ---- the stream ---------------------------------------------------------- */

void tap_begin(struct tap *tap, tap_handler *each, void *context)
{
	*tap = (struct tap){ .each = each, .context = context };
}

static void keep(struct tap *tap, const char *bytes, size_t len)
{
	size_t room = TAP_LINE_MAX - tap->len;

	if (len > room) {
		len = room;
		tap->cut = true;
	}
	if (len == 0)
		return;
	if (!tap->line)
		tap->line = need(malloc(TAP_LINE_MAX));
	memcpy(tap->line + tap->len, bytes, len);
	tap->len += len;
}

bool tap_feed(struct tap *tap, const void *bytes, size_t len)
{
	const char *at = bytes, *end, *newline;
	bool whole = len <= TAP_TOTAL_MAX - tap->total;

	if (!whole)
		len = TAP_TOTAL_MAX - tap->total;
	tap->total += len;
	for (end = at + len; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		keep(tap, at, (size_t)((newline ? newline : end) - at));
		if (!newline)
			break;
		hand_out(tap);
	}
	return whole;
}

void tap_end(struct tap *tap)
{
	if (tap->len > 0) {
		tap->cut = true;
		hand_out(tap);
	}
	free(tap->line);
	tap->line = NULL;
}
