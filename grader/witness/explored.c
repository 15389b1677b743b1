#include "explored.h"

#include <stdlib.h>

#include "order.h"
#include "segments.h"
#include "verdict.h"

#define ORDER_LIMIT (1ULL << 62)

void explored_begin(struct explored *explored, size_t most)
{
    *explored = (struct explored){.most = most};
}

unsigned long long explored_next(struct explored *explored)
{
    size_t place = explored->tried++;
    return place < explored->orders.count ? explored->orders.list[place] : 0;
}

/* Returns whether it was not there. */
static bool add(struct numbers *numbers, struct run *run, unsigned long long number)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->list[i] == number)
            return false;
    }
    if (numbers->count == numbers->capacity) {
        size_t capacity = numbers->capacity * 2 + 64;
        unsigned long long *grown = realloc(numbers->list, capacity * sizeof *grown);
        if (grown == NULL) {
            run_end(run, VERDICT_FAULT, "no memory");
            return false;
        }
        numbers->list = grown;
        numbers->capacity = capacity;
    }
    numbers->list[numbers->count++] = number;
    return true;
}

/* The same order up to a decision, and another choice there; whoever runs goes on afterwards. */
static void add_choice(struct explored *explored, struct run *run, int at, size_t choice)
{
    unsigned long long order = 0, weight = 1;
    for (int i = 0; i <= at; i++) {
        const struct decision *decision = &run->order.decisions[i];
        order += (i == at ? choice : decision->choice) * weight;
        if (weight > ORDER_LIMIT / decision->count) {
            explored->left_out++;
            return;
        }
        weight *= decision->count;
    }
    add(&explored->orders, run, order);
}

/* Two steps meet: the later one is to come first, too. Where it could go on, by choosing it; else
   by whatever else could, as that may lead to it. Returns whether it could. */
static bool turn_round(struct explored *explored, struct run *run, int at, int process)
{
    const struct decision *decision = &run->order.decisions[at];
    for (size_t i = 0; i < decision->count; i++) {
        if (decision->candidates[i] == process) {
            add_choice(explored, run, at, i);
            return true;
        }
    }
    for (size_t i = 0; i < decision->count; i++)
        add_choice(explored, run, at, i);
    return false;
}

static void add_others(struct explored *explored, struct run *run)
{
    const struct order *order = &run->order;
    for (size_t later = 1; later < order->step_count; later++) {
        for (size_t i = later; i > 0; i--) {
            const struct step *step = &order->steps[i - 1];
            if (step->decision != NO_DECISION && order_steps_meet(step, &order->steps[later]) &&
                turn_round(explored, run, step->decision, order->steps[later].process))
                break;
        }
    }
}

static bool left_segments(const struct run *run)
{
    for (size_t i = 0; i < run->series->segment_count; i++) {
        const struct segment *segment = run->series->segments[i];
        if (!segment->gone && segment->made_here && segment->removed == 0)
            return true;
    }
    return false;
}

/* Equal for two runs in which all steps that meet came in the same order. */
static unsigned long long likeness(const struct order *order)
{
    static const unsigned long long odd = 0x9E3779B97F4A7C15ULL;
    unsigned long long whole = 0, own[STEPS_MAX];
    for (size_t i = 0; i < order->step_count; i++) {
        const struct step *step = &order->steps[i];
        unsigned long long before = (unsigned)step->process * odd + step->touches;
        for (size_t j = 0; j < i; j++) {
            if (order->steps[j].process == step->process ||
                order_steps_meet(&order->steps[j], step))
                before += own[j];
        }
        own[i] = (before ^ (before >> 29)) * odd;
        whole += own[i] ^ (own[i] >> 32);
    }
    return whole;
}

void explored_learn(struct explored *explored, struct run *run)
{
    if (explored->orders.count == 0)
        add(&explored->orders, run, 0); /* the first one */
    order_end(run);
    for (size_t i = 0; i < run->process_count; i++)
        explored->cpu_us += run->processes[i]->cpu_us;
    explored->stopped = run->verdict != VERDICT_ENDED || run->order.is_long || left_segments(run) ||
                        explored->cpu_us > run->options->limits.cpu_ms * 1000;
    if (!explored->stopped && add(&explored->seen, run, likeness(&run->order)))
        add_others(explored, run);
}

bool explored_is_over(const struct explored *explored)
{
    return explored->stopped || explored->tried >= explored->most ||
           explored->tried >= explored->orders.count;
}

size_t explored_left(const struct explored *explored)
{
    return explored->left_out + explored->orders.count - explored->tried;
}

void explored_free(struct explored *explored)
{
    free(explored->orders.list);
    free(explored->seen.list);
}
