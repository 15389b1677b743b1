#include "schedule.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "arguments.h"
#include "asked.h"
#include "blocked.h"
#include "clock.h"
#include "content.h"
#include "events.h"
#include "hold.h"
#include "order.h"
#include "output.h"
#include "processes.h"
#include "rest.h"
#include "timed.h"
#include "timers.h"
#include "verdict.h"
#include "virtual_time.h"

enum {
    POLLS_MAX = 3,       /* polls in a row that end a turn */
    SPIN_NS = 200000000, /* CPU without a traced call that ends a hold, */
    SPIN_LOOKS = 20,     /* seen at so many looks: a standstill of the machine is seen once */
    BLOCKED_TICKS = 2,   /* looks in a row before a task counts as blocked */
    DEADLOCK_TICKS = 5,
    DEADLOCK_NS = 100000000, /* a look says little of a machine that is late for everybody */
    COMING_NS = 500000000,   /* how long a turn is kept for one that sleeps before it stops */
};

static bool somebody_waits_for_turn(const struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (task_waits_for_turn(run->live[i]))
            return true;
    }
    return false;
}

static bool is_in_blocking_wait(const struct run *run, const struct process *process)
{
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->process == process && task->state == TASK_RUNNING && task_waits_for_long(task))
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

void schedule_give_up(struct run *run)
{
    if (run->holds_over)
        return;
    run->holds_over = true;
    hold_event(run, EVENT_LIMIT_NEAR, NULL);
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
    hold_event(run, EVENT_PARENT_WAITS, task->process);
}

void schedule_ended(struct run *run, const struct process *process)
{
    hold_event(run, EVENT_CHILD_ENDED, process);
    if (run->options->schedule == SCHEDULE_REVERSE && process->parent != NULL &&
        process->parent->ended == 0)
        hold_event(run, EVENT_LAST_BORN_ENDED, process->parent);
    /* An orphan that is released now races whoever waited for its parent. */
    if (run->processes[0]->ended != 0)
        hold_event(run, EVENT_FIRST_ENDED, NULL);
}

void schedule_polled(struct run *run, struct task *task)
{
    asked(run, task);
    if (++task->process->polls >= POLLS_MAX)
        hold_blocks(run, task);
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
        if (!task_waits_for_long(task)) {
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
        if (!task_waits_for_turn(task))
            continue;
        int own = task->process->number;
        if (own > number && (after == NULL || own < after->process->number))
            after = task;
        if (first == NULL || own < first->process->number)
            first = task;
    }
    return after != NULL ? after : first;
}

static struct task *next_in_turn(struct run *run, size_t waiting)
{
    size_t passes = run->options->schedule == SCHEDULE_SEED ? hold_draw(run) % waiting : 0;
    struct task *next = next_after(run, run->last_turn);
    for (; next != NULL && passes > 0; passes--)
        next = next_after(run, next->process->number);
    return next;
}

/* One of those who could go on: first among them is who had the turn, last if it waits for others.
 */
static struct task *next_in_order(struct run *run)
{
    struct task *candidates[CANDIDATES_MAX];
    size_t count = 0;
    int number = run->last_turn - (run->order.gives_way ? 0 : 1);
    for (struct task *next = next_after(run, number);
         next != NULL && count < CANDIDATES_MAX && (count == 0 || next != candidates[0]);
         next = next_after(run, next->process->number))
        candidates[count++] = next;
    if (count == CANDIDATES_MAX)
        run->order.is_long = true; /* there may be more */
    return count > 0 ? candidates[order_choose(run, candidates, count)] : NULL;
}

static void give_turn(struct run *run, bool for_long)
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
        waiting += task_waits_for_turn(run->live[i]);
    for_long = for_long || now_ns() - run->turn_free_ns >= COMING_NS;
    if (waiting == 0 || somebody_is_coming(run, for_long))
        return;
    struct task *next =
        run->options->schedule == SCHEDULE_ORDER ? next_in_order(run) : next_in_turn(run, waiting);
    if (next == NULL)
        return;
    run->last_turn = next->process->number;
    run->turn = next;
    hold_turn_comes(run, next);
}

void schedule_turn(struct run *run)
{
    give_turn(run, false);
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
    if (hold_of_somebody(run)) {
        run->stuck_ticks = 0;
        hold_event(run, EVENT_ALL_BLOCKED, NULL);
        return;
    }
    if (!certain || timers_next(run) != NEVER)
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
    bool holds = hold_of_somebody(run);
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
            all_blocked = all_blocked && !hold_ends_by_itself(task);
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
        if (blocked == BLOCKED_NO || blocked == BLOCKED_TIMED) {
            task->blocked_ticks = 0;
            all_blocked = false;
            if (blocked == BLOCKED_NO && holds && spins(task->process)) {
                if (schedule_takes_turns(run) && run->turn == task)
                    take_turn_from(run, task);
                else
                    hold_event(run, EVENT_SPINNING, NULL);
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

/* Whether a process looked for another one, and has done nothing else since. */
static bool somebody_asks(const struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->process != NULL && task->process->polls > 0)
            return true;
    }
    return false;
}

void schedule_time(struct run *run)
{
    if (run->ending || !run->tracing)
        return;
    if (run->timer_count > 0)
        timers_fire(run);
    timed_wake(run);
    if (hold_time_over(run) <= virtual_now(run))
        hold_event(run, somebody_asks(run) ? EVENT_POLLING : EVENT_TIME_OVER, NULL);
}

/* The next moment of virtual time at which somebody could go on. */
static long long next_moment(const struct run *run)
{
    long long moments[] = {timed_next(run), timers_next(run), hold_time_over(run),
                           run->linger_until_ns != 0 ? run->linger_until_then_ns : NEVER};
    long long next = NEVER;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        next = moments[i] < next ? moments[i] : next;
    return next;
}

static void note_who_rests(struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state != TASK_RUNNING)
            continue;
        task->blocked_ticks = BLOCKED_TICKS;
        if (task->process->quiet_since == 0 && task->call != NULL)
            task->process->quiet_since = run->moment;
        if (run->turn == task)
            run->turn = NULL;
    }
}

bool schedule_has_plans(const struct run *run)
{
    return run->tracing && !run->ending &&
           (run->endless > 0 || run->timer_count > 0 || hold_of_somebody(run));
}

bool schedule_rests(struct run *run)
{
    bool holds = hold_of_somebody(run);
    if (!rest_is_proved(run))
        return false;
    note_who_rests(run);
    if (somebody_waits_for_turn(run)) {
        give_turn(run, true);
        return run->turn != NULL;
    }
    if (timed_next(run) == NEVER && timers_next(run) == NEVER) {
        if (holds) /* nothing but the schedule keeps them from going on */
            hold_event(run, EVENT_ALL_BLOCKED, NULL);
        return holds;
    }
    virtual_time_jump(run, next_moment(run));
    if (run->linger_until_ns != 0 && virtual_now(run) >= run->linger_until_then_ns)
        run->ending = true;
    schedule_time(run);
    return true;
}
