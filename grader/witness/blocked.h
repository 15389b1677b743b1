/* What a task is doing in the kernel, told without stopping it. */
#ifndef WITNESS_BLOCKED_H
#define WITNESS_BLOCKED_H

#include "run.h"

enum blocked {
    BLOCKED_NO,
    BLOCKED_TIMED,   /* ends by itself */
    BLOCKED_FOREVER, /* only another process or a signal ends it */
    BLOCKED_UNKNOWN, /* it sleeps, and the kernel does not tell us in which call */
};

enum blocked task_blocked(const struct task *task);

/* proc(5), /proc/PID/stat: R, S, D, Z, T, ...; '?' where it is not told. */
char task_kernel_state(pid_t tid);

/* The call that a sleeping task is in; -1 where it cannot be told. */
long task_current_call(pid_t tid, unsigned long long arguments[6]);

/* Whether the signal ends, stops or calls a handler of the task: not where it is ignored. */
bool signal_is_noticed(pid_t tid, int signal);

/* Nanoseconds of CPU that a process used. */
long long process_cpu_ns(const struct process *process);

#endif
