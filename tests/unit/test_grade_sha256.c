#include "grade/sha256.h"

#include <criterion/criterion.h>
#include <string.h>

static void is(const void *data, size_t len, const char *want)
{
	char got[SHA256_TEXT];

	sha256_of(data, len, got);
	cr_assert_str_eq(got, want);
}

/* The examples of FIPS 180-4, and around the borders of a block. */
Test(grade_sha256, knows_the_examples_of_the_standard)
{
	is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

Test(grade_sha256, takes_a_million_letters_in_pieces)
{
	char a[997], got[SHA256_TEXT];
	struct sha256 h;
	size_t left = 1000000;

	memset(a, 'a', sizeof(a));
	sha256_begin(&h);
	while (left > 0) {
		size_t n = left < sizeof(a) ? left : sizeof(a);

		sha256_add(&h, a, n);
		left -= n;
	}
	sha256_end(&h, got);
	cr_assert_str_eq(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

Test(grade_sha256, fields_do_not_run_together)
{
	char one[SHA256_TEXT], two[SHA256_TEXT];
	struct sha256 h;

	sha256_begin(&h);
	sha256_field(&h, "ab", 2);
	sha256_field(&h, "c", 1);
	sha256_end(&h, one);
	sha256_begin(&h);
	sha256_field(&h, "a", 1);
	sha256_field(&h, "bc", 2);
	sha256_end(&h, two);
	cr_assert_str_neq(one, two);
}
