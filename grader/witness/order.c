#include "order.h"

#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "arguments.h"
#include "call_kill.h"
#include "hold.h"

/* What a step touches that another process may touch, too. */
enum touched {
    TOUCHES_SHARED = 1 << 0, /* segments, sets, queues, pipes, files */
    TOUCHES_OUTPUT = 1 << 1,
    TOUCHES_PROCESSES = 1 << 2, /* it ends, or asks whether another one has */
};

static unsigned touched_by(const struct task *task)
{
    switch (task->call->kind) {
    case CALL_CLOCK:
    case CALL_MEMORY:
    case CALL_SLEEP:
    case CALL_RESTART:
    case CALL_FORK:
        return 0;
    case CALL_WRITE:
        return task->stream > 0 ? TOUCHES_OUTPUT : TOUCHES_OUTPUT | TOUCHES_SHARED;
    case CALL_WAIT:
        return (call_wait_options(task) & WNOHANG) != 0 ? TOUCHES_PROCESSES : 0;
    case CALL_REACH:
        return TOUCHES_PROCESSES;
    default:
        break;
    }
    const struct call *call = task->call;
    if (call->enter == enter_kill) /* whoever gets the signal may do anything because of it */
        return TOUCHES_SHARED | TOUCHES_OUTPUT | TOUCHES_PROCESSES;
    bool looks = call->looks != NULL && call->looks(task);
    return TOUCHES_SHARED | (looks ? TOUCHES_PROCESSES : 0);
}

/* What it has attached it may use at any time. */
static unsigned touched_within(const struct process *process)
{
    return (process->attachment_count > 0 || process->has_views ? TOUCHES_SHARED : 0) |
           (process->ended != 0 ? TOUCHES_PROCESSES : 0);
}

static bool may_be_noticed(const struct task *task)
{
    enum call_kind kind = task->call->kind;
    return kind != CALL_CLOCK && kind != CALL_MEMORY && kind != CALL_SLEEP && kind != CALL_RESTART;
}

int order_begin(struct run *run)
{
    run->order.rest = run->options->order;
    run->order.chosen_at = NO_DECISION;
    if (run->options->schedule != SCHEDULE_ORDER)
        return 0;
    run->order.steps = calloc(STEPS_MAX, sizeof *run->order.steps);
    run->order.decisions = calloc(DECISIONS_MAX, sizeof *run->order.decisions);
    return run->order.steps != NULL && run->order.decisions != NULL ? 0 : -1;
}

bool order_asks(struct run *run, const struct task *task, int request)
{
    bool born = run->order.births != run->process_count;
    if (!born && (request != PTRACE_SYSCALL || task->call == NULL || !may_be_noticed(task)))
        return false;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *other = run->live[i];
        bool waits = other->state == TASK_HELD && other->hold == HOLD_TURN;
        bool will_wait = born && other != task && other->state == TASK_STOPPED;
        if (waits || will_wait) {
            run->order.births = run->process_count;
            return true;
        }
    }
    return false;
}

void order_gives_way(struct run *run)
{
    run->order.gives_way = true;
}

static struct step *newest_of(const struct run *run, const struct process *process)
{
    for (size_t i = run->order.step_count; i > 0; i--) {
        if (run->order.steps[i - 1].process == process->number)
            return &run->order.steps[i - 1];
    }
    return NULL;
}

static void end_step(struct run *run)
{
    if (run->order.step_count == 0)
        return;
    struct step *step = &run->order.steps[run->order.step_count - 1];
    if (!step->blocks)
        step->touches |= touched_within(run->processes[step->process - 1]);
}

void order_goes_on(struct run *run, const struct task *task, int request)
{
    struct order *order = &run->order;
    bool calls = request == PTRACE_SYSCALL && task->call != NULL;
    bool blocks = calls && task_waits_for_long(task); /* its return will be a step of its own */
    int decision = order->chosen_at;
    if (!order->goes_on && !(calls && may_be_noticed(task)))
        return;
    end_step(run);
    order->goes_on = false;
    order->chosen_at = NO_DECISION;
    if (order->step_count == STEPS_MAX) {
        order->is_long = true;
        return;
    }
    order->steps[order->step_count++] = (struct step){
        .process = task->process->number,
        .decision = decision,
        .blocks = blocks,
        .touches = blocks ? 0 : touched_within(task->process) | (calls ? touched_by(task) : 0),
    };
}

size_t order_choose(struct run *run, struct task *const candidates[], size_t count)
{
    struct order *order = &run->order;
    order->gives_way = false;
    order->goes_on = true;
    if (count < 2)
        return 0;
    if (order->decision_count == DECISIONS_MAX) {
        order->is_long = true;
        return 0;
    }
    struct decision *decision = &order->decisions[order->decision_count];
    *decision = (struct decision){.choice = (size_t)(order->rest % count), .count = count};
    order->rest /= count;
    for (size_t i = 0; i < count; i++)
        decision->candidates[i] = candidates[i]->process->number;
    order->chosen_at = order->decision_count++;
    return decision->choice;
}

void order_end(struct run *run)
{
    for (size_t i = 0; i < run->process_count; i++) {
        struct step *step = newest_of(run, run->processes[i]);
        if (step != NULL)
            step->touches |= touched_within(run->processes[i]);
    }
}

bool order_steps_meet(const struct step *one, const struct step *other)
{
    return one->process != other->process && (one->touches & other->touches) != 0;
}

void order_free(struct run *run)
{
    free(run->order.steps);
    free(run->order.decisions);
}
