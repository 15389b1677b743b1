/* What differs between the machines: the audit number of their calls, and how a call is kept from
 * being made. */
#ifndef WITNESS_ARCH_H
#define WITNESS_ARCH_H

#include <linux/audit.h>
#include <sys/types.h>

#if defined(__x86_64__)
#define ARCH_AUDIT AUDIT_ARCH_X86_64
#define ARCH_X32_BIT                                                                               \
    0x40000000u /* calls of the x32 ABI share the audit number and carry this bit */
#elif defined(__aarch64__)
#define ARCH_AUDIT AUDIT_ARCH_AARCH64
#else
#error "witness knows x86-64 and arm64"
#endif

/* At a seccomp stop: the call is not made and returns result. Returns 0, or -1 with errno. */
int arch_skip_call(pid_t tid, long result);

/* At a seccomp stop: the call is made with this as its third argument. Returns 0, or -1 with errno.
 */
int arch_set_third(pid_t tid, unsigned long long value);

/* At a stop after a call returned: the same call is made again when the task goes on. */
int arch_repeat_call(pid_t tid, const unsigned long long arguments[6]);

/* At a seccomp stop: this call is made instead, with these arguments. Returns 0, or -1 with errno.
 */
int arch_change_call(pid_t tid, long number, const unsigned long long arguments[6]);

/* At the stop after such a call returned: the program finds its own call's number and arguments,
   and this result. Returns 0, or -1 with errno. */
int arch_return_from_call(pid_t tid, long number, const unsigned long long arguments[6],
                          long result);

/* At a stop: where its stack ends; 0 where it can't be told. */
unsigned long long arch_stack(pid_t tid);

/* At a stop: the address of the instruction that the task is at; 0 where it can't be told. */
unsigned long long arch_instruction(pid_t tid);

/* Where a task is in its code and on its stack, and the registers that a function hands back as it
   found them, by their numbers in DWARF. */
struct frame {
    unsigned long long pc, sp;
    int count;
    struct {
        int number;
        unsigned long long value;
    } kept[12];
};

/* At a stop. Returns 0, or -1 with errno. */
int arch_frame(pid_t tid, struct frame *frame);

#endif
