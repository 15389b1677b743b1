#define _GNU_SOURCE
#include "limits.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "blocked.h"
#include "events.h"
#include "group.h"
#include "hold.h"
#include "schedule.h"
#include "shortage.h"
#include "verdict.h"

enum {
    TICK_HELD_MS = 2,
    TICK_MS = 10,
    LATE_MS = 100,    /* a look that comes later than that: the machine stood still, or witness */
    SLOWNESS_MAX = 3, /* so much longer than by the time of its own a program may take */
};

/* poll(2): a pipe whose reader is gone, a terminal that hung up. */
static bool caller_is_gone(const struct run *run)
{
    struct pollfd results = {.fd = run->series->results, .events = 0};
    return poll(&results, 1, 0) > 0 && (results.revents & (POLLERR | POLLHUP)) != 0;
}

long long limits_counted(long long elapsed, long long since_look_ns)
{
    const long long late_ns = LATE_MS * 1000000LL;
    return since_look_ns > late_ns && elapsed > late_ns ? late_ns : elapsed;
}

/* What the processes computed since the last look, in microseconds. */
static long long computed_us(struct run *run, long long since_look_ns)
{
    long long used_us = run->cpu_us_ended;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct process *process = run->live[i]->process;
        if (process != NULL && process->pid == run->live[i]->tid)
            used_us += process_cpu_ns(process) / 1000;
    }
    long long more_us = limits_counted((used_us - run->cpu_seen_us) * 1000, since_look_ns) / 1000;
    run->cpu_seen_us = used_us;
    return more_us;
}

/* Who wants to go on, and waits for witness or for a processor, is not to blame for the time that
   this takes. Who is not traced waits for no witness. */
static void count_time(struct run *run, long long since_look_ns)
{
    long long real_ns = limits_counted(since_look_ns, since_look_ns);
    long long more_us = computed_us(run, since_look_ns);
    bool own = !run->tracing || run->all_asleep || more_us * 1000 > real_ns;
    run->cpu_used_us += more_us;
    run->real_ns += real_ns;
    run->own_ns += own ? real_ns : more_us * 1000;
}

long long limits_used_us(const struct run *run)
{
    long long real_ns = run->real_ns / SLOWNESS_MAX;
    return (run->own_ns > real_ns ? run->own_ns : real_ns) / 1000;
}

/* Then there is time left for whoever was held: what is right comes to its end. */
static bool a_limit_is_near(const struct run *run)
{
    const struct limits *limits = &run->options->limits;
    return limits_used_us(run) / 1000 >= limits->wall_ms / 4 * 3 ||
           run->cpu_used_us / 1000 >= limits->cpu_ms / 4 * 3;
}

/* Most processes of a run that is not traced end unseen. */
static void check_group(struct run *run)
{
    if (group_kills(run->series->group) > run->group_kills)
        run_end(run, VERDICT_MEMORY, "its processes together used more memory than the limit");
}

int limits_tick(struct run *run, long long now)
{
    int tick_ms = run->tracing && (schedule_takes_turns(run) || hold_of_somebody(run))
                      ? TICK_HELD_MS
                      : TICK_MS;
    if (events_are_too_many(run))
        run_end(run, VERDICT_EVENTS, "it made more calls than the grader can keep");
    if (now - run->ticked_ns < tick_ms * 1000000LL || run->ending)
        return tick_ms;
    long long since_look_ns = now - (run->ticked_ns != 0 ? run->ticked_ns : run->started_ns);
    run->ticked_ns = now;
    count_time(run, since_look_ns);
    if (limits_used_us(run) / 1000 >= run->options->limits.wall_ms)
        run_end(run, VERDICT_WALL_TIME, "it ran for longer than the limit");
    else if (run->linger_until_ns != 0 && now >= run->linger_until_ns)
        run->ending = true;
    if (run->cpu_used_us / 1000 >= run->options->limits.cpu_ms)
        run_end(run, VERDICT_CPU_TIME, "it computed for longer than the limit");
    check_group(run);
    if (caller_is_gone(run))
        run_end(run, VERDICT_FAULT, "nobody is there to read the facts");
    if (run->tracing && !run->ending && a_limit_is_near(run))
        schedule_give_up(run);
    if (run->tracing && !run->ending)
        schedule_tick(run);
    return tick_ms;
}

void limits_note_ending(struct run *run, const struct process *process)
{
    check_group(run);
    if (!WIFSIGNALED(process->status) || process->killed_by_witness)
        return;
    if (WTERMSIG(process->status) == SIGXFSZ)
        run_note_limit(run, VERDICT_FILE_SIZE, "it wrote a larger file than the limit");
    else if (WTERMSIG(process->status) == SIGXCPU)
        run_note_limit(run, VERDICT_CPU_TIME, "it computed for longer than the limit");
}

/* open(2): EMFILE comes when every number below the limit is taken, the last one too. */
void limits_note_open_files(struct run *run, const struct task *task)
{
    char path[48];
    struct stat status;
    long long count = 0, limit = run->options->limits.open_files;
    long long granted = shortage_open_files(run, task);
    snprintf(path, sizeof path, "/proc/%d/fd/%lld", task->tid, granted - 1);
    if (lstat(path, &status) != 0)
        return;
    snprintf(path, sizeof path, "/proc/%d/fd", task->tid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    closedir(folder);
    if (count >= granted && granted < limit)
        shortage_of_files(run, task);
    else if (count >= limit)
        run_note_limit(run, VERDICT_OPEN_FILES, "it had as many files open as the limit allows");
}
