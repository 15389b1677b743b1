#define _GNU_SOURCE
#include "timed.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <time.h>

#include "arch.h"
#include "arguments.h"
#include "asked.h"
#include "verdict.h"
#include "virtual_time.h"

enum { INVALID = -1 }; /* a time that the kernel refuses, or none: then the call is left as it is */

static long long in_ns(long long seconds, long long fraction, long long in_a_second)
{
    if (seconds < 0 || fraction < 0 || fraction >= in_a_second)
        return INVALID;
    if (seconds >= NEVER / SECOND_NS - 1)
        return NEVER - SECOND_NS;
    return seconds * SECOND_NS + fraction * (SECOND_NS / in_a_second);
}

/* The time that the call was given, in nanoseconds. */
static long long given_ns(const struct task *task, const struct timed *timed)
{
    unsigned long long given = task->arguments[timed->argument];
    if (timed->form == MILLISECONDS)
        return (int)given < 0 ? INVALID : (int)given * 1000000LL;
    long long time[2]; /* struct timespec, struct timeval */
    if (given == 0 || !task_peek(task, given, time, sizeof time))
        return INVALID;
    return in_ns(time[0], time[1], timed->form == TIMESPEC ? SECOND_NS : 1000000);
}

/* futex(2): which operations wait, and what their time means. */
static bool futex_waits(const struct task *task, bool *absolute, clockid_t *clock)
{
    int operation = (int)task->arguments[1];
    bool realtime = (operation & FUTEX_CLOCK_REALTIME) != 0;
    *clock = realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    *absolute = true;
    switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
        *absolute = false;
        return true;
    case FUTEX_LOCK_PI:
        *clock = CLOCK_REALTIME;
        return true;
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
#ifdef FUTEX_LOCK_PI2
    case FUTEX_LOCK_PI2:
#endif
        return true;
    default:
        return false;
    }
}

/* When the call is over; 0: it is the kernel's alone. */
static long long deadline(struct run *run, const struct task *task, const struct timed *timed)
{
    bool absolute = timed->by_realtime;
    clockid_t clock = CLOCK_REALTIME;
    if (timed->by_operation && !futex_waits(task, &absolute, &clock))
        return 0;
    if (timed->by_clock) {
        clock = (clockid_t)task->arguments[0];
        absolute = ((int)task->arguments[1] & TIMER_ABSTIME) != 0;
        if (!clock_is_virtual(clock))
            return 0;
    }
    long long given = given_ns(task, timed);
    if (given == INVALID)
        return 0;
    if (absolute)
        return virtual_when(run, clock, given);
    if (given == 0) {
        asked(run, task);
        return 0;
    }
    long long now = virtual_now(run);
    return given < NEVER - now ? now + given : NEVER - 1;
}

void timed_begin(struct run *run, struct task *task)
{
    const struct timed *timed = task->call->timed;
    if (timed == NULL)
        return;
    if (task->deadline_ns == 0)
        task->deadline_ns = deadline(run, task, timed);
    if (task->deadline_ns == 0)
        return;
    unsigned long long endless[6] = {0};
    long number = SYS_ppoll; /* of nothing, without a time: what a sleep is made of */
    if (!timed->sleeps) {
        number = task->call->number;
        memcpy(endless, task->arguments, sizeof endless);
        endless[timed->argument] = timed->form == MILLISECONDS ? (unsigned long long)-1 : 0;
    }
    if (arch_change_call(task->tid, number, endless) == 0) {
        task->endless = true;
        run->endless++;
    } else if (errno != ESRCH) {
        run_end(run, VERDICT_FAULT, "the time of a call could not be changed");
    }
}

static void write_rest(const struct run *run, const struct task *task, const struct timed *timed)
{
    bool moment = timed->by_clock && ((int)task->arguments[1] & TIMER_ABSTIME) != 0;
    unsigned long long place = timed->rest > 0 ? task->arguments[timed->rest] : 0;
    if (place == 0 || moment)
        return;
    long long left = task->deadline_ns - virtual_now(run);
    if (left < 0)
        left = 0;
    long long in_a_second = timed->form == TIMESPEC ? SECOND_NS : 1000000;
    const long long rest[2] = {left / SECOND_NS, left % SECOND_NS / (SECOND_NS / in_a_second)};
    task_poke(task, place, rest, sizeof rest);
}

/* select(2): nothing was ready. */
static void clear_sets(const struct task *task)
{
    enum { SET_WORDS_MAX = 1 << 14 };
    static const unsigned long long zero;
    size_t words = ((size_t)(unsigned)task->arguments[0] + 63) / 64;
    for (int set = 1; set <= 3; set++) {
        for (size_t i = 0; task->arguments[set] != 0 && i < words && i < SET_WORDS_MAX; i++)
            task_poke(task, task->arguments[set] + i * sizeof zero, &zero, sizeof zero);
    }
}

/* <linux/errno.h>: a call that a signal interrupted and that would be made again with the rest of
   its time; it fails with EINTR where a handler runs. */
enum { RESTART_WITHOUT_HANDLER = 514 };

long timed_return(struct run *run, struct task *task, long result)
{
    if (!task->endless)
        return result;
    const struct timed *timed = task->call->timed;
    bool again = result <= -512 && result >= -516;
    task->endless = false;
    task->woken = false;
    run->endless--;
    if (again || result == -EINTR || timed->rest == timed->argument)
        write_rest(run, task, timed);
    if (again || result == -EINTR) {
        if (task->deadline_ns <= virtual_now(run)) {
            if (timed->clears_sets)
                clear_sets(task);
            result = timed->late;
            virtual_time_slept(run, task->process);
        } else if (again) {
            result = -RESTART_WITHOUT_HANDLER;
        }
    }
    if (result != -RESTART_WITHOUT_HANDLER && result != -EINTR)
        task->deadline_ns = 0;
    if (arch_return_from_call(task->tid, task->call->number, task->arguments, result) != 0 &&
        errno != ESRCH)
        run_end(run, VERDICT_FAULT, "the result of a call could not be changed");
    return result;
}

void timed_forget(struct task *task)
{
    task->deadline_ns = 0;
}

void timed_wake(struct run *run)
{
    long long now = virtual_now(run);
    for (size_t i = 0; run->endless > 0 && i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->endless && !task->woken && task->deadline_ns <= now &&
            task->state == TASK_RUNNING && ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) == 0)
            task->woken = true;
    }
}

long long timed_next(const struct run *run)
{
    long long next = NEVER;
    for (size_t i = 0; run->endless > 0 && i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->endless && !task->woken && task->state == TASK_RUNNING &&
            task->deadline_ns < next)
            next = task->deadline_ns;
    }
    return next;
}
