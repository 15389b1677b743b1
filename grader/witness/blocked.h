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

enum {
    CALL_UNTOLD = -1,  /* the kernel does not tell it */
    CALL_RUNNING = -2, /* it runs, or would if there were a processor for it: a task that was
                          preempted on its way to sleep has the state S already (measured) */
};

/* The call that a sleeping task is in, or one of the two above. The kernel looks only when the task
   has left its processor (proc(5), /proc/PID/syscall). */
long task_current_call(pid_t tid, unsigned long long arguments[6]);

/* Whether the signal ends, stops or calls a handler of the task: not where it is ignored. */
bool signal_is_noticed(pid_t tid, int signal);

/* Nanoseconds of CPU that a process used. */
long long process_cpu_ns(const struct process *process);

#endif
