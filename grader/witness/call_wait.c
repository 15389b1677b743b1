#define _GNU_SOURCE
#include "call_wait.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "arguments.h"
#include "content.h"
#include "events.h"
#include "hold.h"
#include "processes.h"
#include "schedule.h"

/* With SIGCHLD ignored the kernel lets go of a child when it ends (wait(2)): there is no zombie. */
static bool is_released(const struct process *process)
{
    return process->ended != 0 && process->reaped == 0 && kill(process->pid, 0) != 0 &&
           errno == ESRCH;
}

static void describe_released(const struct run *run, struct json *event,
                              const struct process *parent)
{
    json_open(event, "released", '[');
    for (size_t i = 0; i < run->process_count; i++) {
        if (run->processes[i]->parent == parent && is_released(run->processes[i]))
            json_integer(event, NULL, run->processes[i]->number);
    }
    json_close(event, ']');
}

void describe_wait(struct run *run, struct json *event, const struct task *task,
                   const struct outcome *outcome)
{
    bool waitid = task->call->number == SYS_waitid;
    const struct process *child = outcome->process;
    json_integer(event, "pid", (pid_t)task->arguments[waitid ? 1 : 0]);
    json_integer(event, "options", call_wait_options(task));
    if (waitid) {
        json_string(event, "via", "waitid");
        json_integer(event, "id_type", (int)task->arguments[0]);
    }
    if (child != NULL)
        json_integer(event, "child", child->number);
    else
        json_null(event, "child");
    if (child != NULL && child->ended != 0)
        json_integer(event, "status", child->status);
    else
        json_null(event, "status");
    if (outcome->result == -ECHILD)
        describe_released(run, event, task->process);
}

enum next enter_wait(struct run *run, struct task *task)
{
    if ((call_wait_options(task) & WNOHANG) == 0)
        schedule_wait_entered(run, task);
    return NEXT_RETURN;
}

/* waitid(2) tells the child in a structure; without one, P_PID or the only child that ended tells
 * it. */
static struct process *waitid_child(struct run *run, const struct task *task)
{
    siginfo_t told;
    unsigned long long address = task->arguments[2];
    if (address != 0 &&
        task_peek(task, address, &told, offsetof(siginfo_t, si_pid) + sizeof(pid_t)))
        return process_by_pid(run, told.si_pid);
    if ((idtype_t)task->arguments[0] == P_PID) {
        struct process *child = process_by_pid(run, (pid_t)task->arguments[1]);
        return child != NULL && child->ended != 0 ? child : NULL;
    }
    struct process *oldest = NULL;
    for (size_t i = 0; i < run->process_count; i++) {
        struct process *child = run->processes[i];
        if (child->parent == task->process && child->ended != 0 && child->reaped == 0 &&
            (oldest == NULL || child->ended < oldest->ended))
            oldest = child;
    }
    return oldest;
}

enum { CORE_BIT = 0x80 }; /* wait(2), WCOREDUMP */

/* Whether a core is dumped is the machine's choice: both statuses are real, so show the other. */
static void tell_of_a_core(const struct task *task)
{
    if (task->call->number == SYS_waitid) {
        siginfo_t told;
        unsigned long long place = task->arguments[2];
        if (place != 0 && task_peek(task, place, &told, sizeof told) &&
            told.si_code == CLD_KILLED) {
            told.si_code = CLD_DUMPED;
            task_poke_int(task, place + offsetof(siginfo_t, si_code), told.si_code);
        }
        return;
    }
    int status;
    unsigned long long place = task->arguments[1];
    if (place != 0 && task_peek(task, place, &status, sizeof status) && WIFSIGNALED(status))
        task_poke_int(task, place, status | CORE_BIT);
}

enum next leave_wait(struct run *run, struct task *task, long result)
{
    struct process *child = NULL;
    if (task->call->number == SYS_wait4 && result > 0)
        child = process_by_pid(run, (pid_t)result);
    else if (task->call->number == SYS_waitid && result == 0)
        child = waitid_child(run, task);
    bool nothing = child == NULL && result == 0;
    event_call_of_kind(run, task, &(struct outcome){.result = result, .process = child}, nothing);
    bool reaps = child != NULL && child->ended != 0 &&
                 (task->call->number != SYS_waitid || (call_wait_options(task) & WNOWAIT) == 0);
    if (run->options->core && child != NULL && child->ended != 0)
        tell_of_a_core(task);
    if (reaps && child->reaped == 0) {
        child->reaped = run->sequence;
        child->reaped_by = task->process->number;
        content_poke(run, task->process, child);
    } else if (result == -ECHILD) {
        /* With SIGCHLD ignored a wait ends like this when the children are gone. */
        for (size_t i = 0; i < run->process_count; i++) {
            struct process *gone = run->processes[i];
            if (gone->parent == task->process && gone->ended > task->began && is_released(gone))
                content_poke(run, task->process, gone);
        }
    }
    if (nothing)
        schedule_polled(run, task);
    else
        task->process->polls = 0;
    return NEXT_GO_ON;
}

/* With SIGCHLD ignored the kernel lets go of a child before its tracer is told (measured): a wait
   says ECHILD, though here the child still runs. The facts keep the order of what happened. */
static const struct process *unseen_end(const struct run *run, const struct task *task)
{
    const int special = __WCLONE | __WNOTHREAD; /* wait(2): these do not ask for every child */
    bool group = task->call->number == SYS_wait4
                     ? (pid_t)task->arguments[0] == 0 || (pid_t)task->arguments[0] < -1
                     : (idtype_t)task->arguments[0] != P_ALL && call_waited_pid(task) == 0;
    if (group || (call_wait_options(task) & special) != 0)
        return NULL;
    for (size_t i = 0; i < run->process_count; i++) {
        const struct process *child = run->processes[i];
        if (child->parent == task->process && child->ended == 0 && call_waits_for(task, child))
            return child;
    }
    return NULL;
}

bool wait_is_early(struct run *run, struct task *task, long result)
{
    const struct process *unseen = result == -ECHILD ? unseen_end(run, task) : NULL;
    if (unseen == NULL)
        return false;
    task_hold(run, task, HOLD_EXIT, unseen, PTRACE_CONT);
    task->held_result = result;
    return true;
}
