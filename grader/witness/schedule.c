#include "schedule.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "arguments.h"
#include "blocked.h"
#include "clock.h"
#include "content.h"
#include "events.h"
#include "output.h"
#include "processes.h"
#include "verdict.h"

enum {
    SLEEPS_MAX = 3,       /* timed sleeps in a row that end a hold */
    POLLS_MAX = 3,        /* polls in a row that end a turn */
    POLLS_MANY = 1000,    /* polls in a row that end a hold: a loop that gives up earlier does not
                             wait. Where witness is slow, */
    POLLS_SOME = 128,     /* so many, */
    POLLS_NS = 500000000, /* and half a second; */
    DOZES_MANY = 250,     /* or so many looks that saw the poller asleep: half a second, too */
    SPIN_NS = 200000000,  /* CPU without a traced call that ends a hold, */
    SPIN_LOOKS = 20,      /* seen at so many looks: a standstill of the machine is seen once */
    BLOCKED_TICKS = 2,    /* looks in a row before a task counts as blocked */
    DEADLOCK_TICKS = 5,
    DEADLOCK_NS = 100000000, /* a look says little of a machine that is late for everybody */
    COMING_NS = 500000000,   /* how long a turn is kept for one that sleeps before it stops */
};

bool schedule_takes_turns(const struct run *run)
{
    return run->tracing && (run->options->schedule == SCHEDULE_ONE_AT_A_TIME ||
                            run->options->schedule == SCHEDULE_SEED);
}

static bool is_told(enum hold_kind kind)
{
    return kind == HOLD_BIRTH || kind == HOLD_PARENT;
}

static void tell(struct run *run, const struct task *task, const char *kind, const char *why)
{
    struct json *event = event_open(run, task->process, kind);
    json_string(event, "why", why);
    event_close(run, false);
}

void task_hold(struct run *run, struct task *task, enum hold_kind kind, int request, int signal)
{
    task->state = TASK_HELD;
    task->hold = kind;
    task->resume_request = request;
    task->resume_signal = signal;
    task->process->quiet_since = run->moment;
    if (kind == HOLD_WRITER || kind == HOLD_MAKER)
        schedule_blocks(run, task); /* who writes now may itself be waiting for the turn */
    if (is_told(kind)) {
        content_look_all(run, task->process, "hold", false);
        tell(run, task, "hold",
             kind == HOLD_BIRTH ? "a new child waits for its parent"
                                : "the parent lets its child go first");
    } else if (kind == HOLD_TURN) {
        content_look_all(run, task->process, "switch", false);
    }
}

/* wait4(2), waitid(2): it is in a call of the wait family that blocks */
static bool waits_for_long(const struct task *task)
{
    return task->call != NULL && call_is_wait(task->call) &&
           (call_wait_options(task) & WNOHANG) == 0;
}

static void resume(struct run *run, struct task *task, int request, int signal)
{
    task->state = TASK_RUNNING;
    task->blocked_ticks = 0;
    task->blocked_timed = false;
    bool waits = request == PTRACE_SYSCALL && waits_for_long(task);
    bool forks = request == PTRACE_SYSCALL && task->call != NULL && task->call->kind == CALL_FORK;
    if (waits)
        schedule_blocks(run,
                        task); /* on its way into the kernel to block: it needs no turn there */
    if (!waits && !forks)
        task->process->quiet_since = 0;
    else if (task->process->quiet_since == 0)
        task->process->quiet_since = run->moment; /* until that call returns it changes nothing */
    if (ptrace(request, task->tid, NULL, (long)signal) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "ptrace cannot resume a process");
}

void task_release(struct run *run, struct task *task, const char *why)
{
    enum hold_kind kind = task->hold;
    if (is_told(kind) && why != NULL)
        tell(run, task, "release", why);
    content_look_all(run, task->process, is_told(kind) ? "release" : "switch", false);
    task->hold = HOLD_NONE;
    task->waits_for = NULL;
    task->state = TASK_STOPPED;
    if (kind == HOLD_TURN)
        resume(run, task, task->resume_request, task->resume_signal);
    else
        task_continue(run, task, task->resume_request, task->resume_signal);
}

void schedule_pass_on(struct run *run, struct task **place, enum hold_kind kind)
{
    *place = NULL;
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *next = run->live[i];
        if (next->state == TASK_HELD && next->hold == kind) {
            *place = next;
            task_release(run, next, NULL);
            return;
        }
    }
}

static unsigned long long draw(struct run *run)
{
    /* xorshift64* (Vigna 2016): small, and the same everywhere */
    run->random ^= run->random >> 12;
    run->random ^= run->random << 25;
    run->random ^= run->random >> 27;
    return run->random * 2685821657736338717ULL;
}

static bool waits_for_turn(const struct task *task)
{
    return task->state == TASK_HELD && task->hold == HOLD_TURN;
}

static bool somebody_waits_for_turn(const struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (waits_for_turn(run->live[i]))
            return true;
    }
    return false;
}

/* Whether a stopped task must let others go first. */
static bool must_wait_for_turn(struct run *run, struct task *task)
{
    if (!schedule_takes_turns(run) || run->ending)
        return false;
    if (task->process->number == 1 && run->process_count == 1 && run->live_count == 1) {
        run->turn = task;
        return false;
    }
    if (run->turn != task)
        return true;
    if (run->options->schedule == SCHEDULE_SEED && draw(run) >> 63) {
        run->turn = NULL; /* given anew, perhaps to the same one */
        return true;
    }
    return false;
}

void task_continue(struct run *run, struct task *task, int request, int signal)
{
    if (task->process == NULL) {
        task->state = TASK_STOPPED;
        return;
    }
    if (must_wait_for_turn(run, task)) {
        task_hold(run, task, HOLD_TURN, request, signal);
        return;
    }
    resume(run, task, request, signal);
}

static bool is_in_blocking_wait(const struct run *run, const struct process *process)
{
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->process == process && task->state == TASK_RUNNING && waits_for_long(task))
            return true;
    }
    return false;
}

bool schedule_holds_newborn(const struct run *run, const struct process *child)
{
    if (run->holds_over || (run->options->schedule != SCHEDULE_PARENT_FIRST &&
                            run->options->schedule != SCHEDULE_REVERSE))
        return false;
    /* The parent of a vfork is blocked until its child goes on; one that waits or ended already
     * releases. */
    return !child->shares_memory && child->parent != NULL && child->parent->ended == 0 &&
           !is_in_blocking_wait(run, child->parent);
}

bool schedule_holds_parent(const struct run *run, const struct process *child)
{
    return run->options->schedule == SCHEDULE_CHILD_FIRST && !run->holds_over &&
           !child->shares_memory && child->ended == 0;
}

bool schedule_awaits_newborn(const struct run *run, const struct task *child)
{
    /* Whoever comes first to the tracer would be luck. */
    return run->options->schedule != SCHEDULE_NONE && !child->started &&
           !child->process->shares_memory;
}

struct task *schedule_exit_seen(struct run *run, const struct process *child)
{
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state == TASK_HELD && task->hold == HOLD_EXIT && task->waits_for == child) {
            task->hold = HOLD_NONE;
            task->waits_for = NULL;
            task->state = TASK_STOPPED;
            return task;
        }
    }
    return NULL;
}

void schedule_newborn_stopped(struct run *run, const struct process *child)
{
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state == TASK_HELD && task->hold == HOLD_NEWBORN && task->waits_for == child) {
            task_release(run, task, NULL);
            return;
        }
    }
}

/* Releases held children of a parent: all, or the last-born where the order is reversed. */
static void release_children(struct run *run, const struct process *parent, const char *why)
{
    bool one = run->options->schedule == SCHEDULE_REVERSE;
    for (;;) {
        struct task *chosen = NULL;
        for (size_t i = 0; i < run->live_count; i++) {
            struct task *task = run->live[i];
            if (task->state != TASK_HELD || task->hold != HOLD_BIRTH ||
                (parent != NULL && task->process->parent != parent))
                continue;
            if (chosen == NULL || (one ? task->process->number > chosen->process->number
                                       : task->process->number < chosen->process->number))
                chosen = task;
        }
        if (chosen == NULL)
            return;
        task_release(run, chosen, why);
        if (one)
            return;
    }
}

void schedule_release_all(struct run *run, const char *why)
{
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state == TASK_HELD && (task->hold == HOLD_BIRTH || task->hold == HOLD_PARENT)) {
            task_release(run, task, why);
            i = (size_t)-1; /* a release may change the list: from the start */
        }
    }
}

void schedule_give_up(struct run *run)
{
    if (run->holds_over)
        return;
    run->holds_over = true;
    schedule_release_all(run, "limit-near");
}

void schedule_blocks(struct run *run, struct task *task)
{
    if (run->turn == task)
        run->turn = NULL;
}

/* A wait for a process that is no child of the caller fails at once (wait4(2), ECHILD): nobody
 * waits. */
static bool waits_for_a_stranger(const struct run *run, const struct task *task)
{
    pid_t pid = call_waited_pid(task);
    if (pid == 0)
        return false;
    const struct process *child = process_by_pid(run, pid);
    return child == NULL || child->parent != task->process || child->reaped != 0;
}

void schedule_wait_entered(struct run *run, const struct task *task)
{
    if (waits_for_a_stranger(run, task))
        return;
    if (run->options->schedule == SCHEDULE_REVERSE) {
        for (size_t i = 0; i < run->process_count; i++) {
            const struct process *sibling = run->processes[i];
            if (sibling->parent == task->process && sibling->ended == 0 && process_may_run(sibling))
                return; /* a later-born one is on its way */
        }
    }
    release_children(run, task->process, "parent-waits");
}

void schedule_ended(struct run *run, const struct process *process)
{
    schedule_newborn_stopped(run, process);
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state == TASK_HELD && task->hold == HOLD_PARENT && task->waits_for == process) {
            task_release(run, task, "child-ended");
            i = (size_t)-1;
        }
    }
    if (run->options->schedule == SCHEDULE_REVERSE && process->parent != NULL &&
        process->parent->ended == 0)
        release_children(run, process->parent, "turn");
    /* An orphan that is released now races whoever waited for its parent. */
    if (run->processes[0]->ended != 0)
        schedule_release_all(run, "parent-ended");
}

void schedule_slept(struct run *run, struct task *task)
{
    if (++task->process->sleeps < SLEEPS_MAX)
        return;
    schedule_blocks(run, task);
    if (schedule_holds_somebody(run))
        schedule_release_all(run, "third-sleep");
}

void schedule_polled(struct run *run, struct task *task)
{
    struct process *process = task->process;
    if (process->polls++ == 0) {
        process->polls_since_ns = now_ns();
        process->dozes = 0;
    }
    if (process->polls < POLLS_MAX)
        return;
    schedule_blocks(run, task);
    bool slowly = process->polls >= POLLS_SOME && now_ns() - process->polls_since_ns >= POLLS_NS;
    if (process->polls < POLLS_MANY && process->dozes < DOZES_MANY && !slowly)
        return;
    if (schedule_holds_somebody(run))
        schedule_release_all(run, "polling");
}

bool schedule_holds_somebody(const struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (run->live[i]->state == TASK_HELD)
            return true;
    }
    return false;
}

/* A parent in a wait whose child has ended is about to stop, only not yet: who is asked to choose
   before it is there would choose by luck. After a while only those count who could come at any
   moment, if the machine would let them: not who sleeps, or goes round in a loop. */
static bool somebody_is_coming(const struct run *run, bool for_long)
{
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->process == NULL || task->state == TASK_STOPPED) {
            if (!for_long)
                return true;
            continue;
        }
        if (task->state != TASK_RUNNING)
            continue;
        if (!waits_for_long(task)) {
            const struct process *process = task->process;
            bool spins = process->spins && process->calls == process->calls_seen;
            bool stays = for_long && (task->blocked_timed || spins);
            if (task->blocked_ticks < BLOCKED_TICKS && !stays)
                return true;
            continue;
        }
        if (for_long && task->blocked_ticks >= BLOCKED_TICKS)
            continue;
        for (size_t j = 0; j < run->process_count; j++) {
            const struct process *child = run->processes[j];
            if (child->parent == task->process && child->ended != 0 && child->reaped == 0 &&
                call_waits_for(task, child))
                return true;
        }
    }
    return false;
}

/* The next one in order of birth after a number, from the start again at the end; NULL: nobody
 * waits. */
static struct task *next_after(const struct run *run, int number)
{
    struct task *after = NULL, *first = NULL;
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (!waits_for_turn(task))
            continue;
        int own = task->process->number;
        if (own > number && (after == NULL || own < after->process->number))
            after = task;
        if (first == NULL || own < first->process->number)
            first = task;
    }
    return after != NULL ? after : first;
}

void schedule_turn(struct run *run)
{
    if (!schedule_takes_turns(run) || run->ending)
        return;
    if (run->turn != NULL) {
        run->turn_free_ns = 0;
        return;
    }
    if (run->turn_free_ns == 0)
        run->turn_free_ns = now_ns();
    size_t waiting = 0;
    for (size_t i = 0; i < run->live_count; i++)
        waiting += waits_for_turn(run->live[i]);
    bool for_long = now_ns() - run->turn_free_ns >= COMING_NS;
    if (waiting == 0 || somebody_is_coming(run, for_long))
        return;
    size_t passes = run->options->schedule == SCHEDULE_SEED ? draw(run) % waiting : 0;
    struct task *next = next_after(run, run->last_turn);
    for (; next != NULL && passes > 0; passes--)
        next = next_after(run, next->process->number);
    if (next == NULL)
        return;
    run->last_turn = next->process->number;
    run->turn = next;
    task_release(run, next, NULL);
}

static bool spins(struct process *process)
{
    long long used = process_cpu_ns(process);
    if (process->calls != process->calls_seen) {
        process->calls_seen = process->calls;
        process->cpu_ns_seen = used;
        process->spin_looks = 0;
    }
    process->spins = ++process->spin_looks >= SPIN_LOOKS && used - process->cpu_ns_seen > SPIN_NS;
    return process->spins;
}

/* The one whose turn it is goes round in a loop: another one may have what it is waiting for. */
static void take_turn_from(struct run *run, struct task *task)
{
    if (task->interrupted || !somebody_waits_for_turn(run))
        return;
    if (ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) == 0)
        task->interrupted = true;
}

static void nobody_can_go_on(struct run *run, bool certain)
{
    if (run->turn != NULL) {
        run->turn = NULL;
        if (somebody_waits_for_turn(run))
            return;
    }
    if (schedule_holds_somebody(run)) {
        run->stuck_ticks = 0;
        if (run->options->schedule == SCHEDULE_REVERSE)
            release_children(run, NULL, "all-blocked");
        else
            schedule_release_all(run, "all-blocked");
        return;
    }
    if (!certain || run->timers_armed)
        return;
    if (run->stuck_ticks++ == 0)
        run->stuck_since_ns = now_ns();
    if (run->stuck_ticks < DEADLOCK_TICKS || now_ns() - run->stuck_since_ns < DEADLOCK_NS)
        return;
    if (run->linger_until_ns != 0)
        run->ending = true; /* what is left behind would stay for ever */
    else
        run_end(run, VERDICT_DEADLOCK, "every process was blocked, and nothing could wake one");
}

void schedule_tick(struct run *run)
{
    bool all_blocked = run->live_count > 0, certain = true;
    bool holds = schedule_holds_somebody(run);
    bool somebody_sleeps = false, somebody_goes_on = false;
    run->all_asleep = false;
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->process == NULL || task->state == TASK_STOPPED) {
            all_blocked = false;
            somebody_goes_on = true;
            continue;
        }
        if (task->state == TASK_HELD) {
            if (task->hold == HOLD_WRITER || task->hold == HOLD_MAKER ||
                task->hold == HOLD_NEWBORN || task->hold == HOLD_EXIT)
                all_blocked = false;
            continue;
        }
        enum blocked blocked = task_blocked(task);
        if (task == run->writer && task->stream > 0 && blocked == BLOCKED_FOREVER) {
            /* It goes on when witness, or the terminal's line discipline, comes round to it. */
            certain = false;
            if (output_is_unread(run, task->stream))
                blocked = BLOCKED_NO;
        }
        task->blocked_timed = blocked == BLOCKED_TIMED;
        somebody_sleeps = somebody_sleeps || blocked != BLOCKED_NO;
        somebody_goes_on = somebody_goes_on || blocked == BLOCKED_NO;
        if (blocked == BLOCKED_UNKNOWN)
            certain = false;
        if (blocked == BLOCKED_TIMED)
            task->process->dozes++;
        if (blocked == BLOCKED_NO || blocked == BLOCKED_TIMED) {
            task->blocked_ticks = 0;
            all_blocked = false;
            if (blocked == BLOCKED_NO && holds && spins(task->process)) {
                if (schedule_takes_turns(run) && run->turn == task)
                    take_turn_from(run, task);
                else
                    schedule_release_all(run, "spinning");
                return;
            }
            continue;
        }
        if (++task->blocked_ticks < BLOCKED_TICKS) {
            all_blocked = false;
        } else {
            if (task->process->quiet_since == 0 && blocked == BLOCKED_FOREVER)
                task->process->quiet_since = run->moment;
            if (run->turn == task)
                run->turn = NULL;
        }
    }
    run->all_asleep = somebody_sleeps && !somebody_goes_on;
    if (all_blocked)
        nobody_can_go_on(run, certain);
    else
        run->stuck_ticks = 0;
}
