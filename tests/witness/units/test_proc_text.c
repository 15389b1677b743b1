// What is read out of /proc: a program chooses its own name, so it may look like anything.
#include "../../../grader/witness/proc_text.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <sys/sysmacros.h>

Test(proc_text, a_name_with_a_parenthesis_hides_no_state)
{
    cr_assert_eq(proc_text_state("42 (sh) R 1 42"), 'R');
    cr_assert_eq(proc_text_state("42 (a) S (b)) T 1 42"), 'T');
    cr_assert_eq(proc_text_state("42 (cut"), '?');
    cr_assert_eq(proc_text_state("42 (cut)"), '?');
}

Test(proc_text, a_process_has_its_terminal)
{
    cr_assert_eq(proc_text_terminal("42 (a) S 7 (b)) S 1 42 42 34816 42"), makedev(136, 0));
    cr_assert_eq(proc_text_terminal("42 (sh) S 1 42 42 1083143 42"), makedev(135, 263));
    cr_assert_eq(proc_text_terminal("42 (sh) S 1 42 42 0 -1"), 0);
    cr_assert_eq(proc_text_terminal("42 (sh) S 1"), 0);
    cr_assert_eq(proc_text_terminal("42 (sh"), 0);
}

Test(proc_text, a_call_has_its_number_and_arguments)
{
    unsigned long long arguments[6] = {0};
    cr_assert_eq(proc_text_call("61 0xffffffff 0x10 0x2 0x0 0x5 0x6 0x7ff 0x7f", arguments), 61);
    cr_assert_eq(arguments[0], 0xffffffff);
    cr_assert_eq(arguments[5], 6);
    cr_assert_eq(proc_text_call("running", arguments), -1);
    cr_assert_eq(proc_text_call("-1 0x7ff 0x7f", arguments), -1);
    cr_assert_eq(proc_text_call("61 0x1", arguments), -1);
}

Test(proc_text, a_program_named_as_a_line_is_not_that_line)
{
    const char *status = "Name:\tSigCgt:ff\nSigIgn:\t0000000000001000\nSigCgt:\t0000000000014002\n";
    cr_assert_eq(proc_text_mask(status, "SigCgt:"), 0x14002);
    cr_assert_eq(proc_text_mask(status, "SigIgn:"), 0x1000);
    cr_assert_eq(proc_text_mask(status, "SigBlk:"), 0);
}

Test(proc_text, a_limit_is_a_number_or_without_an_end)
{
    const char *limits =
        "Limit                     Soft Limit           Hard Limit           Units\n"
        "Max data size             unlimited            unlimited            bytes\n"
        "Max processes             40                   64                   processes\n";
    cr_assert_eq(proc_text_number(limits, "Max processes"), 40);
    cr_assert_eq(proc_text_number(limits, "Max data size"), -1);
    cr_assert_eq(proc_text_number(limits, "Max open files"), -1);
    cr_assert_eq(proc_text_number("CommitLimit:\t  12 kB\n", "CommitLimit:"), 12);
    cr_assert_eq(proc_text_number("4096\n", ""), 4096);
    cr_assert_eq(proc_text_number("18446744073692774399\n", ""), LLONG_MAX);
    cr_assert_eq(proc_text_number("-1\n", ""), -1);
}

Test(proc_text, a_pidfd_names_a_process_that_lives)
{
    cr_assert_eq(proc_text_pid("pos:\t0\nPid:\t4711\nNSpid:\t4711\n"), 4711);
    cr_assert_eq(proc_text_pid("pos:\t0\nPid:\t-1\n"), 0);
    cr_assert_eq(proc_text_pid("pos:\t0\n"), 0);
}

Test(proc_text, a_line_of_the_list_is_whole_or_none)
{
    int id = 0;
    long long created = 0;
    cr_assert(proc_text_segment("32768 1700000000\n", &id, &created));
    cr_assert_eq(id, 32768);
    cr_assert_eq(created, 1700000000);
    cr_assert_not(proc_text_segment("32768 17000", &id, &created), "cut by a kill");
    cr_assert_not(proc_text_segment("32768\n", &id, &created));
    cr_assert_not(proc_text_segment("-1 5\n", &id, &created));
    cr_assert_not(proc_text_segment("99999999999 5\n", &id, &created));
}

Test(proc_text, code_is_what_may_be_executed_and_has_a_file)
{
    unsigned long long start, end, offset;
    const char *path;

    cr_assert(proc_text_code("55e0-66f0 r-xp 00001000 fe:01 42      /usr/bin/a b\n", &start, &end,
                             &offset, &path));
    cr_assert_eq(start, 0x55e0);
    cr_assert_eq(end, 0x66f0);
    cr_assert_eq(offset, 0x1000);
    cr_assert_str_eq(path, "/usr/bin/a b\n");
    cr_assert_not(
        proc_text_code("1-2 rw-p 00000000 fe:01 42 /usr/bin/a\n", &start, &end, &offset, &path));
    cr_assert_not(
        proc_text_code("1-2 r-xp 00000000 00:00 0 [vdso]\n", &start, &end, &offset, &path));
    cr_assert_not(proc_text_code("1-2 r-x", &start, &end, &offset, &path));
    cr_assert_not(proc_text_code("1-2", &start, &end, &offset, &path));
    cr_assert_not(proc_text_code("", &start, &end, &offset, &path));
}
