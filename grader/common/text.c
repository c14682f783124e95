#include "common/text.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* ---- untrusted bytes ----------------------------------------------------- */

size_t text_utf8(const void *src, size_t len, uint32_t *code)
{
	const unsigned char *s = src;
	/* The second byte's range keeps overlong forms, surrogates and what lies
	 * above U+10FFFF out: table 3-7 of the Unicode standard, RFC 3629. */
	unsigned char low = 0x80, high = 0xBF;
	size_t need_bytes;
	uint32_t point;

	if (len == 0)
		return 0;
	if (s[0] < 0x80) {
		if (code)
			*code = s[0];
		return 1;
	}
	if (s[0] >= 0xC2 && s[0] <= 0xDF) {
		need_bytes = 2;
		point = s[0] & 0x1Fu;
	} else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
		need_bytes = 3;
		point = s[0] & 0x0Fu;
		if (s[0] == 0xE0)
			low = 0xA0;
		if (s[0] == 0xED)
			high = 0x9F;
	} else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
		need_bytes = 4;
		point = s[0] & 0x07u;
		if (s[0] == 0xF0)
			low = 0x90;
		if (s[0] == 0xF4)
			high = 0x8F;
	} else {
		return 0;
	}
	if (len < need_bytes)
		return 0;
	for (size_t i = 1; i < need_bytes; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		point = point << 6 | (s[i] & 0x3Fu);
		low = 0x80;
		high = 0xBF;
	}
	if (code)
		*code = point;
	return need_bytes;
}

static bool printable(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return false;
	if ((c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E))
		return false;
	if ((c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x061C)
		return false;
	return c < 0xE0000 || c > 0xE0FFF;
}

/* Writes the escaped form of the next character of SRC to UNIT (at least 17
 * bytes) and its length to *WIDTH; returns how many bytes of SRC it took. */
static size_t escape_one(char *unit, size_t *width, const unsigned char *src, size_t len,
                         unsigned flags)
{
	uint32_t c = 0;
	size_t n = text_utf8(src, len, &c);
	const char *special = NULL;

	if (n == 1 && (flags & TEXT_LINES) && (c == '\n' || c == '\t'))
		special = c == '\n' ? "\n" : " ";
	else if (n == 1 && (flags & TEXT_QUOTED))
		special = c == '\n' ? "\\n" : c == '\r' ? "\\r" :
		          c == '\t' ? "\\t" : c == '\\' ? "\\\\" : NULL;
	if (special) {
		*width = strlen(special);
		memcpy(unit, special, *width);
		return 1;
	}
	if (n > 0 && printable(c) && (n == 1 || !(flags & TEXT_ASCII))) {
		memcpy(unit, src, n);
		*width = n;
		return n;
	}
	if (n == 0)
		n = 1;
	*width = 0;
	for (size_t i = 0; i < n; i++) {
		unit[(*width)++] = '\\';
		unit[(*width)++] = 'x';
		unit[(*width)++] = "0123456789ABCDEF"[src[i] >> 4];
		unit[(*width)++] = "0123456789ABCDEF"[src[i] & 15];
	}
	return n;
}

size_t text_escape(char *dst, size_t size, const void *src, size_t len, unsigned flags)
{
	const unsigned char *s = src;
	size_t total = 0, put = 0;
	char unit[20];

	while (len > 0) {
		size_t width, n = escape_one(unit, &width, s, len, flags);

		/* Once a unit does not fit, nothing after it is put either. */
		if (put == total && put + width < size) {
			memcpy(dst + put, unit, width);
			put += width;
		}
		total += width;
		s += n;
		len -= n;
	}
	if (size > 0)
		dst[put] = '\0';
	return total;
}

char *text_escaped(const void *src, size_t len, unsigned flags)
{
	size_t size = text_escape(NULL, 0, src, len, flags) + 1;
	char *dst = need(malloc(size));

	text_escape(dst, size, src, len, flags);
	return dst;
}

/* Columns of one code point. wcwidth(3) knows, in a UTF-8 locale, which need not
 * be the caller's; without one every character counts as one column. */
static size_t columns_of(uint32_t c)
{
	static locale_t utf8;
	static bool asked;
	locale_t before;
	int width;

	if (c < 0x7F)
		return 1;
	if (!asked) {
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
		asked = true;
	}
	if (!utf8)
		return 1;
	before = uselocale(utf8);
	width = wcwidth((wchar_t)c);
	uselocale(before);
	return width < 0 ? 1 : (size_t)width;
}

size_t text_fit(const char *text, size_t len, size_t columns)
{
	size_t at = 0, used = 0;

	while (at < len) {
		uint32_t c = 0;
		size_t n = text_utf8(text + at, len - at, &c);
		size_t wide = n ? columns_of(c) : 1;

		if (used + wide > columns)
			break;
		used += wide;
		at += n ? n : 1;
	}
	return at;
}

size_t text_width(const char *text, size_t len)
{
	size_t used = 0;

	for (size_t at = 0, n; at < len; at += n) {
		uint32_t c = 0;

		n = text_utf8(text + at, len - at, &c);
		used += n ? columns_of(c) : 1;
		n = n ? n : 1;
	}
	return used;
}

/* ---- complaining and ending ---------------------------------------------- */

static void complain_with(const char *why, const char *format, va_list args)
{
	char raw[2048], line[4096];
	int n = vsnprintf(raw, sizeof(raw), format, args);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(raw))
		n = sizeof(raw) - 1;
	text_escape(line, sizeof(line), raw, (size_t)n, TEXT_PLAIN);
	/* What was written to standard output so far comes first. */
	fflush(stdout);
	fprintf(stderr, "%s: %s%s%s\n", program_invocation_short_name, line,
	        why ? ": " : "", why ? why : "");
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_with(NULL, format, args);
	va_end(args);
}

void die(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_with(NULL, format, args);
	va_end(args);
	exit(status);
}

void die_errno(int status, const char *format, ...)
{
	const char *why = strerror(errno);
	va_list args;

	va_start(args, format);
	complain_with(why, format, args);
	va_end(args);
	exit(status);
}

void *need(void *memory)
{
	if (!memory)
		die(3, "out of memory");
	return memory;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return need(text);
}

/* ---- time ---------------------------------------------------------------- */

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
