#define _GNU_SOURCE
#include "virtual_time.h"

#include <time.h>

#include "verdict.h"

enum {
    CALL_NS = 1000,            /* what a traced call takes, */
    ASKS_DOUBLE = 64,          /* twice as much after so many questions in a row, */
    ASK_MAX_NS = 10000000,     /* at most this for a question */
    SLEEP_MAX_NS = 1000000000, /* and this for a sleep */
};

void virtual_time_begin(struct series *series)
{
    for (clockid_t clock = 0; clock < CLOCKS; clock++) {
        struct timespec now;
        if (clock_is_virtual(clock) && clock_gettime(clock, &now) == 0)
            series->clock_base_ns[clock] = now.tv_sec * SECOND_NS + now.tv_nsec;
    }
    series->virtual_ns = 1;
}

long long virtual_now(const struct run *run)
{
    return run->series->virtual_ns;
}

bool clock_is_virtual(clockid_t clock)
{
    return clock >= 0 && clock < CLOCKS && clock != CLOCK_PROCESS_CPUTIME_ID &&
           clock != CLOCK_THREAD_CPUTIME_ID;
}

long long virtual_clock_ns(const struct run *run, clockid_t clock)
{
    return run->series->clock_base_ns[clock] + run->series->virtual_ns;
}

long long virtual_when(const struct run *run, clockid_t clock, long long clock_ns)
{
    long long when = clock_ns - run->series->clock_base_ns[clock];
    return when > 0 ? when : 1;
}

void virtual_time_passes(struct run *run)
{
    run->series->virtual_ns += CALL_NS;
}

static long long growing(int times, long long most)
{
    int doubled = times / ASKS_DOUBLE;
    long long step = doubled < 20 ? (long long)CALL_NS << doubled : most;
    return step < most ? step : most;
}

void virtual_time_asked(struct run *run, struct process *process)
{
    run->series->virtual_ns += growing(process->asks, ASK_MAX_NS);
    if (process->asks < INT_MAX)
        process->asks++;
}

static void count_as_slept(struct run *run, long long ns)
{
    run->slept_ns += ns;
    if (run->slept_ns / 1000000 >= run->options->limits.virtual_ms)
        run_end(run, VERDICT_WALL_TIME, "by the clock that it sees it slept longer than the limit");
}

void virtual_time_slept(struct run *run, struct process *process)
{
    long long step = growing(process->asks, SLEEP_MAX_NS);
    run->series->virtual_ns += step;
    if (process->asks < INT_MAX)
        process->asks++;
    count_as_slept(run, step);
}

void virtual_time_jump(struct run *run, long long moment)
{
    if (moment <= run->series->virtual_ns)
        return;
    long long slept = moment - run->series->virtual_ns;
    run->series->virtual_ns = moment;
    count_as_slept(run, slept);
}
