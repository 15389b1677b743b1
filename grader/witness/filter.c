#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch.h"
#include "calls.h"

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define JUMP_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

/* Address space is asked for in small steps all the time; only large steps can hit the limit alone.
 */
enum { LARGE_MAPPING = 8 << 20 };

static unsigned int answer(const struct call *call, enum filter_use use)
{
    if (use != FILTER_REFUSE)
        return SECCOMP_RET_TRACE | (unsigned int)(call - calls);
    return SECCOMP_RET_ERRNO | (unsigned int)call->refusal;
}

static bool is_filtered(const struct call *call, enum filter_use use)
{
    switch (use) {
    case FILTER_TRACE:
        return call->kind != CALL_FOREIGN &&
               (call->kind != CALL_BLOCKING || call->argument == CALL_ALWAYS);
    case FILTER_TRACE_BLOCKING:
        return call->kind != CALL_FOREIGN;
    case FILTER_REFUSE:
        return call->kind == CALL_REFUSED;
    }
    return false;
}

unsigned short filter_build(struct sock_filter *instructions, enum filter_use use)
{
    unsigned short count = 0;
    /* The architecture comes first: numbers mean other calls on another one (seccomp(2), "Notes").
     */
    instructions[count++] = (struct sock_filter)LOAD(arch);
    instructions[count++] = (struct sock_filter)JUMP_EQUAL(ARCH_AUDIT, 1, 0);
    instructions[count++] = (struct sock_filter)RETURN(answer(&calls[0], use));
    instructions[count++] = (struct sock_filter)LOAD(nr);
#ifdef ARCH_X32_BIT
    instructions[count++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ARCH_X32_BIT, 0, 1);
    instructions[count++] = (struct sock_filter)RETURN(answer(&calls[0], use));
#endif
    instructions[count++] = (struct sock_filter)JUMP_EQUAL(SYS_clone3, 0, 1);
    instructions[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < call_count; i++) {
        if (!is_filtered(&calls[i], use))
            continue;
        if (calls[i].number == SYS_mmap) {
            instructions[count++] = (struct sock_filter)JUMP_EQUAL(SYS_mmap, 0, 5);
            instructions[count++] = (struct sock_filter)LOAD(args[1]); /* low half of the length */
            instructions[count++] =
                (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, LARGE_MAPPING, 2, 0);
            instructions[count++] = (struct sock_filter)BPF_STMT(
                BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4);
            instructions[count++] = (struct sock_filter)JUMP_EQUAL(0, 1, 0);
            instructions[count++] = (struct sock_filter)RETURN(answer(&calls[i], use));
            instructions[count++] = (struct sock_filter)LOAD(nr);
            continue;
        }
        instructions[count++] = (struct sock_filter)JUMP_EQUAL((unsigned int)calls[i].number, 0, 1);
        instructions[count++] = (struct sock_filter)RETURN(answer(&calls[i], use));
    }
    instructions[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    return count;
}

int filter_install(const struct sock_filter *instructions, unsigned short count)
{
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
