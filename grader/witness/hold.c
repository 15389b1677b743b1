#include "hold.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "arguments.h"
#include "content.h"
#include "events.h"
#include "order.h"
#include "verdict.h"
#include "virtual_time.h"

/* How long a hold may last, in virtual time. A watchdog that gives a child one second must not find
   it held; and who sleeps for less in place of a wait is seen to come too early. */
#define HOLD_NS (SECOND_NS / 10 * 9)

/* Whom an event lets go, of those that are held in one way. */
enum whom {
    NOBODY,
    ALL,
    ITS_CHILDREN, /* those of the process that the event tells of, in the order of their birth */
    WHO_AWAITS,   /* the one that is held because of the process that the event tells of */
    THE_NEXT,     /* one of them, who may now be where another one was */
};

struct end {
    enum whom whom;
    const char *why;     /* of the release event; NULL: it is not told */
    bool one_in_reverse; /* --schedule reverse: the last-born alone */
};

/* A way to be held: what is to be known of it, and which event ends it. All that can end a hold
   stands here, but for the two that no event ends: a turn that comes, and an exit that is seen. */
struct hold {
    const char *told;     /* of the hold event; NULL: the schedule's own business */
    bool leaves_its_turn; /* whom it waits for may itself be waiting for the turn */
    bool ends_by_itself;  /* soon, and whatever the others do: who is held so is not blocked */
    struct end ends[HOLD_EVENTS];
};

static const struct hold
    holds[HOLD_KINDS] =
        {
            [HOLD_BIRTH] =
                {
                    .told = "a new child waits for its parent",
                    .ends =
                        {
                            [EVENT_PARENT_WAITS] = {ITS_CHILDREN, "parent-waits", true},
                            [EVENT_LAST_BORN_ENDED] = {ITS_CHILDREN, "turn", true},
                            [EVENT_FIRST_ENDED] = {ALL, "parent-ended", false},
                            [EVENT_TIME_OVER] = {ALL, "time-over", true},
                            [EVENT_POLLING] = {ALL, "polling", true},
                            [EVENT_SPINNING] = {ALL, "spinning", false},
                            [EVENT_ALL_BLOCKED] = {ALL, "all-blocked", true},
                            [EVENT_LIMIT_NEAR] = {ALL, "limit-near", false},
                        },
                },
            [HOLD_NEWBORN] =
                {
                    .ends_by_itself = true,
                    .ends =
                        {
                            [EVENT_CHILD_STOPPED] = {WHO_AWAITS, NULL, false},
                            [EVENT_CHILD_ENDED] = {WHO_AWAITS, NULL, false},
                        },
                },
            [HOLD_PARENT] =
                {
                    .told = "the parent lets its child go first",
                    .ends =
                        {
                            [EVENT_CHILD_ENDED] = {WHO_AWAITS, "child-ended", false},
                            [EVENT_FIRST_ENDED] = {ALL, "parent-ended", false},
                            [EVENT_TIME_OVER] = {ALL, "time-over", false},
                            [EVENT_POLLING] = {ALL, "polling", false},
                            [EVENT_SPINNING] = {ALL, "spinning", false},
                            [EVENT_ALL_BLOCKED] = {ALL, "all-blocked", false},
                            [EVENT_LIMIT_NEAR] = {ALL, "limit-near", false},
                        },
                },
            [HOLD_TURN] = {0}, /* ends when the turn comes to it: hold_turn_comes */
            [HOLD_WRITER] =
                {
                    .leaves_its_turn = true,
                    .ends_by_itself = true,
                    .ends = {[EVENT_WRITER_GONE] = {THE_NEXT, NULL, false}},
                },
            [HOLD_MAKER] =
                {
                    .leaves_its_turn = true,
                    .ends_by_itself = true,
                    .ends = {[EVENT_MAKER_GONE] = {THE_NEXT, NULL, false}},
                },
            [HOLD_EXIT] = {.ends_by_itself = true}, /* its call returns then: hold_exit_is_seen */
};

bool schedule_takes_turns(const struct run *run)
{
    enum schedule schedule = run->options->schedule;
    return run->tracing && (schedule == SCHEDULE_ONE_AT_A_TIME || schedule == SCHEDULE_SEED ||
                            schedule == SCHEDULE_ORDER);
}

static void tell(struct run *run, const struct task *task, const char *kind, const char *why)
{
    struct json *event = event_open(run, task->process, kind);
    json_string(event, "why", why);
    event_close(run, false);
}

/* A place where one at a time may be is handed to who goes on. */
static void hand_over(struct run *run, enum hold_kind kind, struct task *task)
{
    if (kind == HOLD_WRITER)
        run->writer = task;
    else if (kind == HOLD_MAKER)
        run->maker = task;
}

/* Whoever waits for its turn at the door of such a place is not in it. */
static void step_back(struct run *run, struct task *task)
{
    task->lets_in = run->writer == task ? HOLD_WRITER : run->maker == task ? HOLD_MAKER : HOLD_NONE;
    if (task->lets_in == HOLD_WRITER)
        hold_event(run, EVENT_WRITER_GONE, NULL);
    else if (task->lets_in == HOLD_MAKER)
        hold_event(run, EVENT_MAKER_GONE, NULL);
}

/* Returns whether it is in the place again, or needs to be in none. */
static bool step_in(struct run *run, struct task *task)
{
    enum hold_kind place = task->lets_in;
    const struct task *inside = place == HOLD_WRITER ? run->writer : run->maker;
    task->lets_in = HOLD_NONE;
    if (place == HOLD_NONE)
        return true;
    if (inside == NULL) {
        hand_over(run, place, task);
        return true;
    }
    task->state = TASK_HELD;
    task->hold = place;
    hold_blocks(run, task);
    return false;
}

void hold_blocks(struct run *run, struct task *task)
{
    if (run->turn != task)
        return;
    run->turn = NULL;
    order_gives_way(run);
}

static void hold(struct run *run, struct task *task, enum hold_kind kind,
                 const struct process *awaited, int request, int signal)
{
    const struct hold *begun = &holds[kind];
    task->state = TASK_HELD;
    task->hold = kind;
    task->waits_for = awaited;
    task->resume_request = request;
    task->resume_signal = signal;
    task->held_since_ns = virtual_now(run);
    task->process->quiet_since = run->moment;
    if (begun->leaves_its_turn)
        hold_blocks(run, task);
    if (begun->told != NULL) {
        content_look_all(run, task->process, "hold", false);
        tell(run, task, "hold", begun->told);
    } else if (kind == HOLD_TURN) {
        content_look_all(run, task->process, "switch", false);
        step_back(run, task);
    }
}

void task_hold(struct run *run, struct task *task, enum hold_kind kind,
               const struct process *awaited, int request)
{
    hold(run, task, kind, awaited, request, 0);
}

/* wait4(2), waitid(2): it is in a call of the wait family that blocks */
bool task_waits_for_long(const struct task *task)
{
    return task->call != NULL && call_is_wait(task->call) &&
           (call_wait_options(task) & WNOHANG) == 0;
}

static void resume(struct run *run, struct task *task, int request, int signal)
{
    task->state = TASK_RUNNING;
    task->blocked_ticks = 0;
    task->blocked_timed = false;
    bool waits = request == PTRACE_SYSCALL && task_waits_for_long(task);
    bool forks = request == PTRACE_SYSCALL && task->call != NULL && task->call->kind == CALL_FORK;
    if (waits)
        hold_blocks(run, task); /* on its way into the kernel to block: it needs no turn there */
    if (!waits && !forks)
        task->process->quiet_since = 0;
    else if (task->process->quiet_since == 0)
        task->process->quiet_since = run->moment; /* until that call returns it changes nothing */
    if (run->options->schedule == SCHEDULE_ORDER)
        order_goes_on(run, task, request);
    if (ptrace(request, task->tid, NULL, (long)signal) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "ptrace cannot resume a process");
}

unsigned long long hold_draw(struct run *run)
{
    /* xorshift64* (Vigna 2016): small, and the same everywhere */
    run->random ^= run->random >> 12;
    run->random ^= run->random << 25;
    run->random ^= run->random >> 27;
    return run->random * 2685821657736338717ULL;
}

bool task_waits_for_turn(const struct task *task)
{
    return task->state == TASK_HELD && task->hold == HOLD_TURN;
}

/* Whether a stopped task must let others go first. */
static bool must_wait_for_turn(struct run *run, struct task *task, int request)
{
    if (!schedule_takes_turns(run) || run->ending)
        return false;
    if (task->process->number == 1 && run->process_count == 1 && run->live_count == 1) {
        run->turn = task;
        return false;
    }
    if (run->turn != task)
        return true;
    if ((run->options->schedule == SCHEDULE_SEED && hold_draw(run) >> 63) ||
        (run->options->schedule == SCHEDULE_ORDER && order_asks(run, task, request))) {
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
    if (must_wait_for_turn(run, task, request)) {
        hold(run, task, HOLD_TURN, NULL, request, signal);
        return;
    }
    resume(run, task, request, signal);
}

static void release(struct run *run, struct task *task, const char *why)
{
    enum hold_kind kind = task->hold;
    bool told = holds[kind].told != NULL;
    if (told && why != NULL)
        tell(run, task, "release", why);
    content_look_all(run, task->process, told ? "release" : "switch", false);
    if (kind == HOLD_BIRTH)
        content_poke_before(run, task->process);
    task->hold = HOLD_NONE;
    task->waits_for = NULL;
    task->state = TASK_STOPPED;
    if (kind == HOLD_TURN && !step_in(run, task))
        return;
    if (kind == HOLD_TURN)
        resume(run, task, task->resume_request, task->resume_signal);
    else
        task_continue(run, task, task->resume_request, task->resume_signal);
}

static bool is_meant(const struct task *task, const struct end *end, const struct process *process)
{
    switch (end->whom) {
    case NOBODY:
        return false;
    case ITS_CHILDREN:
        return task->process->parent == process;
    case WHO_AWAITS:
        return task->waits_for == process;
    case ALL:
    case THE_NEXT:
        break;
    }
    return true;
}

/* The next one of those that an event lets go: in the order of the list, or of their birth. */
static struct task *choose(const struct run *run, enum hold_kind kind, const struct end *end,
                           const struct process *process, bool last_born)
{
    struct task *chosen = NULL;
    for (size_t i = 0; i < run->live_count; i++) {
        struct task *task = run->live[i];
        if (task->state != TASK_HELD || task->hold != kind || !is_meant(task, end, process))
            continue;
        if (end->whom != ITS_CHILDREN && !last_born)
            return task;
        if (chosen == NULL || (last_born ? task->process->number > chosen->process->number
                                         : task->process->number < chosen->process->number))
            chosen = task;
    }
    return chosen;
}

void hold_event(struct run *run, enum hold_event event, const struct process *process)
{
    for (enum hold_kind kind = HOLD_NONE + 1; kind < HOLD_KINDS; kind++) {
        const struct end *end = &holds[kind].ends[event];
        bool last_born = end->one_in_reverse && run->options->schedule == SCHEDULE_REVERSE;
        bool one = last_born || end->whom == THE_NEXT;
        if (end->whom == NOBODY)
            continue;
        hand_over(run, kind, NULL);
        for (;;) {
            struct task *task = choose(run, kind, end, process, last_born);
            if (task == NULL)
                break;
            hand_over(run, kind, task);
            release(run, task, end->why);
            if (one)
                break;
        }
    }
}

void hold_turn_comes(struct run *run, struct task *task)
{
    release(run, task, NULL);
}

struct task *hold_exit_is_seen(struct run *run, const struct process *child)
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

bool hold_ends_by_itself(const struct task *task)
{
    return holds[task->hold].ends_by_itself;
}

long long hold_time_over(const struct run *run)
{
    long long over = NEVER;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->state == TASK_HELD && holds[task->hold].ends[EVENT_TIME_OVER].whom != NOBODY &&
            task->held_since_ns + HOLD_NS < over)
            over = task->held_since_ns + HOLD_NS;
    }
    return over;
}

bool hold_of_somebody(const struct run *run)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (run->live[i]->state == TASK_HELD)
            return true;
    }
    return false;
}
