/* What Windows calls "Unicode": UTF-16 with a byte order mark. */
#ifndef GRADE_UTF16_H
#define GRADE_UTF16_H

#include <stdbool.h>
#include <stddef.h>

bool is_utf16(const void *bytes, size_t len);

/* The LEN bytes, which is_utf16 holds for, as UTF-8 without a mark, in new memory with a
 * NUL behind; its length in *OUT. What is no character becomes U+FFFD. The caller frees
 * it. */
char *utf8_of_utf16(const void *bytes, size_t len, size_t *out);

#endif
