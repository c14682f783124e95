#include <criterion/criterion.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/suite.h"

static int read_text(struct suite *suite, const char *text, size_t len, char **why)
{
	FILE *in = fmemopen((char *)(size_t)text, len, "r");
	int status;

	*why = NULL;
	status = suite_read_from(suite, in, "x.bats", why);
	fclose(in);
	return status;
}

static void refuses(const char *text, const char *expected)
{
	struct suite suite;
	char *why;

	cr_expect_eq(read_text(&suite, text, strlen(text), &why), -1, "accepted: %s", text);
	cr_expect(why && strstr(why, expected), "said '%s', not '%s'", why, expected);
	cr_expect_eq(suite.count, 0);
	free(why);
}

static struct suite accepts(const char *text)
{
	struct suite suite;
	char *why;

	cr_assert_eq(read_text(&suite, text, strlen(text), &why), 0, "%s", why);
	return suite;
}

#define TAGS "# bats test_tags=todo:1,points:2\n"

Test(suite, lists_the_checks_in_order)
{
	struct suite s = accepts(
		"#!/usr/bin/env bats\n"
		"load ../lib\n"
		"\n"
		"# bats test_tags=todo:1,points:2\n"
		"@test \"says how it is used\" {\n"
		"\trun true\n"
		"}\n"
		"# bats test_tags=todo:4, stretch\n"
		"@test 'a reply in pieces' {\n"
		"}\n"
		"  #  bats  test_tags=points:10,todo:12\n"
		"\t@test  \"last\"  { true; }\n");

	cr_assert_eq(s.count, 3);
	cr_expect_str_eq(s.checks[0].name, "says how it is used");
	cr_expect_eq(s.checks[0].todo, 1);
	cr_expect_eq(s.checks[0].points, 2);
	cr_expect_not(s.checks[0].stretch);
	cr_expect_eq(s.checks[0].line, 5);
	cr_expect_str_eq(s.checks[1].name, "a reply in pieces");
	cr_expect_eq(s.checks[1].todo, 4);
	cr_expect_eq(s.checks[1].points, 0);
	cr_expect(s.checks[1].stretch);
	cr_expect_str_eq(s.checks[2].name, "last");
	cr_expect_eq(s.checks[2].points, 10);
	cr_expect_eq(s.max, 12);
	cr_expect_eq(s.stars, 1);
	suite_free(&s);
}

Test(suite, reads_quotes_as_bats_does)
{
	/* Each name as Bats 1.5 to 1.13 print it. */
	static const char *const pairs[][2] = {
		{ "\"sends 'Hello, world!'\"", "sends 'Hello, world!'" },
		{ "\"a \\\"b\\\" \\$c \\`d\\` \\\\e \\n\"", "a \"b\" $c `d` \\e \\n" },
		{ "'single'", "single" },
		{ "'it\\\"s'", "it\"s" },
		{ "bare words", "bare words" },
		{ "\"mixed'", "mixed" },
		{ "\"braces { } in it\"", "braces { } in it" },
		{ "\"ends with \\\"\"", "ends with \"" },
		{ "\"''\"", "''" },
		{ "\"100% [a-z]* #1 #\"", "100% [a-z]* #1 #" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char text[256];
		struct suite s;

		snprintf(text, sizeof(text), TAGS "@test %s {\n}\n", pairs[i][0]);
		s = accepts(text);
		cr_expect_str_eq(s.checks[0].name, pairs[i][1]);
		suite_free(&s);
	}
}

Test(suite, drops_carriage_returns_as_bats_does)
{
	struct suite s = accepts("# bats test_tags=todo:1,points:2\r\n@test \"a\" {\r\n}\r\n");

	cr_expect_str_eq(s.checks[0].name, "a");
	suite_free(&s);
}

Test(suite, names_the_line_that_is_wrong)
{
	refuses("\n\n@test \"a\" {\n}\n", "x.bats:3: no tags");
	refuses(TAGS "@test \"a\" {\n}\n" "@test \"b\" {\n}\n", "x.bats:4: no tags");
	refuses(TAGS "@test \"a\" {\n}\n" TAGS "@test 'a' {\n}\n", "x.bats:5: a second check");
	refuses("# bats test_tags=points:2\n@test \"a\" {\n}\n", "x.bats:2: this check belongs to no TODO");
	refuses("# bats test_tags=todo:2\n@test \"a\" {\n}\n", "neither points:N nor stretch");
	refuses("# bats test_tags=todo:2,points:1,stretch\n@test \"a\" {\n}\n", "has no points");
	refuses("# bats test_tags=todo:x\n", "x.bats:1: the tag 'todo:x' needs a number");
	refuses("# bats test_tags=todo:-1\n", "needs a number");
	refuses("# bats test_tags=todo:0\n", "needs a number");
	refuses("# bats test_tags=points:99999999999999999999\n", "needs a number");
	refuses("# bats test_tags=points:1001\n", "needs a number");
	refuses("# bats test_tags=points:2x\n", "needs a number");
	refuses("# bats test_tags=todo:1,point:2\n", "unknown tag 'point:2'");
	refuses("# bats file_tags=todo:1\n", "not file_tags");
	refuses(TAGS, "tags without a check");
	refuses("# nothing\n", "no checks");
	refuses(TAGS "@test \"a\"\n{\n}\n", "x.bats:2: @test needs its name");
	refuses(TAGS "@test {\n}\n", "x.bats:2: @test needs its name");
	refuses(TAGS "a() { # @test\n}\n", "x.bats:2: write @test");
}

Test(suite, refuses_names_that_versions_of_bats_read_differently)
{
	refuses(TAGS "@test 'says \"hi\"' {\n}\n", "a \" in a name needs a backslash");
	refuses(TAGS "@test \"costs $5\" {\n}\n", "a $ in a name");
	refuses(TAGS "@test \"runs `date`\" {\n}\n", "a ` in a name");
	refuses(TAGS "@test \"a\\\\\\\" {\n}\n", "single backslash");
	refuses(TAGS "@test \"\" {\n}\n", "needs a name");
	refuses(TAGS "@test \" a\" {\n}\n", "begin or end with a blank");
	refuses(TAGS "@test \"a # skip b\" {\n}\n", "directive");
	refuses(TAGS "@test \"a\tb\" {\n}\n", "control");
	refuses(TAGS "@test \"\xFF\" {\n}\n", "UTF-8");
}

Test(suite, refuses_a_nul_byte)
{
	static const char text[] = TAGS "@test \"a\" {\n}\n\0\n";
	struct suite suite;
	char *why;

	cr_expect_eq(read_text(&suite, text, sizeof(text) - 1, &why), -1);
	cr_expect_str_eq(why, "x.bats:4: a NUL byte");
	free(why);
}

Test(suite, a_later_line_of_tags_replaces_the_first)
{
	struct suite s = accepts("# bats test_tags=todo:1,stretch\n" TAGS "@test \"a\" {\n}\n");

	cr_expect_not(s.checks[0].stretch);
	cr_expect_eq(s.checks[0].points, 2);
	suite_free(&s);
}

Test(suite, says_which_file_is_not_there)
{
	struct suite s;
	char *why = NULL;

	cr_expect_eq(suite_read(&s, "/nonexistent/x.bats", &why), -1);
	cr_expect_str_eq(why, "/nonexistent/x.bats: No such file or directory");
	free(why);
}

Test(filter, matches_its_name_and_no_other)
{
	struct suite s = accepts(
		TAGS "@test \"a.b* (c) [d] {e} ^f\\$ |g+? \\\\ \\\"h\\\"\" {\n}\n"
		TAGS "@test \"a\" {\n}\n"
		TAGS "@test \"ab\" {\n}\n"
		TAGS "@test \"ba\" {\n}\n");

	cr_assert_eq(s.count, 4);
	for (size_t i = 0; i < s.count; i++) {
		char *filter = suite_filter(&s.checks[i]);
		regex_t regex;

		cr_assert_eq(regcomp(&regex, filter, REG_EXTENDED | REG_NOSUB), 0);
		for (size_t j = 0; j < s.count; j++)
			cr_expect_eq(regexec(&regex, s.checks[j].raw, 0, NULL, 0) == 0, i == j);
		regfree(&regex);
		free(filter);
	}
	suite_free(&s);
}
