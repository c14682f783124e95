/* Bytes nobody vouches for, made fit to print; and the few words every tool
 * needs to complain with. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* ---- untrusted bytes ----------------------------------------------------- */

/* What counts as printable: valid UTF-8 (RFC 3629) that is no control character
 * (C0, DEL, C1) and neither turns the direction of text, breaks the line, nor
 * hides (U+200B..200F, U+2028..202E, U+2060..206F, U+FEFF and the tag
 * characters). Every other byte becomes \xNN with capital digits. */
enum {
	TEXT_PLAIN = 0,         /* \xNN only; a backslash stays as it is, so that
	                           escaping twice changes nothing */
	TEXT_QUOTED = 1 << 0,   /* as in a C string: \n \r \t \\ are written so, and
	                           the text can be read back without doubt */
	TEXT_LINES = 1 << 1,    /* newline stays and a tab becomes one space: for
	                           whole logs */
	TEXT_ASCII = 1 << 2     /* also every byte above 0x7F: for terminals that
	                           are not UTF-8 */
};

/* Escapes LEN bytes of SRC into DST (SIZE bytes, always NUL-terminated if SIZE
 * is not 0) by FLAGS above. Returns the length of the whole escaped text as
 * snprintf does; what does not fit is left out at the border of a character or
 * an escape. */
size_t text_escape(char *dst, size_t size, const void *src, size_t len, unsigned flags);

/* The same in new memory; the caller frees it. Never NULL. */
char *text_escaped(const void *src, size_t len, unsigned flags);

/* Length in bytes (1..4) of the UTF-8 character at SRC, which has LEN bytes left,
 * and its code point in *CODE if CODE is not NULL. 0: not UTF-8 (overlong,
 * surrogate, above U+10FFFF, cut off, or LEN is 0). */
size_t text_utf8(const void *src, size_t len, uint32_t *code);

/* Columns that LEN bytes of escaped text take on a terminal: 2 for a wide
 * character, 0 for a combining one. */
size_t text_width(const char *text, size_t len);

/* How many leading bytes of TEXT (LEN bytes, escaped) fit into COLUMNS columns;
 * never ends inside a character. */
size_t text_fit(const char *text, size_t len, size_t columns);

/* ---- complaining and ending ---------------------------------------------- */

/* "PROGRAM: MESSAGE" on standard error, escaped, one line. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, then exit(STATUS). die_errno adds ": " and the words for errno. */
_Noreturn void die(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void die_errno(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns MEMORY, or says "out of memory" and exits 3 if it is NULL:
 * char *copy = need(strdup(name)); */
void *need(void *memory) __attribute__((returns_nonnull));

/* asprintf that never fails; the caller frees it. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- time ---------------------------------------------------------------- */

/* Milliseconds of CLOCK_MONOTONIC: for deadlines and durations only. */
int64_t now_ms(void);

#endif
