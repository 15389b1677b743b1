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
#include "output.h"
#include "pages.h"
#include "processes.h"
#include "reach.h"
#include "schedule.h"
#include "segments.h"
#include "shortage.h"
#include "verdict.h"

static void return_fork(struct run *run, struct task *task, long result)
{
    struct task *child = task->new_child;
    task->new_child = NULL;
    struct json *event = event_open_call(run, task, result, false);
    bool thread = (call_clone_flags(task) & CLONE_THREAD) != 0;
    const struct process *born = result > 0 ? process_by_pid(run, (pid_t)result) : NULL;
    describe_fork(event, task, born);
    event_close(run, false);
    if (child != NULL && born != NULL && !thread && schedule_holds_parent(run, born)) {
        task->call = NULL;
        task_hold(run, task, HOLD_PARENT, PTRACE_CONT, 0);
        task->waits_for = child->process;
        return;
    }
    task->call = NULL;
    if (child != NULL && child->process != NULL && !thread && schedule_awaits_newborn(run, child)) {
        task_hold(run, task, HOLD_NEWBORN, PTRACE_CONT, 0);
        task->waits_for = child->process;
        return;
    }
    task_continue(run, task, PTRACE_CONT, 0);
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
    if (task->call->kind == CALL_WAITID) {
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

static void return_wait(struct run *run, struct task *task, long result)
{
    struct process *child = NULL;
    if (task->call->kind == CALL_WAIT4 && result > 0)
        child = process_by_pid(run, (pid_t)result);
    else if (task->call->kind == CALL_WAITID && result == 0)
        child = waitid_child(run, task);
    bool nothing = child == NULL && result == 0;
    if (nothing && task->process->polled) {
        run->events_dropped++; /* the same answer again: told once */
    } else {
        struct json *event = event_open_call(run, task, result, false);
        describe_wait(event, task, child);
        event_close(run, nothing);
    }
    task->process->polled = nothing;
    bool reaps = child != NULL && child->ended != 0 &&
                 (task->call->kind != CALL_WAITID || (call_wait_options(task) & WNOWAIT) == 0);
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
            if (gone->parent == task->process && gone->ended > task->began && gone->reaped == 0)
                content_poke(run, task->process, gone);
        }
    }
    if (nothing)
        schedule_polled(run, task);
    else
        task->process->polls = 0;
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

/* Asks for a segment that is not there, not yet or no more (shmget(2), shmat(2)). */
static bool found_nothing(long result)
{
    return result == -ENOENT || result == -EINVAL || result == -EIDRM;
}

static void return_shm(struct run *run, struct task *task, long result)
{
    const unsigned long long *arguments = task->arguments;
    struct process *process = task->process;
    bool failed = result < 0 && result > -4096;
    struct json *event = event_open_call(run, task, result, false);
    bool created = describe_shm(run, event, task, failed ? -1 : result);
    event_close(run, false);
    bool looks_up = task->call->kind == CALL_SHMGET || task->call->kind == CALL_SHMAT;
    if (looks_up && found_nothing(result))
        schedule_polled(run, task);
    else if (looks_up)
        process->polls = 0;
    if (created && run->options->past_end)
        pages_fill_past_end(segment_known(run, (int)result));
    if (task->call->kind == CALL_SHMAT && !failed) {
        struct segment *segment = segment_known(run, (int)arguments[0]);
        if (segment != NULL) {
            struct attachment attachment = {
                .segment = segment,
                .address = (unsigned long long)result,
                .read_only = (arguments[2] & SHM_RDONLY) != 0,
            };
            if (process_attach(process, attachment) != 0)
                run_end(run, VERDICT_FAULT, "no memory for an attachment");
            content_look(run, segment, process, "attach", true);
        }
    } else if (task->call->kind == CALL_SHMDT && !failed) {
        struct attachment *attachment = process_attachment_at(process, arguments[0]);
        if (attachment != NULL)
            *attachment = process->attachments[--process->attachment_count];
    } else if (!failed && call_removes_segment(task)) {
        struct segment *segment = segment_known(run, (int)arguments[0]);
        if (segment != NULL && segment->removed == 0) {
            segment->removed = run->sequence;
            segment->removed_by = process->number;
        }
    }
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void return_write(struct run *run, struct task *task, long result)
{
    long long expected = result > 0 ? result - task->drained : 0;
    if (result == -EFBIG)
        run_note_limit(run, VERDICT_FILE_SIZE, "it wrote a larger file than the limit");
    if (task->stream > 0) {
        output_drain(run, task->stream, task, expected);
    } else if (task->stream < 0) {
        output_drain(run, 1, task, 0);
        output_drain(run, 2, task, 0);
    }
    task->call = NULL;
    if (run->writer == task) {
        run->writer = NULL;
        for (size_t i = 0; i < run->live_count; i++) {
            struct task *next = run->live[i];
            if (next->state == TASK_HELD && next->hold == HOLD_WRITER) {
                run->writer = next;
                task_release(run, next, NULL);
                break;
            }
        }
    }
    task_continue(run, task, PTRACE_CONT, 0);
}

static void return_kill(struct run *run, struct task *task, long result)
{
    struct json *event = event_open_call(run, task, result, false);
    describe_kill(event, task, reach_target(run, task));
    event_close(run, false);
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void return_sleep(struct run *run, struct task *task, long result)
{
    struct json *event = event_open_call(run, task, result, false);
    if (task->sleep_ms >= 0)
        json_integer(event, "ms", task->sleep_ms);
    else
        json_null(event, "ms");
    event_close(run, true);
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

/* With SIGCHLD ignored the kernel lets go of a child before its tracer is told (measured): a wait
   says ECHILD, though here the child still runs. The facts keep the order of what happened. */
static const struct process *unseen_end(const struct run *run, const struct task *task)
{
    const int special = __WCLONE | __WNOTHREAD; /* wait(2): these do not ask for every child */
    bool group = task->call->kind == CALL_WAIT4
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

void observe_return(struct run *run, struct task *task, long result)
{
    run->moment++;
    if (task->call == NULL) {
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    /* <linux/errno.h>: 512 to 516 mean that the kernel will make the call again, or answer EINTR
       where a handler runs. Which one shows at the next stop. */
    if (result <= -512 && result >= -516) {
        task->restarting = true;
        if (run->writer == task)
            run->writer = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    const struct process *unseen =
        call_is_wait(task->call) && result == -ECHILD ? unseen_end(run, task) : NULL;
    if (unseen != NULL) {
        task_hold(run, task, HOLD_EXIT, PTRACE_CONT, 0);
        task->waits_for = unseen;
        task->held_result = result;
        return;
    }
    content_look_all(run, task->process, "switch", false);
    shortage_note(run, task, result);
    switch (task->call->kind) {
    case CALL_FORK:
        return_fork(run, task, result);
        break;
    case CALL_WAIT4:
    case CALL_WAITID:
        return_wait(run, task, result);
        break;
    case CALL_SHMGET:
    case CALL_SHMAT:
    case CALL_SHMDT:
    case CALL_SHMCTL:
        return_shm(run, task, result);
        break;
    case CALL_WRITE:
        return_write(run, task, result);
        break;
    case CALL_KILL:
        return_kill(run, task, result);
        break;
    case CALL_SLEEP:
        return_sleep(run, task, result);
        break;
    case CALL_EXEC:
        event_open_call(run, task, result, false);
        event_close(run, false);
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_MEMORY:
        /* brk(2): the call itself returns the break, an unchanged one where it failed */
        if ((result == -ENOMEM || (task->call->number == SYS_brk && task->arguments[0] != 0 &&
                                   (unsigned long long)result < task->arguments[0])) &&
            !shortage_of_memory(run, task, result))
            run_note_limit(run, VERDICT_MEMORY, "it asked for more memory than the limit");
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_FOREIGN:
    case CALL_REFUSED:
    case CALL_REACH:
    case CALL_OWNER:
    case CALL_LIMIT:
    case CALL_TIMER:
    case CALL_PRCTL:
    case CALL_BLOCKING:
    case CALL_RESTART:
        task->repeatable = result == -EINTR && task->call->kind == CALL_BLOCKING;
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    }
}
