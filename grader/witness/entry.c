#define _GNU_SOURCE
#include "observe.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "arch.h"
#include "content.h"
#include "describe.h"
#include "events.h"
#include "limits.h"
#include "output.h"
#include "reach.h"
#include "schedule.h"
#include "segments.h"
#include "shortage.h"
#include "verdict.h"

/* clone(2): a child that is no longer ours to see, or a world of its own */
#define CLONE_REFUSED                                                                              \
    (CLONE_UNTRACED | CLONE_PARENT | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

static bool fault_hits(const struct fault *fault, const struct call *call, bool thread)
{
    switch (fault->call) {
    case FAULT_FORK:
        return call->kind == CALL_FORK && !thread;
    case FAULT_SHMGET:
        return call->kind == CALL_SHMGET;
    case FAULT_SHMAT:
        return call->kind == CALL_SHMAT;
    case FAULT_SHMDT:
        return call->kind == CALL_SHMDT;
    case FAULT_SHMCTL:
        return call->kind == CALL_SHMCTL;
    case FAULT_WAIT:
        return call_is_wait(call);
    }
    return false;
}

/* The errno that an ordered fault gives this call, or 0. */
static int fault_due(struct run *run, const struct task *task)
{
    bool thread = task->call->kind == CALL_FORK && (call_clone_flags(task) & CLONE_THREAD) != 0;
    int due = 0;
    for (size_t i = 0; i < run->options->fault_count; i++) {
        const struct fault *fault = &run->options->faults[i];
        if (!fault_hits(fault, task->call, thread))
            continue;
        if (fault->process != 0 && fault->process != task->process->number)
            continue;
        unsigned hits = fault->process != 0 ? ++task->process->fault_hits[i] : ++run->fault_hits[i];
        if (due == 0 && (fault->nth == 0 || fault->nth == hits))
            due = fault->error;
    }
    return due;
}

/* The call is not made: it returns result. The event is written here, as there will be no return.
 */
static void skip(struct run *run, struct task *task, long result, bool injected)
{
    if (arch_skip_call(task->tid, result) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "a call could not be kept from being made");
    if (injected) {
        struct json *event = event_open_call(run, task, result, true);
        if (task->call->kind == CALL_FORK) {
            describe_fork(event, task, NULL);
        } else if (call_is_wait(task->call)) {
            describe_wait(event, task, NULL);
        } else {
            describe_shm(run, event, task, result);
        }
        event_close(run, false);
    } else if (result < 0) {
        event_refused(run, task);
    }
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void enter_fork(struct run *run, struct task *task)
{
    unsigned long long flags = call_clone_flags(task);
    if (task->call->number == SYS_clone && (flags & CLONE_REFUSED) != 0) {
        skip(run, task, -EPERM, false);
        return;
    }
    if (run->alive >= (size_t)run->options->limits.processes) {
        run_end(run, VERDICT_PROCESSES, "it had more processes at once than the limit");
        return;
    }
    content_look_all(run, task->process, "fork", true);
    task_continue(run, task, PTRACE_SYSCALL, 0);
}

static void enter_wait(struct run *run, struct task *task)
{
    if ((call_wait_options(task) & WNOHANG) == 0)
        schedule_wait_entered(run, task);
    task_continue(run, task, PTRACE_SYSCALL, 0);
}

static void enter_write(struct run *run, struct task *task)
{
    task->drained = 0;
    task->stream = output_of(run, task->tid, (int)task->arguments[task->call->argument]);
    if (task->stream == 2) /* a message, perhaps of a call that found no free descriptor */
        limits_note_open_files(run, task);
    if (task->stream == 0) {
        task_continue(run, task, PTRACE_SYSCALL, 0);
        return;
    }
    if (run->writer != NULL && run->writer != task) {
        /* Two at once could not be told apart: one after the other. */
        task_hold(run, task, HOLD_WRITER, PTRACE_SYSCALL, 0);
        return;
    }
    run->writer = task;
    task_continue(run, task, PTRACE_SYSCALL, 0);
}

/* Read on entry: a caller may let the rest of the time be written over it (nanosleep(2)). */
static long long sleep_length(const struct task *task)
{
    long long length[2]; /* struct timespec: seconds, nanoseconds */
    if (!task_peek(task, task->arguments[task->call->argument], length, sizeof length))
        return -1;
    return length[0] * 1000 + length[1] / 1000000;
}

static void enter_prctl(struct run *run, struct task *task)
{
    switch ((int)task->arguments[0]) { /* as the kernel takes it: the rest of its 64 bits is cut */
    case PR_SET_DUMPABLE:
        skip(run, task, 0, false);
        break;
    case PR_SET_SECCOMP:
        skip(run, task, -EPERM, false);
        break;
    default:
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
    }
}

/* rt_sigqueueinfo(2), pidfd_send_signal(2): the caller makes up the facts of the signal itself */
static bool carries_facts(const struct task *task)
{
    return task->call->number == SYS_rt_sigqueueinfo ||
           task->call->number == SYS_rt_tgsigqueueinfo ||
           (task->call->number == SYS_pidfd_send_signal && task->arguments[2] != 0);
}

static void enter_reach(struct run *run, struct task *task)
{
    if (!reach_is_allowed(run, task)) {
        skip(run, task, -EPERM, false);
    } else if (task->call->number == SYS_prlimit64) {
        if (task->arguments[2] != 0) /* it asks for another value, of itself or inside the run */
            shortage_limits_changed(run, task->arguments[1]);
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
    } else if (task->call->kind == CALL_KILL) {
        int signal = (int)task->arguments[task->call->argument];
        if ((signal == SIGSEGV || signal == SIGBUS) && carries_facts(task))
            task->process->forges = true; /* a thread may get it before this call returns */
        task_continue(run, task, PTRACE_SYSCALL, 0);
    } else {
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
    }
}

static void enter_shm(struct run *run, struct task *task)
{
    const unsigned long long *arguments = task->arguments;
    bool creates = task->call->kind == CALL_SHMGET &&
                   ((arguments[2] & IPC_CREAT) != 0 || (key_t)arguments[0] == IPC_PRIVATE);
    if (creates && !segments_fit(run, arguments[1])) {
        run_note_limit(run, VERDICT_SEGMENTS,
                       "its segments together were larger, or more, than the limit");
        skip(run, task, -ENOMEM, false);
        return;
    }
    const unsigned long long owner = 0600; /* sysvipc(7): the owner reads and writes */
    if (creates && run->options->owner_mode && (arguments[2] & owner) != owner &&
        arch_set_third(task->tid, arguments[2] | owner) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "the mode of a segment could not be changed");
    if (task->call->kind == CALL_SHMDT)
        content_look_all(run, task->process, "detach", true);
    if (call_removes_segment(task)) {
        struct segment *segment = segment_meet(run, (int)arguments[0], NULL);
        if (segment != NULL)
            content_look(run, segment, task->process, "remove", true);
    }
    task_continue(run, task, PTRACE_SYSCALL, 0);
}

void observe_interrupted(struct run *run, struct task *task)
{
    if (task->restarting && task->call != NULL)
        event_never_returned(run, task, true);
    task->restarting = false;
    task->call = NULL;
}

/* Calls that only look, and change nothing: again and again they mean that somebody is waited for.
 */
static bool only_looks(const struct task *task)
{
    switch (task->call->kind) {
    case CALL_KILL:
        return (int)task->arguments[task->call->argument] == 0;
    case CALL_SHMCTL:
        return !call_removes_segment(task);
    default:
        return false;
    }
}

static void count_polls(struct run *run, struct task *task)
{
    struct process *process = task->process;
    enum call_kind kind = task->call->kind;
    if (kind == CALL_MEMORY)
        process->calls_seen++; /* who goes round in a loop may ask for memory in it */
    if (kind == CALL_SLEEP || kind == CALL_BLOCKING || kind == CALL_MEMORY)
        return;
    bool asks = call_is_wait(task->call) && (call_wait_options(task) & WNOHANG) != 0;
    process->sleeps = 0;
    process->polled = process->polled && asks;
    if (only_looks(task))
        schedule_polled(run, task);
    else if (!asks && kind != CALL_SHMGET && kind != CALL_SHMAT && kind != CALL_WRITE)
        process->polls = 0; /* those tell when they return; a write between two polls is none */
}

void observe_entry(struct run *run, struct task *task, size_t row,
                   const unsigned long long arguments[6])
{
    run->moment++;
    task->process->calls++;
    if (calls[row].kind == CALL_RESTART && task->restarting) {
        task->restarting = false;
        task_continue(run, task, PTRACE_SYSCALL, 0);
        return;
    }
    bool again = task->restarting && task->call == &calls[row] &&
                 memcmp(task->arguments, arguments, sizeof task->arguments) == 0;
    if (!again) {
        observe_interrupted(run, task);
        task->call = &calls[row];
        memcpy(task->arguments, arguments, sizeof task->arguments);
        task->began = ++run->sequence;
    }
    task->restarting = false;
    content_look_all(run, task->process, "switch", false);

    enum call_kind kind = task->call->kind;
    count_polls(run, task);
    int error = again ? 0 : fault_due(run, task);
    if (error != 0) {
        skip(run, task, -error, true);
        return;
    }
    switch (kind) {
    case CALL_FOREIGN:
    case CALL_REFUSED:
        skip(run, task, -task->call->refusal, false);
        break;
    case CALL_FORK:
        enter_fork(run, task);
        break;
    case CALL_WAIT4:
    case CALL_WAITID:
        enter_wait(run, task);
        break;
    case CALL_SHMGET:
    case CALL_SHMAT:
    case CALL_SHMDT:
    case CALL_SHMCTL:
        enter_shm(run, task);
        break;
    case CALL_WRITE:
        enter_write(run, task);
        break;
    case CALL_SLEEP:
        task->sleep_ms = sleep_length(task);
        schedule_slept(run, task);
        task_continue(run, task, PTRACE_SYSCALL, 0);
        break;
    case CALL_TIMER:
        run->timers_armed = true;
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_LIMIT:
        shortage_limits_changed(run, task->arguments[0]);
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_PRCTL:
        enter_prctl(run, task);
        break;
    case CALL_KILL:
    case CALL_REACH:
    case CALL_OWNER:
        enter_reach(run, task);
        break;
    case CALL_EXEC:
    case CALL_MEMORY:
    case CALL_BLOCKING:
    case CALL_RESTART:
        task_continue(run, task, PTRACE_SYSCALL, 0);
        break;
    }
}
