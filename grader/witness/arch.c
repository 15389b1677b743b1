#include "arch.h"

#include <elf.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

/* seccomp(2): a tracer that sets the call's number to -1 has it skipped; rax is then the result. */
int arch_skip_call(pid_t tid, long result)
{
    if (ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L) != 0)
        return -1;
    return (int)ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), result);
}

int arch_set_third(pid_t tid, unsigned long long value)
{
    return (int)ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rdx), value);
}

int arch_repeat_call(pid_t tid, const unsigned long long arguments[6])
{
    struct user_regs_struct registers;
    (void)arguments; /* they are in registers that a call leaves alone */
    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0)
        return -1;
    registers.rax = registers.orig_rax;
    registers.rip -= 2; /* the length of the syscall instruction */
    return (int)ptrace(PTRACE_SETREGS, tid, NULL, &registers);
}

static void set_arguments(struct user_regs_struct *registers, const unsigned long long arguments[6])
{
    registers->rdi = arguments[0];
    registers->rsi = arguments[1];
    registers->rdx = arguments[2];
    registers->r10 = arguments[3];
    registers->r8 = arguments[4];
    registers->r9 = arguments[5];
}

int arch_change_call(pid_t tid, long number, const unsigned long long arguments[6])
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0)
        return -1;
    registers.orig_rax = (unsigned long long)number;
    set_arguments(&registers, arguments);
    return (int)ptrace(PTRACE_SETREGS, tid, NULL, &registers);
}

int arch_return_from_call(pid_t tid, long number, const unsigned long long arguments[6],
                          long result)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) != 0)
        return -1;
    registers.orig_rax = (unsigned long long)number;
    registers.rax = (unsigned long long)result;
    set_arguments(&registers, arguments);
    return (int)ptrace(PTRACE_SETREGS, tid, NULL, &registers);
}

unsigned long long arch_stack(pid_t tid)
{
    struct user_regs_struct registers;
    return ptrace(PTRACE_GETREGS, tid, NULL, &registers) == 0 ? registers.rsp : 0;
}

unsigned long long arch_instruction(pid_t tid)
{
    struct user_regs_struct registers;
    return ptrace(PTRACE_GETREGS, tid, NULL, &registers) == 0 ? registers.rip : 0;
}

int arch_frame(pid_t tid, struct frame *frame)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    *frame = (struct frame){.pc = registers.rip,
                            .sp = registers.rsp,
                            .count = 6,
                            .kept = {{3, registers.rbx},
                                     {6, registers.rbp},
                                     {12, registers.r12},
                                     {13, registers.r13},
                                     {14, registers.r14},
                                     {15, registers.r15}}};
    return 0;
}

#else

int arch_skip_call(pid_t tid, long result)
{
    int number = -1;
    struct iovec call = {.iov_base = &number, .iov_len = sizeof number};
    if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &call) != 0)
        return -1;
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    registers.regs[0] = (unsigned long long)result;
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

int arch_set_third(pid_t tid, unsigned long long value)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    registers.regs[2] = value;
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

int arch_repeat_call(pid_t tid, const unsigned long long arguments[6])
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    registers.regs[0] = arguments[0]; /* the result stands where the first argument was */
    registers.pc -= 4;
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

int arch_change_call(pid_t tid, long number, const unsigned long long arguments[6])
{
    int changed = (int)number;
    struct iovec call = {.iov_base = &changed, .iov_len = sizeof changed};
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &call) != 0 ||
        ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    for (int i = 0; i < 6; i++)
        registers.regs[i] = arguments[i];
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

/* The number stands in a register that nobody changed, and the kernel keeps the first argument for
   a call that it makes again. */
int arch_return_from_call(pid_t tid, long number, const unsigned long long arguments[6],
                          long result)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    (void)number;
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    registers.regs[0] = (unsigned long long)result;
    for (int i = 1; i < 6; i++)
        registers.regs[i] = arguments[i];
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

unsigned long long arch_stack(pid_t tid)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    return ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) == 0 ? registers.sp : 0;
}

unsigned long long arch_instruction(pid_t tid)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    return ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) == 0 ? registers.pc : 0;
}

int arch_frame(pid_t tid, struct frame *frame)
{
    struct user_regs_struct registers;
    struct iovec all = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) != 0)
        return -1;
    *frame = (struct frame){.pc = registers.pc, .sp = registers.sp, .count = 12};
    for (int i = 0; i < frame->count; i++) {
        frame->kept[i].number = 19 + i; /* x19 to x30 */
        frame->kept[i].value = registers.regs[19 + i];
    }
    return 0;
}

#endif
