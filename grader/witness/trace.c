#define _GNU_SOURCE
#include "trace.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch.h"
#include "arguments.h"
#include "blocked.h"
#include "calls.h"
#include "clock.h"
#include "content.h"
#include "doing.h"
#include "events.h"
#include "hold.h"
#include "limits.h"
#include "observe.h"
#include "output.h"
#include "processes.h"
#include "schedule.h"
#include "statuses.h"
#include "timed.h"
#include "timers.h"
#include "vdso.h"
#include "verdict.h"
#include "virtual_time.h"

enum { CALL_STOP = SIGTRAP | 0x80 /* PTRACE_O_TRACESYSGOOD */ };

static void kill_everything(struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->process != NULL && task->process->ended == 0) {
            if (!task->process->killed_by_witness)
                task_describe(task, task->process->doing, sizeof task->process->doing);
            task->process->killed_by_witness = true;
        }
        kill(task->tid, SIGKILL);
    }
}

/* A new task that stops for the first time, whose parent's event has been seen. */
static void start_newborn(struct run *run, struct task *task)
{
    bool thread = task->process->pid != task->tid;
    task->started = true;
    if (!thread && task->process->number != 1) {
        event_open(run, task->process, "born");
        event_close(run, false);
    }
    if (!thread && !run->ending && schedule_holds_newborn(run, task->process))
        task_hold(run, task, HOLD_BIRTH, NULL, PTRACE_CONT);
    else
        task_continue(run, task, PTRACE_CONT, 0);
    hold_event(run, EVENT_CHILD_STOPPED, task->process);
}

static void handle_fork_event(struct run *run, struct task *task)
{
    unsigned long pid = 0;
    if (ptrace(PTRACE_GETEVENTMSG, task->tid, NULL, &pid) != 0 || task->call == NULL) {
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    const char *name = call_shown_name(task);
    unsigned long long flags = call_clone_flags(task);
    bool shares = (flags & CLONE_VM) != 0;
    bool thread = (flags & CLONE_THREAD) != 0;
    struct task *child = task_find(run, (pid_t)pid);
    bool was_early = child != NULL;
    if (child == NULL)
        child = task_add(run, (pid_t)pid, NULL);
    struct process *process = task->process;
    if (child != NULL && !thread) {
        process = process_add(run, (pid_t)pid, task->process, name);
        for (size_t i = 0; process != NULL && i < task->process->attachment_count; i++) {
            struct attachment inherited = task->process->attachments[i];
            inherited.inherited = true;
            process_attach(process, inherited);
        }
    }
    if (child == NULL || process == NULL) {
        run_end(run, VERDICT_FAULT, "no memory for a new process");
        return;
    }
    if (!thread) {
        process->born = ++run->sequence;
        process->shares_memory = shares;
    }
    child->process = process;
    task->new_child = child;
    if (shares && !thread)
        hold_blocks(run, task); /* the parent of a vfork goes on after its child */
    if (was_early)
        start_newborn(run, child);
    task_continue(run, task, PTRACE_SYSCALL, 0);
}

/* ptrace(2): a thread that makes exec goes on under the number of its process, and no end of the
 * thread is told. */
static void forget_the_thread(struct run *run, const struct task *task)
{
    unsigned long former = 0;
    if (ptrace(PTRACE_GETEVENTMSG, task->tid, NULL, &former) != 0 || (pid_t)former == task->tid)
        return;
    struct task *thread = task_find(run, (pid_t)former);
    if (thread != NULL)
        task_remove(run, thread);
}

static void note_program(struct run *run, const struct task *task)
{
    char path[48];
    struct stat program;
    snprintf(path, sizeof path, "/proc/%d/exe", task->tid);
    if (stat(path, &program) == 0) {
        run->program_device = program.st_dev;
        run->program_inode = program.st_ino;
    }
}

static void handle_exec_event(struct run *run, struct task *task)
{
    forget_the_thread(run, task);
    process_detach_all(task->process); /* shmat(2): exec detaches */
    timers_of_exec(run, task->process);
    vdso_hide(task);
    if (task->call != NULL && run->executed)
        event_call(run, task, &(struct outcome){0});
    else
        note_program(run, task);
    run->executed = true;
    task->call = NULL;
    task_continue(run, task, PTRACE_CONT, 0);
}

static void handle_exit_event(struct run *run, struct task *task)
{
    run->moment++;
    task->leaving = true;
    if (task->restarting)
        observe_interrupted(run, task);
    if (task->process->pid == task->tid)
        content_look_all(run, task->process, "exit", true);
    if (task->tid == task->process->pid)
        limits_note_open_files(run, task);
    task_continue(run, task, PTRACE_CONT, 0);
}

static bool is_group_stop(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* PTRACE_EVENT_STOP: a newborn's first stop, a group stop, or an answer to PTRACE_INTERRUPT. */
static void handle_event_stop(struct run *run, struct task *task, int signal)
{
    if (is_group_stop(signal)) {
        task->state = TASK_LISTENING;
        hold_blocks(run, task);
        ptrace(PTRACE_LISTEN, task->tid, NULL, NULL);
        return;
    }
    if (task->interrupted) {
        task->interrupted = false;
        hold_blocks(run, task);
        task->process->calls++;
        task_continue(run, task, PTRACE_CONT, 0);
        return;
    }
    if (task->process->number != 1 && task->process->calls == 0 && task->began == 0 &&
        task->resume_request == 0) {
        task->resume_request = PTRACE_CONT;
        start_newborn(run, task);
        return;
    }
    task_continue(run, task, task->call != NULL && !task->restarting ? PTRACE_SYSCALL : PTRACE_CONT,
                  0);
}

enum { SWAPS_MAX = 3 };

/* The kernel forces the signal of a fault upon a process that blocks it (signal(7)). The one that
 * takes its place would wait, and the fault come again. */
static void unblock(pid_t tid, int signal)
{
    unsigned long long mask; /* of the kernel: ptrace(2), PTRACE_GETSIGMASK */
    if (ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof mask, &mask) != 0)
        return;
    mask &= ~(1ULL << (signal - 1));
    ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof mask, &mask);
}

/* What is delivered in place of a signal. To a process that faults again and again, whatever is
 * delivered, the signal itself. */
static int swapped_signal(const struct run *run, struct task *task, int signal)
{
    for (size_t i = 0; i < run->options->swap_count; i++) {
        if (run->options->swaps[i].old != signal || task->swaps == SWAPS_MAX)
            continue;
        task->swaps++;
        unblock(task->tid, run->options->swaps[i].new);
        return run->options->swaps[i].new;
    }
    return signal;
}

/* Neither a jump to the place nor a look at a page that mprotect(2) closed: what is left of the
   accesses that are denied is a write. process_vm_readv(2) goes by the pages' protection. */
static bool is_write(const struct task *task, unsigned long long address)
{
    char byte;
    struct iovec here = {.iov_base = &byte, .iov_len = 1};
    struct iovec there = {.iov_base = (void *)(uintptr_t)address, .iov_len = 1};
    return arch_instruction(task->tid) != address &&
           (process_vm_readv(task->tid, &here, 1, &there, 1, 0) == 1 || errno != EFAULT);
}

static void note_fault(const struct task *task, const siginfo_t *told, struct json *event)
{
    struct process *process = task->process;
    unsigned long long address = (unsigned long long)(uintptr_t)told->si_addr;
    const struct attachment *attachment = process_attachment_at(process, address);
    process->fault = (struct fault_place){
        .happened = true,
        .address = address,
        .write_denied = told->si_code == SEGV_ACCERR && is_write(task, address),
        .segment = attachment != NULL ? attachment->segment : NULL,
        .read_only = attachment != NULL && attachment->read_only,
    };
    json_address(event, "address", address);
    if (attachment != NULL)
        json_integer(event, "segment", attachment->segment->number);
    else
        json_null(event, "segment");
}

static void handle_signal(struct run *run, struct task *task, int signal)
{
    siginfo_t told = {0};
    run->moment++;
    int delivered = swapped_signal(run, task, signal);
    if (task->repeatable) {
        task->repeatable = false;
        if (!signal_is_noticed(task->tid, signal)) {
            /* Without a tracer this signal would not have woken the call: it is made again. */
            arch_repeat_call(task->tid, task->arguments);
            task_continue(run, task, PTRACE_CONT, 0);
            return;
        }
        observe_interrupted(run, task);
    }
    if (task->restarting && task->deadline_ns != 0 && !is_group_stop(delivered) &&
        signal_is_noticed(task->tid, delivered))
        observe_interrupted(run, task); /* what it does next is no second part of that call */
    if (ptrace(PTRACE_GETSIGINFO, task->tid, NULL, &told) == 0 && signal != SIGCHLD) {
        timer_signal_is_alarm(task->process, task->tid, &told);
        /* sigaction(2): the si_code of a process is 0 or less; only to itself may it send another
         * one */
        bool is_fault = signal == SIGSEGV || signal == SIGBUS;
        bool forged = is_fault && task->process->forges;
        bool from_kernel = told.si_code > 0 && !forged;
        bool fault = from_kernel && is_fault;
        struct json *event = event_open(run, task->process, "signal");
        json_integer(event, "signal", signal);
        json_string(event, "from", from_kernel ? "kernel" : "process");
        const struct process *sender = from_kernel || told.si_code == SI_TIMER ? NULL
                                       : forged                                ? task->process
                                                : process_by_pid(run, told.si_pid);
        if (sender != NULL)
            json_integer(event, "sender", sender->number);
        else
            json_null(event, "sender");
        if (fault) {
            note_fault(task, &told, event);
        } else {
            json_null(event, "address");
            json_null(event, "segment");
        }
        if (delivered != signal)
            json_integer(event, "replaced_by", delivered);
        else
            json_null(event, "replaced_by");
        event_close(run, true);
    }
    task_continue(run, task, task->call != NULL && !task->restarting ? PTRACE_SYSCALL : PTRACE_CONT,
                  delivered);
}

static void handle_call_stop(struct run *run, struct task *task, bool entry)
{
    struct __ptrace_syscall_info info; /* ptrace(2), PTRACE_GET_SYSCALL_INFO */
    long got = ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, (void *)sizeof info, &info);
    if (got <= 0) {
        if (got == -1 && errno != ESRCH) {
            *run->series->refused =
                (struct refusal){"cannot see the system calls of", NEED_CALL_FACTS, errno};
            run_end(run, VERDICT_FAULT, "its system calls cannot be seen");
        } else {
            task_continue(run, task, PTRACE_CONT, 0);
        }
        return;
    }
    if (entry && info.op == PTRACE_SYSCALL_INFO_SECCOMP && info.seccomp.ret_data < call_count) {
        unsigned long long arguments[6];
        for (int i = 0; i < 6; i++)
            arguments[i] = info.seccomp.args[i];
        observe_entry(run, task, info.seccomp.ret_data, arguments);
    } else if (!entry && info.op == PTRACE_SYSCALL_INFO_EXIT) {
        observe_return(run, task, (long)info.exit.rval);
    } else {
        task_continue(run, task, PTRACE_CONT, 0);
    }
}

static void handle_stop(struct run *run, struct task *task, int status)
{
    int signal = WSTOPSIG(status);
    task->state = TASK_STOPPED;
    bool repeatable = task->repeatable && status >> 16 == 0 && signal != CALL_STOP;
    task->repeatable = repeatable;
    if (run->ending) {
        kill(task->tid, SIGKILL);
        ptrace(PTRACE_CONT, task->tid, NULL, NULL);
        return;
    }
    switch (status >> 16) {
    case PTRACE_EVENT_SECCOMP:
        handle_call_stop(run, task, true);
        break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        handle_fork_event(run, task);
        break;
    case PTRACE_EVENT_EXEC:
        handle_exec_event(run, task);
        break;
    case PTRACE_EVENT_EXIT:
        handle_exit_event(run, task);
        break;
    case PTRACE_EVENT_STOP:
        handle_event_stop(run, task, signal);
        break;
    default:
        if (signal == CALL_STOP)
            handle_call_stop(run, task, false);
        else
            handle_signal(run, task, signal);
    }
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

static void process_ended(struct run *run, struct process *process, int status,
                          const struct rusage *usage)
{
    process->status = status;
    process->cpu_us = microseconds(usage->ru_utime) + microseconds(usage->ru_stime);
    process->max_rss_kb = usage->ru_maxrss;
    run->cpu_us_ended += process->cpu_us;
    if (usage->ru_maxrss > run->max_rss_kb)
        run->max_rss_kb = usage->ru_maxrss;
    run->alive--;
    process->quiet_since = ++run->moment;
    struct json *event = event_open(run, process, "exit");
    bool killed = process->killed_by_witness && WIFSIGNALED(status);
    json_string(event, "end", killed ? "killed" : WIFSIGNALED(status) ? "signal" : "exit");
    json_integer(event, "code", WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    json_integer(event, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    json_boolean(event, "core", WIFSIGNALED(status) && WCOREDUMP(status));
    event_close(run, false);
    process->ended = run->sequence;
    process_detach_all(process);
    limits_note_ending(run, process);

    if (process->number == 1 && !run->executed && run->tracing)
        run_note_limit(run, VERDICT_FAULT, "the command could not be started");
    if (process->number == 1 && run->linger_until_ns == 0) {
        run->linger_until_ns = now_ns() + run->options->linger_ms * 1000000;
        run->linger_until_then_ns = virtual_now(run) + run->options->linger_ms * 1000000;
        for (size_t i = 1; i < run->process_count; i++) {
            run->processes[i]->outlived = run->processes[i]->ended == 0;
            if (run->processes[i]->outlived && run->options->linger_ms == 0)
                run->ending = true;
        }
    }
    if (!run->ending) {
        struct task *knew = hold_exit_is_seen(run, process);
        if (knew != NULL)
            observe_return(run, knew, knew->held_result);
        schedule_ended(run, process);
    }
}

static void handle_end(struct run *run, struct task *task, int status, const struct rusage *usage)
{
    struct process *process = task->process;
    pid_t tid = task->tid;
    if (!run->ending)
        observe_interrupted(run, task);
    else if (task->call != NULL && task->process != NULL)
        event_never_returned(run, task, false);
    /* A SIGKILL takes a task past its last stop when it comes while another one is handled. */
    if (!run->ending && !task->leaving && process != NULL && process->pid == tid)
        content_look_all(run, process, "exit", true);
    bool wrote = run->writer == task, made = run->maker == task;
    task_remove(run, task);
    if (!run->ending && wrote)
        hold_event(run, EVENT_WRITER_GONE, NULL);
    if (!run->ending && made)
        hold_event(run, EVENT_MAKER_GONE, NULL);
    if (process != NULL && process->pid == tid)
        process_ended(run, process, status, usage);
}

static void handle_status(struct run *run, pid_t tid, int status, const struct rusage *usage)
{
    struct task *task = task_find(run, tid);
    if (task == NULL) {
        /* A child may stop before its parent's event; what has ended twice was an orphan that we
         * reaped. */
        if (WIFSTOPPED(status))
            task = task_add(run, tid, NULL);
        if (task != NULL)
            task->state = TASK_STOPPED;
        if (task == NULL || !run->ending)
            return;
    }
    if (!WIFSTOPPED(status))
        handle_end(run, task, status, usage);
    else if (task->process != NULL || run->ending)
        handle_stop(run, task, status);
}

static void wait_for_news(struct run *run, const sigset_t *waiting, long us)
{
    struct pollfd sources[2] = {
        {.fd = run->outputs[1].master, .events = POLLIN},
        {.fd = run->outputs[2].master, .events = POLLIN},
    };
    const struct timespec timeout = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    if (ppoll(sources, 2, &timeout, waiting) <= 0)
        return;
    for (int stream = 1; stream <= 2; stream++) {
        if (sources[stream - 1].revents != 0) {
            struct task *writer = run->writer;
            if (writer != NULL && writer->stream != stream && writer->stream > 0)
                writer = NULL;
            output_drain(run, stream, writer, 0);
        }
    }
}

/* Where nobody is traced, the command's end is the end, and there is only its output to read. */
static void reap_untraced(struct run *run, struct process *first, pid_t pid, int status,
                          const struct rusage *usage)
{
    if (pid != first->pid || first->ended != 0)
        return;
    task_remove(run, task_find(run, pid));
    process_ended(run, first, status, usage);
}

static void handle_statuses(struct run *run, struct process *first, const struct statuses *statuses)
{
    bool alone = statuses->count == 1; /* served at once: nobody was let go on before */
    for (size_t i = 0; i < statuses->count; i++) {
        const struct status *next = &statuses->taken[i];
        if (!run->tracing)
            reap_untraced(run, first, next->tid, next->status, &next->usage);
        else if (alone || !status_is_overtaken(next))
            handle_status(run, next->tid, next->status, &next->usage);
    }
}

/* Nobody has news. Who has just gone on shares witness's processor, and is let have it; then, if
   the schedule waits for it, it is looked whether all are at rest, soon at first, and later seldom.
 */
static void look_around(struct run *run, const sigset_t *waiting, long tick_us, int *looks)
{
    enum { AT_ONCE_US = 10, SOON_US = 100 };
    bool plans = schedule_has_plans(run);
    (*looks)++;
    if (plans && *looks == 1) {
        wait_for_news(run, waiting, AT_ONCE_US);
        return;
    }
    if (plans && schedule_rests(run)) {
        *looks = 0;
        return;
    }
    long soon_us = *looks < 8 ? SOON_US << (*looks - 1) : tick_us;
    wait_for_news(run, waiting, plans && soon_us < tick_us ? soon_us : tick_us);
}

void trace_run(struct run *run, pid_t first, const volatile int *interrupted)
{
    sigset_t blocked, waiting;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &waiting);
    sigdelset(&waiting, SIGCHLD);

    struct process *process = process_add(run, first, NULL, "start");
    if (process == NULL || task_add(run, first, process) == NULL) {
        run_end(run, VERDICT_FAULT, "no memory for the first process");
        kill(first, SIGKILL);
        waitpid(first, NULL, __WALL);
        return;
    }
    process->born = ++run->sequence;
    struct statuses statuses = {0};
    int looks = 0; /* in a row that found nothing new */
    while (run->live_count > 0) {
        if (statuses_take(&statuses) != 0)
            run_end(run, VERDICT_FAULT, "what a process told could not be taken");
        handle_statuses(run, process, &statuses);
        long long now = now_ns();
        if (*interrupted != 0)
            run_end(run, VERDICT_FAULT, "witness was told to stop");
        long tick_us = limits_tick(run, now) * 1000L;
        schedule_time(run);
        schedule_turn(run);
        if (run->ending) {
            kill_everything(run);
            if (getpid() == 1)
                kill(-1, SIGKILL);
        }
        if (statuses.nobody_left)
            break;
        if (statuses.count > 0) {
            looks = 0;
            /* Also while others stop again and again: a writer goes on when its output was read. */
            if (run->writer != NULL)
                wait_for_news(run, &waiting, 0);
        } else {
            look_around(run, &waiting, tick_us, &looks);
        }
    }
    statuses_free(&statuses);
    for (int stream = 1; stream <= 2; stream++)
        output_drain(run, stream, NULL, 0);
    if (getpid() == 1)
        kill(-1, SIGKILL);
    while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
        ;
    sigprocmask(SIG_SETMASK, &waiting, NULL);
}
