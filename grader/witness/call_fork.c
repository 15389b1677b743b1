#define _GNU_SOURCE
#include "call_fork.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "arguments.h"
#include "content.h"
#include "events.h"
#include "hold.h"
#include "processes.h"
#include "schedule.h"
#include "skip.h"
#include "verdict.h"

/* clone(2): a child that is no longer ours to see, or a world of its own */
#define CLONE_REFUSED                                                                              \
    (CLONE_UNTRACED | CLONE_PARENT | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

void describe_fork(struct run *run, struct json *event, const struct task *task,
                   const struct outcome *outcome)
{
    (void)run;
    unsigned long long flags = call_clone_flags(task);
    if (outcome->process != NULL && (flags & CLONE_THREAD) == 0)
        json_integer(event, "child", outcome->process->number);
    else
        json_null(event, "child");
    json_boolean(event, "shares_memory", (flags & CLONE_VM) != 0);
    json_boolean(event, "thread", (flags & CLONE_THREAD) != 0);
}

enum next enter_fork(struct run *run, struct task *task)
{
    unsigned long long flags = call_clone_flags(task);
    if (task->call->number == SYS_clone && (flags & CLONE_REFUSED) != 0)
        return call_skip(run, task, -EPERM);
    if (run->alive >= (size_t)run->options->limits.processes) {
        run_end(run, VERDICT_PROCESSES, "it had more processes at once than the limit");
        return NEXT_STAY;
    }
    content_look_all(run, task->process, "fork", true);
    return NEXT_RETURN;
}

enum next leave_fork(struct run *run, struct task *task, long result)
{
    struct task *child = task->new_child;
    task->new_child = NULL;
    bool thread = (call_clone_flags(task) & CLONE_THREAD) != 0;
    const struct process *born = result > 0 ? process_by_pid(run, (pid_t)result) : NULL;
    event_call(run, task, &(struct outcome){.result = result, .process = born});
    if (child == NULL || thread)
        return NEXT_GO_ON;
    if (born != NULL && schedule_holds_parent(run, born))
        task_hold(run, task, HOLD_PARENT, child->process, PTRACE_CONT);
    else if (child->process != NULL && schedule_awaits_newborn(run, child))
        task_hold(run, task, HOLD_NEWBORN, child->process, PTRACE_CONT);
    else
        return NEXT_GO_ON;
    return NEXT_STAY;
}
