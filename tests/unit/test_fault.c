#include "launch/fault.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

static struct faults faults;

static void clear(void)
{
	memset(&faults, 0, sizeof(faults));
}

TestSuite(fault, .init = clear);

Test(fault, reads_one_call)
{
	cr_assert_null(fault_add(&faults, "fork:2:EAGAIN"));
	cr_assert_eq(faults.count, 1);
	cr_assert_eq(faults.list[0].first, 2);
	cr_assert_eq(faults.list[0].last, 2);
	cr_assert_eq(faults.list[0].action, FAULT_FAIL);
	cr_assert_eq(faults.list[0].error, EAGAIN);
}

Test(fault, reads_ranges)
{
	cr_assert_null(fault_add(&faults, "send:3-5:hold"));
	cr_assert_null(fault_add(&faults, "accept:4-:count"));
	cr_assert_null(fault_add(&faults, "socket:*:EMFILE"));
	cr_assert_eq(faults.list[0].last, 5);
	cr_assert_eq(faults.list[1].first, 4);
	cr_assert_eq(faults.list[1].last, UINT_MAX);
	cr_assert_eq(faults.list[2].first, 1);
	cr_assert_eq(faults.list[2].last, UINT_MAX);
}

Test(fault, refuses_what_it_does_not_know)
{
	static const char *const wrong[] = {
		"", "fork", "fork:", "fork:1", "fork:1:", "fork:0:EAGAIN", "fork::EAGAIN",
		"fork:x:EAGAIN", "fork:1:EWHAT", "fly:1:EAGAIN", "for:1:EAGAIN", "*:1:hold",
		"fork:1-2", "fork:*", "fork:-1:hold",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_not_null(fault_add(&faults, wrong[i]), "%s was taken", wrong[i]);
		cr_expect_eq(faults.count, 0, "%s was kept", wrong[i]);
	}
}

Test(fault, takes_no_more_than_it_has_room_for)
{
	for (int i = 0; i < FAULT_MAX; i++)
		cr_assert_null(fault_add(&faults, "recv:1:count"));
	cr_assert_not_null(fault_add(&faults, "recv:1:count"));
}

Test(fault, asks_about_every_call_of_a_group)
{
	int calls[32];

	cr_assert_eq(fault_calls(&faults, calls, 32), 0);
	cr_assert_null(fault_add(&faults, "send:1:hold"));
	cr_assert_geq(fault_calls(&faults, calls, 32), 4);
	cr_assert_eq(fault_calls(&faults, calls, 2), 2);
}

Test(fault, knows_errors_by_name)
{
	cr_assert_eq(fault_error("ENETUNREACH"), ENETUNREACH);
	cr_assert_eq(fault_error("hold"), 0);
	cr_assert_eq(fault_error(""), 0);
}
