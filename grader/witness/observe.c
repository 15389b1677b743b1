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
#include "events.h"
#include "output.h"
#include "schedule.h"
#include "segments.h"

/* clone(2): a child that is no longer ours to see, or a world of its own */
#define CLONE_REFUSED                                                                              \
    (CLONE_UNTRACED | CLONE_PARENT | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |  \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

static bool is_wait(const struct call *call)
{
    return call->kind == CALL_WAIT4 || call->kind == CALL_WAITID;
}

static int wait_options(const struct task *task)
{
    return (int)task->arguments[task->call->kind == CALL_WAIT4 ? 2 : 3];
}

/* A system call of the task that shares nothing with clone flags: fork and vfork carry none. */
static unsigned long long clone_flags(const struct task *task)
{
#ifdef SYS_fork
    if (task->call->number == SYS_fork)
        return SIGCHLD;
    if (task->call->number == SYS_vfork)
        return CLONE_VM | CLONE_VFORK | SIGCHLD;
#endif
    return task->arguments[0];
}

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
        return is_wait(call);
    }
    return false;
}

/* The errno that an ordered fault gives this call, or 0. */
static int fault_due(struct run *run, const struct task *task)
{
    bool thread = task->call->kind == CALL_FORK && (clone_flags(task) & CLONE_THREAD) != 0;
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

static const char *shmctl_name(unsigned long long command)
{
    switch (command & ~0x100ULL) { /* IPC_64 may be or-ed in */
    case IPC_RMID:
        return "IPC_RMID";
    case IPC_SET:
        return "IPC_SET";
    case IPC_STAT:
        return "IPC_STAT";
    case IPC_INFO:
        return "IPC_INFO";
    case SHM_LOCK:
        return "SHM_LOCK";
    case SHM_UNLOCK:
        return "SHM_UNLOCK";
    case SHM_STAT:
        return "SHM_STAT";
    case SHM_INFO:
        return "SHM_INFO";
    default:
        return "?";
    }
}

static void write_segment(struct json *event, const struct segment *segment)
{
    if (segment != NULL)
        json_integer(event, "segment", segment->number);
    else
        json_null(event, "segment");
}

static void write_shm_arguments(struct run *run, struct json *event, const struct task *task,
                                long result)
{
    const unsigned long long *arguments = task->arguments;
    switch (task->call->kind) {
    case CALL_SHMGET: {
        const struct segment *known = result >= 0 ? segment_known(run, (int)result) : NULL;
        struct segment *segment =
            result >= 0 ? segment_meet(run, (int)result, task->process) : NULL;
        json_integer(event, "key", (key_t)arguments[0]);
        json_integer(event, "size", (long long)arguments[1]);
        json_integer(event, "flags", (int)arguments[2]);
        write_segment(event, segment);
        json_boolean(event, "created", known == NULL && segment != NULL && segment->created != 0);
        break;
    }
    case CALL_SHMAT:
        json_integer(event, "id", (int)arguments[0]);
        json_address(event, "address", arguments[1]);
        json_integer(event, "flags", (int)arguments[2]);
        write_segment(event, segment_meet(run, (int)arguments[0], NULL));
        break;
    case CALL_SHMDT: {
        const struct attachment *attachment = process_attachment_at(task->process, arguments[0]);
        json_address(event, "address", arguments[0]);
        write_segment(event, attachment != NULL && attachment->address == arguments[0]
                                 ? attachment->segment
                                 : NULL);
        break;
    }
    case CALL_SHMCTL:
        json_integer(event, "id", (int)arguments[0]);
        json_string(event, "command", shmctl_name(arguments[1]));
        write_segment(event, segment_known(run, (int)arguments[0]));
        break;
    default:
        break;
    }
}

static void write_wait_arguments(struct run *run, struct json *event, const struct task *task,
                                 const struct process *child)
{
    (void)run;
    bool waitid = task->call->kind == CALL_WAITID;
    json_integer(event, "pid", (pid_t)task->arguments[waitid ? 1 : 0]);
    json_integer(event, "options", wait_options(task));
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
}

/* The call is not made: it returns result. The event is written here, as there will be no return. */
static void skip(struct run *run, struct task *task, long result, bool injected)
{
    if (arch_skip_call(task->tid, result) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "a call could not be kept from being made");
    if (injected) {
        struct json *event = event_open_call(run, task, result, true);
        if (task->call->kind == CALL_FORK) {
            json_null(event, "child");
            json_boolean(event, "shares_memory", (clone_flags(task) & CLONE_VM) != 0);
            json_boolean(event, "thread", (clone_flags(task) & CLONE_THREAD) != 0);
        } else if (is_wait(task->call)) {
            write_wait_arguments(run, event, task, NULL);
        } else {
            write_shm_arguments(run, event, task, result);
        }
        event_close(run, false);
    } else if (result < 0) {
        event_refused(run, task);
    }
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static bool peek(const struct task *task, unsigned long long address, void *bytes, size_t count)
{
    for (size_t done = 0; done < count; done += sizeof(long)) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, task->tid, (void *)(uintptr_t)(address + done), NULL);
        if (errno != 0)
            return false;
        memcpy((char *)bytes + done, &word,
               count - done < sizeof word ? count - done : sizeof word);
    }
    return true;
}

static void enter_fork(struct run *run, struct task *task)
{
    unsigned long long flags = clone_flags(task);
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
    bool blocks = (wait_options(task) & WNOHANG) == 0;
    if (blocks)
        schedule_wait_entered(run, task);
    task_continue(run, task, PTRACE_SYSCALL, 0);
    if (blocks && task->state == TASK_RUNNING) {
        schedule_blocks(run, task);
        task->process->quiet_since = run->moment;
    }
}

static void enter_write(struct run *run, struct task *task)
{
    task->stream = output_of(run, task->tid, (int)task->arguments[task->call->argument]);
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

static void enter_prctl(struct run *run, struct task *task)
{
    if (task->arguments[0] == PR_SET_DUMPABLE) {
        skip(run, task, 0, false);
    } else if (task->arguments[0] == PR_SET_SECCOMP) {
        skip(run, task, -EPERM, false);
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
        run_note_limit(run, VERDICT_SEGMENTS, "its segments together were larger than the limit");
        skip(run, task, -ENOMEM, false);
        return;
    }
    if (task->call->kind == CALL_SHMDT)
        content_look_all(run, task->process, "detach", true);
    if (task->call->kind == CALL_SHMCTL && (arguments[1] & ~0x100ULL) == IPC_RMID) {
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

void observe_entry(struct run *run, struct task *task, size_t row,
                   const unsigned long long arguments[6])
{
    run->moment++;
    task->process->calls++;
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
    bool idle = kind == CALL_SLEEP || (is_wait(task->call) && (wait_options(task) & WNOHANG) != 0);
    if (!idle && kind != CALL_BLOCKING && kind != CALL_MEMORY)
        task->process->idle_calls = 0;
    if (!(is_wait(task->call) && (wait_options(task) & WNOHANG) != 0))
        task->process->polled = false;
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
        schedule_idled(run, task, false);
        task_continue(run, task, PTRACE_SYSCALL, 0);
        break;
    case CALL_TIMER:
        run->timers_armed = true;
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_PRCTL:
        enter_prctl(run, task);
        break;
    case CALL_EXEC:
    case CALL_KILL:
    case CALL_MEMORY:
    case CALL_BLOCKING:
        task_continue(run, task, PTRACE_SYSCALL, 0);
        break;
    }
}

static void return_fork(struct run *run, struct task *task, long result)
{
    struct task *child = task->new_child;
    task->new_child = NULL;
    struct json *event = event_open_call(run, task, result, false);
    bool thread = (clone_flags(task) & CLONE_THREAD) != 0;
    const struct process *born = result > 0 ? process_by_pid(run, (pid_t)result) : NULL;
    if (born != NULL && !thread)
        json_integer(event, "child", born->number);
    else
        json_null(event, "child");
    json_boolean(event, "shares_memory", (clone_flags(task) & CLONE_VM) != 0);
    json_boolean(event, "thread", thread);
    event_close(run, false);
    if (child != NULL && born != NULL && !thread && schedule_holds_parent(run, born)) {
        task->call = NULL;
        task_hold(run, task, HOLD_PARENT, PTRACE_CONT, 0);
        task->waits_for = child->process;
        return;
    }
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

/* waitid(2) tells the child in a structure; without one, P_PID or the only child that ended tells it. */
static struct process *waitid_child(struct run *run, const struct task *task)
{
    siginfo_t told;
    unsigned long long address = task->arguments[2];
    if (address != 0 && peek(task, address, &told, offsetof(siginfo_t, si_pid) + sizeof(pid_t)))
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
        write_wait_arguments(run, event, task, child);
        event_close(run, nothing);
    }
    task->process->polled = nothing;
    bool reaps = child != NULL && child->ended != 0 &&
                 (task->call->kind != CALL_WAITID || (wait_options(task) & WNOWAIT) == 0);
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
        schedule_idled(run, task, true);
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void return_shm(struct run *run, struct task *task, long result)
{
    const unsigned long long *arguments = task->arguments;
    struct process *process = task->process;
    bool failed = result < 0 && result > -4096;
    struct json *event = event_open_call(run, task, result, false);
    write_shm_arguments(run, event, task, failed ? -1 : result);
    event_close(run, false);
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
    } else if (task->call->kind == CALL_SHMCTL && !failed &&
               (arguments[1] & ~0x100ULL) == IPC_RMID) {
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
    long long expected = result > 0 ? result : 0;
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
    const struct process *target = process_by_pid(run, (pid_t)task->arguments[0]);
    if (target != NULL)
        json_integer(event, "target", target->number);
    else
        json_null(event, "target");
    json_integer(event, "pid", (pid_t)task->arguments[0]);
    json_integer(event, "signal", (int)task->arguments[task->call->argument]);
    event_close(run, false);
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void return_sleep(struct run *run, struct task *task, long result)
{
    long long length[2] = {0};
    struct json *event = event_open_call(run, task, result, false);
    if (peek(task, task->arguments[task->call->argument], length, sizeof length))
        json_integer(event, "ms", length[0] * 1000 + length[1] / 1000000);
    else
        json_null(event, "ms");
    event_close(run, true);
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

void observe_return(struct run *run, struct task *task, long result)
{
    run->moment++;
    if (task->call == NULL) {
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    /* <linux/errno.h>: 512 to 516 mean that the kernel will make the call again, or answer EINTR where a
       handler runs. Which one shows at the next stop. */
    if (result <= -512 && result >= -516) {
        task->restarting = true;
        if (run->writer == task)
            run->writer = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    content_look_all(run, task->process, "switch", false);
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
        if (result == -ENOMEM ||
            (task->call->number == SYS_brk && task->arguments[0] != 0 &&
             (unsigned long long)result < task->arguments[0]))
            run_note_limit(run, VERDICT_MEMORY, "it asked for more memory than the limit");
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    case CALL_FOREIGN:
    case CALL_REFUSED:
    case CALL_TIMER:
    case CALL_PRCTL:
    case CALL_BLOCKING:
        task->call = NULL;
        task_continue(run, task, PTRACE_CONT, 0);
        break;
    }
}
