#include "grade/due.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct labs table = {
	.at = { { (char *)"lab1", (char *)"tcp-server", (char *)"server", (char *)"" },
	        { (char *)"lab2", (char *)"tcp-client", (char *)"client", (char *)"" } },
	.count = 2
};

static void is_due(const char *text, const char *want)
{
	struct policy p = { .any = false };
	const char *why = due_set(&p, &table, text);
	char *got;

	if (!want) {
		cr_assert_not_null(why, "%s", text);
		return;
	}
	cr_assert_null(why, "%s: %s", text, why);
	got = utc(p.due[0]);
	cr_assert_str_eq(got, want, "%s: %s", text, got);
	free(got);
}

Test(grade_due, times_and_zones)
{
	setenv("TZ", "UTC", 1);
	is_due("2026-11-20 23:59", "2026-11-20T23:59:00Z");
	is_due("2026-11-20T23:59:30Z", "2026-11-20T23:59:30Z");
	is_due("2026-11-20 23:59 +01:00", "2026-11-20T22:59:00Z");
	is_due("2026-11-20T23:59-0530", "2026-11-21T05:29:00Z");
	is_due("2026-11-20 23:59 Europe/Berlin", "2026-11-20T22:59:00Z");
	is_due("2026-07-20 23:59 Europe/Berlin", "2026-07-20T21:59:00Z");
	is_due("2026-11-20 10:00:00.000000000 Z", "2026-11-20T10:00:00Z");
	is_due("lab1=2026-11-20 23:59Z", "2026-11-20T23:59:00Z");
	is_due("2026-11-20", NULL);
	is_due("2026-11-20 25:00", NULL);
	is_due("2026-11-20 23:59 Nowhere/Land", NULL);
	is_due("2026-11-20 23:59 ../../etc/passwd", NULL);
	is_due("lab9=2026-11-20 23:59", NULL);
	is_due("tomorrow", NULL);
	/* The zone of one date does not stay. */
	is_due("2026-11-20 23:59 Asia/Tokyo", "2026-11-20T14:59:00Z");
	is_due("2026-11-20 23:59", "2026-11-20T23:59:00Z");
}

static int costs(const char *rule, int score, long long late)
{
	struct policy p = { .any = true };

	cr_assert_null(late_set(&p, rule), "%s", rule);
	return late_costs(&p, score, late);
}

Test(grade_due, what_it_costs)
{
	cr_assert_eq(costs("10%/day", 20, 0), 0);
	cr_assert_eq(costs("10%/day", 20, 1), 2);
	cr_assert_eq(costs("10%/day", 20, 86400), 2);
	cr_assert_eq(costs("10%/day", 20, 86401), 4);
	cr_assert_eq(costs("10%/day", 19, 1), 1, "what is no whole point stays");
	cr_assert_eq(costs("10%/day", 20, 86400LL * 3650), 20);
	cr_assert_eq(costs("10%/day up to 5", 20, 86400LL * 30), 10);
	cr_assert_eq(costs("10%/day up to 5, then nothing", 20, 86400LL * 5), 10);
	cr_assert_eq(costs("10%/day up to 5, then nothing", 20, 86400LL * 5 + 1), 20);
	cr_assert_eq(costs("2%/hour", 100, 3 * 3600), 6);
	cr_assert_eq(costs("100%/day", 20, 1), 20);
	cr_assert_eq(costs("0%/day", 20, 1LL << 50), 0);
}

Test(grade_due, rules_that_are_none)
{
	static const char *const rules[] = {
		"", "10", "10%", "10%/week", "-1%/day", "101%/day", "10%/day up to", "10%/day up to 0",
		"10%/day, then nothing", "10%/day up to 5 then"
	};
	struct policy p;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		memset(&p, 0, sizeof(p));
		cr_assert_not_null(late_set(&p, rules[i]), "%s", rules[i]);
	}
}
