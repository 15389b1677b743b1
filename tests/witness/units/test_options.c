// The reading of options and of the lines of a series, by the function.
#include "../../../grader/witness/options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct options options;
static struct request request;

// Parses a line of a series; what it was made of lives as long as the test.
static int parse(const char *text, struct request *asked)
{
    char **argv = options_split_line(strdup(text));
    cr_assert_not_null(argv);
    options_init(&options);
    memset(&request, 0, sizeof request);
    return options_parse(&options, asked, argv);
}

static void be_quiet(void)
{
    cr_redirect_stderr();
}

TestSuite(options, .init = be_quiet);
TestSuite(line, .init = be_quiet);

Test(options, defaults_are_those_of_the_handout)
{
    cr_assert_eq(parse("-- true", &request), 0);
    cr_assert_eq(options.limits.wall_ms, 10000);
    cr_assert_eq(options.limits.cpu_ms, 5000);
    cr_assert_eq(options.limits.memory, 256LL << 20);
    cr_assert_eq(options.limits.segments, 64LL << 20);
    cr_assert_eq(options.limits.processes, 100);
    cr_assert_eq(options.limits.output, 1LL << 20);
    cr_assert_eq(options.limits.file_size, 16LL << 20);
    cr_assert_eq(options.limits.open_files, 64);
    cr_assert_eq(options.schedule, SCHEDULE_NONE);
    cr_assert_not(options.terminal);
}

Test(options, the_command_is_what_follows_the_dashes)
{
    cr_assert_eq(parse("--stdout terminal -- echo -- --content", &request), 0);
    cr_assert(options.terminal);
    cr_assert_not(options.content);
    cr_assert_str_eq(options.command[0], "echo");
    cr_assert_str_eq(options.command[1], "--");
    cr_assert_str_eq(options.command[2], "--content");
    cr_assert_null(options.command[3]);
}

static bool is_of(const struct fault *fault, const char *call)
{
    return fault->call_length == strlen(call) && memcmp(fault->call, call, fault->call_length) == 0;
}

Test(options, a_fault_has_call_error_number_and_process)
{
    cr_assert_eq(parse("--fail shmget:ENOSPC --fail child2:shmat:ENOMEM@3 -- true", &request), 0);
    cr_assert_eq(options.fault_count, 2);
    const struct fault *any = &options.faults[0];
    cr_assert(is_of(any, "shmget"));
    cr_assert_eq(any->error, ENOSPC);
    cr_assert_eq(any->nth, 0);
    cr_assert_eq(any->process, 0);
    const struct fault *third = &options.faults[1];
    cr_assert(is_of(third, "shmat"));
    cr_assert_eq(third->error, ENOMEM);
    cr_assert_eq(third->nth, 3);
    cr_assert_eq(third->process, 3, "the second child is the third process");
}

Test(options, flags_take_no_value)
{
    cr_assert_eq(parse("--past-end --core --first-pid 256 -- true", &request), 0);
    cr_assert(options.past_end && options.core);
    cr_assert_not(options.id_zero || options.content || options.owner_mode || options.untraced);
    cr_assert_eq(options.first_pid, 256);
    cr_assert_str_eq(options.command[0], "true");
}

Test(options, a_poke_takes_negative_numbers)
{
    cr_assert_eq(parse("--poke 2:-5:7 -- true", &request), 0);
    cr_assert_eq(options.poke_count, 1);
    cr_assert_eq(options.pokes[0].child, 2);
    cr_assert_eq(options.pokes[0].old, -5);
    cr_assert_eq(options.pokes[0].new, 7);
}

Test(options, a_seed_is_kept)
{
    cr_assert_eq(parse("--schedule seed:4294967296 -- true", &request), 0);
    cr_assert_eq(options.schedule, SCHEDULE_SEED);
    cr_assert_eq(options.seed, 4294967296ULL);
}

Test(options, what_is_asked_of_the_call_has_no_place_in_a_series)
{
    cr_assert_eq(parse("--output facts -- true", &request), 0);
    cr_assert_eq(parse("--output facts -- true", NULL), -1);
}

Test(options, more_faults_than_there_is_room_for_are_refused)
{
    enum { COUNT = 1000 };
    static const char one[] = "--fail fork:EAGAIN ";
    static char text[COUNT * (sizeof one - 1) + sizeof "-- true"] = "";
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + i * (sizeof one - 1), one, sizeof one - 1);
    memcpy(text + COUNT * (sizeof one - 1), "-- true", sizeof "-- true");
    cr_assert_eq(parse(text, &request), -1);
}

Test(line, words_are_separated_by_spaces_and_decoded)
{
    char text[] = "-- echo %20 a%20b % %25 %0A";
    char **words = options_split_line(text);
    const char *const expected[] = {"--", "echo", " ", "a b", "", "%", "\n"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        cr_assert_str_eq(words[i + 1], expected[i]);
    cr_assert_null(words[8]);
    free(words);
}

Test(line, both_cases_of_hexadecimal_are_read)
{
    char text[] = "%c3%A4";
    char **words = options_split_line(text);
    cr_assert_str_eq(words[1], "\xC3\xA4");
    free(words);
}

Test(line, half_a_code_is_refused)
{
    char half[] = "a%2";
    char no_code[] = "%zz";
    cr_assert_null(options_split_line(half));
    cr_assert_null(options_split_line(no_code));
}

Test(line, a_code_for_the_zero_byte_is_refused)
{
    char text[] = "a%00b";
    cr_assert_null(options_split_line(text));
}
