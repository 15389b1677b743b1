#define _GNU_SOURCE
#include "filter.h"

#include <asm/sockios.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch.h"
#include "arguments.h"
#include "calls.h"

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_HIGH(field)                                                                           \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field) + 4)
#define JUMP_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

/* Address space is asked for in small steps all the time; only large steps can hit the limit alone.
 */
enum { LARGE_MAPPING = 8 << 20 };

static unsigned int answer(const struct call *call, enum filter_use use)
{
    if (use != FILTER_REFUSE)
        return SECCOMP_RET_TRACE | (unsigned int)(call - calls);
    if (call->kind == CALL_SLEEP) /* nobody has to wait for it: it returns 0 at once */
        return SECCOMP_RET_ERRNO;
    return SECCOMP_RET_ERRNO | (unsigned int)call_refusal(call);
}

static bool is_filtered(const struct call *call, enum filter_use use)
{
    switch (use) {
    case FILTER_TRACE:
        return call->kind != CALL_FOREIGN && !call->in_turns_only;
    case FILTER_TRACE_BLOCKING:
        return call->kind != CALL_FOREIGN;
    case FILTER_REFUSE:
        return call->kind == CALL_REFUSED || call->kind == CALL_REACH || call->kind == CALL_OWNER ||
               call->kind == CALL_SLEEP;
    }
    return false;
}

/* Instructions in the making. */
struct code {
    struct sock_filter *instructions;
    unsigned short count;
};

static void add(struct code *code, struct sock_filter instruction)
{
    if (code->count < FILTER_MAX) /* a filter without its end is refused by the kernel */
        code->instructions[code->count++] = instruction;
}

/* Where the call's number is this one, the next `length` instructions are for it. */
static void add_case(struct code *code, long number, unsigned char length)
{
    add(code, (struct sock_filter)JUMP_EQUAL((unsigned int)number, 0, length));
}

/* mmap(2) of a large length, a number of 64 bits */
static void add_large_mapping(struct code *code, unsigned int answer)
{
    add_case(code, SYS_mmap, 6);
    add(code, (struct sock_filter)LOAD(args[1])); /* the low half */
    add(code, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, LARGE_MAPPING, 2, 0));
    add(code, (struct sock_filter)LOAD_HIGH(args[1]));
    add(code, (struct sock_filter)JUMP_EQUAL(0, 1, 0));
    add(code, (struct sock_filter)RETURN(answer));
    add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

/* 0 is the caller itself (setpriority(2) has two of them: 0, 0). */
static void add_other_process(struct code *code, long number, unsigned int answer)
{
    bool two = number == SYS_setpriority;
    add_case(code, number, two ? 6 : 4);
    add(code, (struct sock_filter)LOAD(args[0]));
    if (two) {
        add(code, (struct sock_filter)JUMP_EQUAL(0, 0, 2));
        add(code, (struct sock_filter)LOAD(args[1]));
    }
    add(code, (struct sock_filter)JUMP_EQUAL(0, 1, 0));
    add(code, (struct sock_filter)RETURN(answer));
    add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

/* prlimit(2): the caller itself may be left alone, but for the tracer, who wants to know which
   limits it changed. */
static void add_prlimit(struct code *code, unsigned int answer, bool traced)
{
    add_case(code, SYS_prlimit64, traced ? 8 : 4);
    add(code, (struct sock_filter)LOAD(args[0]));
    add(code, (struct sock_filter)JUMP_EQUAL(0, 0, traced ? 4 : 1));
    if (traced) {
        add(code, (struct sock_filter)LOAD(args[2]));
        add(code, (struct sock_filter)JUMP_EQUAL(0, 0, 2));
        add(code, (struct sock_filter)LOAD_HIGH(args[2]));
        add(code, (struct sock_filter)JUMP_EQUAL(0, 1, 0));
    } else {
        add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    }
    add(code, (struct sock_filter)RETURN(answer));
    if (traced)
        add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

/* futex(2): without a time it is traced only where one process runs at a time. */
static void add_timed_futex(struct code *code, unsigned int answer)
{
    add_case(code, SYS_futex, 6);
    add(code, (struct sock_filter)LOAD(args[3]));
    add(code, (struct sock_filter)JUMP_EQUAL(0, 0, 2));
    add(code, (struct sock_filter)LOAD_HIGH(args[3]));
    add(code, (struct sock_filter)JUMP_EQUAL(0, 1, 0));
    add(code, (struct sock_filter)RETURN(answer));
    add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

/* fcntl(2), ioctl(2): no command of the one has the number of such a one of the other. */
static void add_owner(struct code *code, long number, unsigned int answer)
{
    static const unsigned int commands[] = {F_SETOWN, F_SETOWN_EX, FIOSETOWN, SIOCSPGRP};
    enum { COUNT = sizeof commands / sizeof *commands };
    add_case(code, number, COUNT + 3);
    add(code, (struct sock_filter)LOAD(args[1]));
    for (int i = 0; i < COUNT; i++)
        add(code, (struct sock_filter)JUMP_EQUAL(commands[i], (unsigned char)(COUNT - i), 0));
    add(code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    add(code, (struct sock_filter)RETURN(answer));
}

unsigned short filter_build(struct sock_filter *instructions, enum filter_use use)
{
    struct code code = {.instructions = instructions};
    /* The architecture comes first: numbers mean other calls on another one (seccomp(2), "Notes").
     */
    add(&code, (struct sock_filter)LOAD(arch));
    add(&code, (struct sock_filter)JUMP_EQUAL(ARCH_AUDIT, 1, 0));
    add(&code, (struct sock_filter)RETURN(answer(&calls[0], use)));
    add(&code, (struct sock_filter)LOAD(nr));
#ifdef ARCH_X32_BIT
    add(&code, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ARCH_X32_BIT, 0, 1));
    add(&code, (struct sock_filter)RETURN(answer(&calls[0], use)));
#endif
    add_case(&code, SYS_clone3, 1);
    add(&code, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS));
    for (size_t i = 0; i < call_count; i++) {
        const struct call *call = &calls[i];
        if (!is_filtered(call, use))
            continue;
        if (call->number == SYS_mmap) {
            add_large_mapping(&code, answer(call, use));
        } else if (call->number == SYS_prlimit64) {
            add_prlimit(&code, answer(call, use), use != FILTER_REFUSE);
        } else if (call->number == SYS_futex && use == FILTER_TRACE) {
            add_timed_futex(&code, answer(call, use));
        } else if (call->kind == CALL_REACH) {
            add_other_process(&code, call->number, answer(call, use));
        } else if (call->kind == CALL_OWNER) {
            add_owner(&code, call->number, answer(call, use));
        } else {
            add_case(&code, call->number, 1);
            add(&code, (struct sock_filter)RETURN(answer(call, use)));
        }
    }
    add(&code, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    return code.count;
}

int filter_install(const struct sock_filter *instructions, unsigned short count)
{
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
