// What a refusal is told with: each piece of advice where its cause was seen, and only there.
#include "../../../grader/witness/refusal.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const struct surroundings plain = {
    .knows_filters = true, .ptrace_scope = -1, .release = "5.2.0"};

static const char *told(enum need need, int error, struct surroundings around)
{
    static char text[512];
    refusal_explain(text, sizeof text, need, error, &around);
    return text;
}

static void expect(const char *text, const char *part)
{
    cr_assert_not_null(strstr(text, part), "%s is not in: %s", part, text);
}

Test(refusal, no_ptrace_at_all_asks_for_a_native_image)
{
    const char *text = told(NEED_TRACE, ENOSYS, plain);
    expect(text, "docker run --platform linux/");
    cr_assert_null(strstr(text, "cap-add"));
}

Test(refusal, an_emulator_that_was_seen_asks_for_a_native_image_whatever_failed)
{
    struct surroundings around = plain;
    around.emulated = around.filtered = true;
    for (enum need need = NEED_TRACE; need <= NEED_CALL_FACTS; need++) {
        const char *text = told(need, need == NEED_FILTER ? EINVAL : EPERM, around);
        expect(text, "emulator");
        expect(text, "docker run --platform linux/");
        cr_assert_null(strstr(text, "cap-add"));
    }
}

Test(refusal, forbidden_ptrace_below_a_filter_asks_for_the_capability)
{
    struct surroundings around = plain;
    around.filtered = true;
    expect(told(NEED_TRACE, EPERM, around), "--cap-add SYS_PTRACE");
}

Test(refusal, without_a_cause_that_was_seen_the_reason_is_not_known)
{
    expect(told(NEED_TRACE, EPERM, plain), "not known");
    expect(told(NEED_TRACE, EIO, plain), "not known");
    expect(told(NEED_FILTER, EPERM, plain), "not known");
}

Test(refusal, who_traces_witness_is_named)
{
    struct surroundings around = plain;
    around.tracer = 4711;
    around.filtered = true;
    expect(told(NEED_TRACE, EPERM, around), "process 4711 traces witness");
}

Test(refusal, a_setting_of_yama_is_named)
{
    struct surroundings around = plain;
    around.ptrace_scope = 3;
    expect(told(NEED_TRACE, EPERM, around), "ptrace_scope is 3");
    around.ptrace_scope = 1;
    expect(told(NEED_TRACE, EPERM, around), "not known");
}

Test(refusal, a_kernel_without_filters_is_told_from_one_that_forbids_them)
{
    struct surroundings around = plain;
    around.filtered = true;
    expect(told(NEED_FILTER, EINVAL, around), "seccomp=unconfined");
    around.filtered = around.knows_filters = false;
    expect(told(NEED_FILTER, EINVAL, around), "CONFIG_SECCOMP_FILTER");
}

Test(refusal, an_old_kernel_is_named)
{
    expect(told(NEED_CALL_FACTS, EIO, plain), "Linux 5.3 or later, and this is 5.2.0");
}

Test(refusal, another_processors_cpuinfo_is_an_emulator)
{
    cr_assert(refusal_is_emulated("processor\t: 0\nvendor_id\t: VirtualApple\n"));
    cr_assert(refusal_is_emulated("processor\t: 0\nmodel name\t: of some other kind\n"));
    cr_assert_not(refusal_is_emulated(""));
    cr_assert_not(refusal_is_emulated("vendor_id\t: GenuineIntel\nCPU implementer\t: 0x41\n"));
}
