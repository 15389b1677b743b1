#define _GNU_SOURCE
#include "observe.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "arguments.h"
#include "call_wait.h"
#include "calls.h"
#include "content.h"
#include "events.h"
#include "faults.h"
#include "hold.h"
#include "schedule.h"
#include "shortage.h"
#include "skip.h"
#include "timed.h"
#include "virtual_time.h"

enum { CLOCKS_IN_A_TURN = 100 }; /* so many questions to the clock in a row end a turn */

static void follow(struct run *run, struct task *task, enum next next)
{
    if (next == NEXT_RETURN) {
        task_continue(run, task, PTRACE_SYSCALL, 0);
    } else if (next == NEXT_GO_ON) {
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
    }
}

void observe_interrupted(struct run *run, struct task *task)
{
    if (task->restarting && task->call != NULL && task->call->leave != NULL)
        event_never_returned(run, task, true);
    task->restarting = false;
    task->call = NULL;
    timed_forget(task);
}

static void count_polls(struct run *run, struct task *task)
{
    struct process *process = task->process;
    enum call_kind kind = task->call->kind;
    if (kind == CALL_MEMORY)
        process->calls_seen++; /* who goes round in a loop may ask for memory in it */
    if (kind == CALL_SLEEP || kind == CALL_BLOCKING || kind == CALL_MEMORY)
        return;
    if (kind == CALL_CLOCK) {
        if (process->asks >= CLOCKS_IN_A_TURN)
            hold_blocks(run, task); /* another one may have what it waits for */
        return;
    }
    bool asks = call_is_wait(task->call) && (call_wait_options(task) & WNOHANG) != 0;
    if (task->call->looks != NULL && task->call->looks(task))
        schedule_polled(run, task);
    else if (!asks && kind != CALL_LOOKUP && kind != CALL_WRITE)
        process->asks = process->polls = 0; /* those tell when they return; a write between two
                                               polls is none */
}

static void follow_entry(struct run *run, struct task *task, enum next next)
{
    if (next == NEXT_RETURN)
        timed_begin(run, task);
    follow(run, task, next);
}

void observe_entry(struct run *run, struct task *task, size_t row,
                   const unsigned long long arguments[6])
{
    const struct call *call = &calls[row];
    run->moment++;
    task->process->calls++;
    if (call->kind == CALL_RESTART && task->restarting) {
        task->restarting = false;
        task_continue(run, task, PTRACE_SYSCALL, 0);
        return;
    }
    bool again = task->restarting && task->call == call &&
                 memcmp(task->arguments, arguments, sizeof task->arguments) == 0;
    if (!again) {
        observe_interrupted(run, task);
        task->call = call;
        memcpy(task->arguments, arguments, sizeof task->arguments);
        task->began = ++run->sequence;
        if (call->kind == CALL_WAIT || call->kind == CALL_BLOCKING) /* it may never return */
            stacks_note(&run->stacks, task->began, task->tid, "call");
    }
    task->restarting = false;
    virtual_time_passes(run);
    content_look_all(run, task->process, "switch", false);
    count_polls(run, task);
    int error = again ? 0 : fault_due(run, task);
    if (error != 0)
        follow(run, task, call_fail(run, task, error));
    else
        follow_entry(run, task, call->enter != NULL ? call->enter(run, task) : NEXT_RETURN);
}

void observe_return(struct run *run, struct task *task, long result)
{
    run->moment++;
    if (task->call == NULL) {
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    result = timed_return(run, task, result);
    /* <linux/errno.h>: 512 to 516 mean that the kernel will make the call again, or answer EINTR
       where a handler runs. Which one shows at the next stop. */
    if (result <= -512 && result >= -516) {
        task->restarting = true;
        if (run->writer == task)
            run->writer = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    if (call_is_wait(task->call) && wait_is_early(run, task, result))
        return;
    content_look_all(run, task->process, "switch", false);
    shortage_note(run, task, result);
    const struct call *call = task->call;
    task->repeatable = result == -EINTR && call->kind == CALL_BLOCKING;
    if (task->repeatable && (call->leave != NULL || task->deadline_ns != 0)) {
        task->restarting = true; /* the signal that comes now shows whether this is its answer */
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    enum next next = call->leave != NULL ? call->leave(run, task, result) : NEXT_GO_ON;
    task->call = NULL;
    follow(run, task, next);
}
