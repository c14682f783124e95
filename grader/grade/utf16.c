#include "grade/utf16.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

bool is_utf16(const void *bytes, size_t len)
{
	return len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
}

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

char *utf8_of_utf16(const void *bytes, size_t len, size_t *out)
{
	const unsigned char *p = bytes;
	unsigned big = p[0] == 0xFE ? 0 : 1;    /* where the high byte stands */
	char *text = need(malloc(len / 2 * 3 + 4));
	size_t put = 0;

	for (size_t i = 2; i + 1 < len; i += 2) {
		uint32_t c = (uint32_t)p[i + big] << 8 | p[i + 1 - big];

		if (c >= 0xD800 && c < 0xDC00 && i + 3 < len) {
			uint32_t low = (uint32_t)p[i + 2 + big] << 8 | p[i + 3 - big];

			if (low >= 0xDC00 && low < 0xE000) {
				put += put_utf8(text + put, 0x10000 + ((c - 0xD800) << 10) +
				                            (low - 0xDC00));
				i += 2;
				continue;
			}
		}
		put += put_utf8(text + put, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	}
	text[put] = '\0';
	*out = put;
	return text;
}
