#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static void shows(const char *bytes, size_t len, unsigned flags, const char *expected)
{
	char *got = text_escaped(bytes, len, flags);

	cr_expect_str_eq(got, expected);
	cr_expect_eq(text_escape(NULL, 0, bytes, len, flags), strlen(expected));
	free(got);
}

#define SHOWS(bytes, flags, expected) shows(bytes, sizeof(bytes) - 1, flags, expected)

Test(escape, printable_text_stays)
{
	SHOWS("Hello, 'world'! \\ \"~\"", TEXT_PLAIN, "Hello, 'world'! \\ \"~\"");
	SHOWS("gr\xC3\xBC\xC3\x9F, \xE4\xBD\xA0\xE5\xA5\xBD, \xF0\x9F\x91\x8B", TEXT_PLAIN,
	      "gr\xC3\xBC\xC3\x9F, \xE4\xBD\xA0\xE5\xA5\xBD, \xF0\x9F\x91\x8B");
	SHOWS("", TEXT_PLAIN, "");
}

Test(escape, control_bytes_become_hexadecimal)
{
	SHOWS("a\0b", TEXT_PLAIN, "a\\x00b");
	SHOWS("\x1B[31mred\x1B]0;title\a\r\n\t\x7F", TEXT_PLAIN,
	      "\\x1B[31mred\\x1B]0;title\\x07\\x0D\\x0A\\x09\\x7F");
	/* C1 controls in UTF-8: U+009B is an escape sequence of its own. */
	SHOWS("\xC2\x9B" "31m", TEXT_PLAIN, "\\xC2\\x9B31m");
}

Test(escape, text_that_turns_hides_or_breaks_lines_becomes_hexadecimal)
{
	SHOWS("\xE2\x80\xAE", TEXT_PLAIN, "\\xE2\\x80\\xAE");   /* right to left */
	SHOWS("\xE2\x80\xA8", TEXT_PLAIN, "\\xE2\\x80\\xA8");   /* line separator */
	SHOWS("\xE2\x80\x8B", TEXT_PLAIN, "\\xE2\\x80\\x8B");   /* zero width space */
	SHOWS("\xEF\xBB\xBF", TEXT_PLAIN, "\\xEF\\xBB\\xBF");   /* byte order mark */
	SHOWS("\xF3\xA0\x81\x81", TEXT_PLAIN, "\\xF3\\xA0\\x81\\x81");
}

Test(escape, what_is_not_utf8_becomes_hexadecimal)
{
	SHOWS("\xFF\x80", TEXT_PLAIN, "\\xFF\\x80");
	SHOWS("\xC0\xAF", TEXT_PLAIN, "\\xC0\\xAF");            /* overlong / */
	SHOWS("\xE0\x80\xAF", TEXT_PLAIN, "\\xE0\\x80\\xAF");
	SHOWS("\xF0\x80\x80\xAF", TEXT_PLAIN, "\\xF0\\x80\\x80\\xAF");
	SHOWS("\xED\xA0\x80", TEXT_PLAIN, "\\xED\\xA0\\x80");   /* surrogate */
	SHOWS("\xF4\x90\x80\x80", TEXT_PLAIN, "\\xF4\\x90\\x80\\x80");
	SHOWS("x\xC3", TEXT_PLAIN, "x\\xC3");                   /* cut off */
	SHOWS("\xE4\xBD" "a", TEXT_PLAIN, "\\xE4\\xBD" "a");
}

Test(escape, twice_is_once)
{
	char *once = text_escaped("a\0\xFF\\x41", 7, TEXT_PLAIN);
	char *twice = text_escaped(once, strlen(once), TEXT_PLAIN);

	cr_expect_str_eq(once, twice);
	free(once);
	free(twice);
}

Test(escape, quoted_reads_as_in_c)
{
	SHOWS("a\r\n\t\\b\0", TEXT_QUOTED, "a\\r\\n\\t\\\\b\\x00");
}

Test(escape, lines_keep_their_ends)
{
	SHOWS("a:\n\tb\r\n", TEXT_LINES, "a:\n b\\x0D\n");
}

Test(escape, ascii_has_nothing_above_7f)
{
	SHOWS("gr\xC3\xBC\xC3\x9F", TEXT_ASCII, "gr\\xC3\\xBC\\xC3\\x9F");
}

Test(escape, cuts_between_characters)
{
	char out[8];

	cr_expect_eq(text_escape(out, 4, "ab\xC3\xBC" "c", 5, TEXT_PLAIN), 5);
	cr_expect_str_eq(out, "ab");
	cr_expect_eq(text_escape(out, sizeof(out), "abcd\1e", 6, TEXT_PLAIN), 9);
	cr_expect_str_eq(out, "abcd");
	cr_expect_eq(text_escape(out, 1, "a", 1, TEXT_PLAIN), 1);
	cr_expect_str_eq(out, "");
}

Test(escape, any_two_bytes_become_valid_printable_utf8)
{
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			char in[2] = { (char)a, (char)b }, out[16];
			size_t len = text_escape(out, sizeof(out), in, 2, TEXT_PLAIN);

			cr_assert_eq(len, strlen(out));
			for (size_t i = 0; i < len;) {
				uint32_t code;
				size_t n = text_utf8(out + i, len - i, &code);

				cr_assert(n > 0 && code >= 0x20 && code != 0x7F, "%02X %02X", a, b);
				i += n;
			}
		}
	}
}

Test(width, counts_columns_not_bytes)
{
	cr_expect_eq(text_width("abc", 3), 3);
	cr_expect_eq(text_width("\xC3\xBC", 2), 1);
	cr_expect_eq(text_width("\xE4\xBD\xA0\xE5\xA5\xBD", 6), 4);     /* wide */
	cr_expect_eq(text_width("e\xCC\x81", 3), 1);                    /* combining */
	cr_expect_eq(text_width("\xCD\xB8", 2), 1);                        /* not assigned */
	cr_expect_eq(text_width("", 0), 0);
}

Test(width, fits_whole_characters)
{
	cr_expect_eq(text_fit("abc", 3, 2), 2);
	cr_expect_eq(text_fit("abc", 3, 9), 3);
	cr_expect_eq(text_fit("a\xE4\xBD\xA0", 4, 2), 1);
	cr_expect_eq(text_fit("a\xE4\xBD\xA0", 4, 3), 4);
}
