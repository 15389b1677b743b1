// What counts against a limit of the time that went by between two looks.
#include "../../../grader/witness/limits.h"

#include <criterion/criterion.h>

static const long long MS = 1000000;

Test(limits, what_a_punctual_look_saw_counts)
{
    cr_assert_eq(limits_counted(10 * MS, 10 * MS), 10 * MS);
    cr_assert_eq(limits_counted(100 * MS, 100 * MS), 100 * MS);
}

Test(limits, a_standstill_counts_as_a_moment)
{
    cr_assert_eq(limits_counted(60000 * MS, 60000 * MS), 100 * MS);
    cr_assert_eq(limits_counted(59000 * MS, 60000 * MS), 100 * MS);
}

Test(limits, who_used_little_cpu_in_a_standstill_used_that)
{
    cr_assert_eq(limits_counted(3 * MS, 60000 * MS), 3 * MS);
    cr_assert_eq(limits_counted(-1 * MS, 60000 * MS), -1 * MS);
}

Test(limits, several_processors_count_each)
{
    cr_assert_eq(limits_counted(400 * MS, 100 * MS), 400 * MS);
}
