#define _GNU_SOURCE
#include "call_kill.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "events.h"
#include "reach.h"
#include "shortage.h"
#include "skip.h"

static int signal_of(const struct task *task)
{
    return (int)task->arguments[task->call->argument];
}

bool kill_looks(const struct task *task)
{
    return signal_of(task) == 0;
}

/* rt_sigqueueinfo(2), pidfd_send_signal(2): the caller makes up the facts of the signal itself */
static bool carries_facts(const struct task *task)
{
    return task->call->number == SYS_rt_sigqueueinfo ||
           task->call->number == SYS_rt_tgsigqueueinfo ||
           (task->call->number == SYS_pidfd_send_signal && task->arguments[2] != 0);
}

enum next enter_kill(struct run *run, struct task *task)
{
    if (!reach_may_signal(run, task))
        return call_skip(run, task, -EPERM);
    int signal = signal_of(task);
    if ((signal == SIGSEGV || signal == SIGBUS) && carries_facts(task))
        task->process->forges = true; /* a thread may get it before this call returns */
    return NEXT_RETURN;
}

enum next leave_kill(struct run *run, struct task *task, long result)
{
    event_call_of_kind(
        run, task, &(struct outcome){.result = result, .process = reach_target(run, task)}, true);
    return NEXT_GO_ON;
}

void describe_kill(struct run *run, struct json *event, const struct task *task,
                   const struct outcome *outcome)
{
    (void)run;
    if (outcome->process != NULL)
        json_integer(event, "target", outcome->process->number);
    else
        json_null(event, "target");
    json_integer(event, "pid", (pid_t)task->arguments[0]);
    json_integer(event, "signal", signal_of(task));
}

static enum next allow(struct run *run, struct task *task, bool allowed)
{
    return allowed ? NEXT_GO_ON : call_skip(run, task, -EPERM);
}

enum next enter_reach(struct run *run, struct task *task)
{
    return allow(run, task, reach_may_change(run, task));
}

enum next enter_prlimit(struct run *run, struct task *task)
{
    bool allowed = reach_may_change(run, task);
    if (allowed && task->arguments[2] != 0) /* another value, for itself or inside the run */
        shortage_limits_changed(run, task->arguments[1]);
    return allow(run, task, allowed);
}

enum next enter_setpriority(struct run *run, struct task *task)
{
    return allow(run, task, reach_may_set_priority(run, task));
}

/* ioctl(2): whom it names stands in memory, which may change after a look. */
enum next enter_owner(struct run *run, struct task *task)
{
    return allow(run, task, false);
}

enum next enter_fcntl(struct run *run, struct task *task)
{
    return allow(run, task, reach_may_own(run, task));
}
