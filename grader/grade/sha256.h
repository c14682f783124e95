/* SHA-256 (FIPS 180-4): what a submission, a suite and a tool are known by. */
#ifndef GRADE_SHA256_H
#define GRADE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_TEXT = 65 };      /* 64 hexadecimal digits and the NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t total;         /* bytes taken so far */
	unsigned char block[64];
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);

/* Adds a length before the bytes, so that "ab" + "c" and "a" + "bc" differ. */
void sha256_field(struct sha256 *h, const void *data, size_t len);

/* Ends the sum and writes it as lower-case text to OUT (SHA256_TEXT bytes). */
void sha256_end(struct sha256 *h, char out[SHA256_TEXT]);

/* The sum of LEN bytes at DATA. */
void sha256_of(const void *data, size_t len, char out[SHA256_TEXT]);

#endif
