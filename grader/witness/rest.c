#define _GNU_SOURCE
#include "rest.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "arguments.h"
#include "blocked.h"
#include "hold.h"

/* A stop or an end that was not taken yet. */
static bool somebody_has_news(void)
{
    siginfo_t news = {0};
    return waitid(P_ALL, 0, &news, WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) == 0 &&
           news.si_pid != 0;
}

static bool task_rests(const struct run *run, const struct task *task)
{
    if (task->process == NULL || task->state == TASK_STOPPED || run->writer == task)
        return false;
    if (task->state == TASK_HELD)
        return !hold_ends_by_itself(task);
    if (task->state == TASK_LISTENING)
        return true;
    if (task->woken || task->interrupted)
        return false;
    char state = task_kernel_state(task->tid);
    if (task->call != NULL && task->call->kind == CALL_FORK)
        return state == 'D' && (call_clone_flags(task) & CLONE_VFORK) != 0;
    unsigned long long arguments[6];
    return state == 'Z' || (state == 'S' && task_current_call(task->tid, arguments) >= 0);
}

static bool all_rest(const struct run *run, long long *computed_ns)
{
    *computed_ns = 0;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (!task_rests(run, task))
            return false;
        if (task->tid == task->process->pid)
            *computed_ns += process_cpu_ns(task->process);
    }
    return true;
}

bool rest_of_others(const struct run *run, const struct task *task)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (run->live[i] != task && !task_rests(run, run->live[i]))
            return false;
    }
    return true;
}

/* The tasks are looked at one after the other, and one that was asleep may have been woken by one
   that was not, when that came to be looked at. But who is asleep at two looks and computed nothing
   in between slept all the while, also at the moment between the last of the first looks and the
   first of the second ones. */
bool rest_is_proved(const struct run *run)
{
    long long before, after;
    return all_rest(run, &before) && all_rest(run, &after) && before == after &&
           !somebody_has_news();
}
