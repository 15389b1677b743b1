#define _GNU_SOURCE
#include "timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "virtual_time.h"

enum { TIMERS_MAX = 1000, DESCRIPTORS_MAX = 64 };

static struct timer *add(struct run *run, struct timer made)
{
    for (size_t i = 0; i < run->timer_count; i++) {
        if (run->timers[i].kind == TIMER_FORGOTTEN) {
            run->timers[i] = made;
            return &run->timers[i];
        }
    }
    if (run->timer_count == TIMERS_MAX)
        return NULL;
    struct timer *grown = realloc(run->timers, (run->timer_count + 1) * sizeof *grown);
    if (grown == NULL)
        return NULL;
    run->timers = grown;
    run->timers[run->timer_count] = made;
    return &run->timers[run->timer_count++];
}

struct timer *timer_of_alarm(struct run *run, struct process *process)
{
    for (size_t i = 0; i < run->timer_count; i++) {
        if (run->timers[i].kind == TIMER_ALARM && run->timers[i].process == process)
            return &run->timers[i];
    }
    return add(run, (struct timer){.kind = TIMER_ALARM, .process = process});
}

struct timer *timer_of_number(struct run *run, const struct process *process, int number)
{
    for (size_t i = 0; i < run->timer_count; i++) {
        struct timer *timer = &run->timers[i];
        if (timer->kind == TIMER_NUMBERED && timer->process == process && timer->number == number)
            return timer;
    }
    return NULL;
}

void timer_made(struct run *run, struct process *process, int number, clockid_t clock,
                const struct sigevent *how)
{
    timer_forget(timer_of_number(run, process, number));
    add(run, (struct timer){
                 .kind = TIMER_NUMBERED,
                 .process = process,
                 .number = number,
                 .clock = clock,
                 .how = *how,
             });
}

/* pidfd_getfd(2): the same open file, for witness; -1 where it can't be had. */
static int same_file(const struct process *process, int descriptor)
{
    int pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (pidfd < 0)
        return -1;
    int copy = (int)syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);
    close(pidfd);
    return copy;
}

/* proc(5), /proc/PID/fdinfo: the clock of a timer behind a descriptor; -1: it is no such thing. */
static clockid_t clock_of(int descriptor)
{
    char path[48], line[128];
    int clock = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", descriptor);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        static const char key[] = "clockid:";
        if (strncmp(line, key, sizeof key - 1) == 0)
            clock = (int)strtol(line + sizeof key - 1, NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    return clock;
}

static bool is_one_file(int one, int other)
{
    return syscall(SYS_kcmp, getpid(), getpid(), 0 /* KCMP_FILE */, one, other) == 0;
}

struct timer *timer_of_descriptor(struct run *run, struct process *process, int descriptor)
{
    const struct itimerspec unset = {.it_value = {0}};
    int copy = same_file(process, descriptor), kept = 0;
    if (copy < 0)
        return NULL;
    clockid_t clock = clock_of(copy);
    if (!clock_is_virtual(clock)) {
        close(copy);
        return NULL;
    }
    for (size_t i = 0; i < run->timer_count; i++) {
        struct timer *timer = &run->timers[i];
        if (timer->kind != TIMER_DESCRIPTOR)
            continue;
        kept++;
        if (is_one_file(timer->number, copy)) {
            close(copy);
            return timer;
        }
    }
    struct timer made = {
        .kind = TIMER_DESCRIPTOR, .process = process, .number = copy, .clock = clock};
    struct timer *timer = kept < DESCRIPTORS_MAX ? add(run, made) : NULL;
    if (timer == NULL)
        close(copy);
    else
        timerfd_settime(copy, 0, &unset, NULL);
    return timer;
}

void timer_set(struct run *run, struct timer *timer, struct timer_time time)
{
    const struct itimerspec unset = {.it_value = {0}};
    timer->due_ns = time.first_ns != 0 ? virtual_now(run) + time.first_ns : 0;
    timer->interval_ns = time.interval_ns;
    if (timer->kind == TIMER_DESCRIPTOR) /* what it had to tell is forgotten: timerfd_settime(2) */
        timerfd_settime(timer->number, 0, &unset, NULL);
}

long long timer_rest(const struct run *run, const struct timer *timer)
{
    if (timer->due_ns == 0)
        return 0;
    long long rest = timer->due_ns - virtual_now(run);
    return rest > 0 ? rest : 1;
}

void timer_forget(struct timer *timer)
{
    if (timer == NULL)
        return;
    if (timer->kind == TIMER_DESCRIPTOR)
        close(timer->number);
    *timer = (struct timer){.kind = TIMER_FORGOTTEN};
}

void timers_of_exec(struct run *run, const struct process *process)
{
    for (size_t i = 0; i < run->timer_count; i++) {
        if (run->timers[i].process == process && run->timers[i].kind == TIMER_NUMBERED)
            timer_forget(&run->timers[i]);
    }
}

/* timer_create(2): the signal, with what the program wants to find in it. */
static void send(const struct timer *timer)
{
    siginfo_t told = {.si_signo = timer->how.sigev_signo, .si_code = SI_TIMER};
    pid_t pid = timer->process->pid;
    told.si_timerid = timer->number;
    told.si_value = timer->how.sigev_value;
    if (timer->how.sigev_notify == SIGEV_THREAD_ID)
        syscall(SYS_rt_tgsigqueueinfo, pid, timer->how._sigev_un._tid, told.si_signo, &told);
    else if (timer->how.sigev_notify == SIGEV_SIGNAL)
        syscall(SYS_rt_sigqueueinfo, pid, told.si_signo, &told);
}

static void fire(struct timer *timer)
{
    const struct itimerspec at_once = {.it_value = {.tv_nsec = 1}};
    if (timer->kind == TIMER_ALARM) {
        timer->process->alarmed = true;
        kill(timer->process->pid, SIGALRM);
    } else if (timer->kind == TIMER_NUMBERED) {
        send(timer);
    } else {
        timerfd_settime(timer->number, 0, &at_once, NULL);
    }
}

void timers_fire(struct run *run)
{
    long long now = virtual_now(run);
    for (size_t i = 0; i < run->timer_count; i++) {
        struct timer *timer = &run->timers[i];
        if (timer->kind == TIMER_FORGOTTEN || timer->due_ns == 0)
            continue;
        if (timer->kind != TIMER_DESCRIPTOR && timer->process->ended != 0) {
            timer_forget(timer); /* a descriptor may be another process's, too */
            continue;
        }
        if (timer->due_ns > now)
            continue;
        fire(timer);
        timer->due_ns = timer->interval_ns != 0 ? now + timer->interval_ns : 0;
    }
}

long long timers_next(const struct run *run)
{
    long long next = NEVER;
    for (size_t i = 0; i < run->timer_count; i++) {
        const struct timer *timer = &run->timers[i];
        bool over = timer->kind != TIMER_DESCRIPTOR && timer->kind != TIMER_FORGOTTEN &&
                    timer->process->ended != 0;
        if (timer->kind != TIMER_FORGOTTEN && timer->due_ns != 0 && !over && timer->due_ns < next)
            next = timer->due_ns;
    }
    return next;
}

bool timer_signal_is_alarm(const struct process *process, pid_t tid, siginfo_t *told)
{
    if (!process->alarmed || told->si_signo != SIGALRM || told->si_code != SI_USER ||
        (told->si_pid != 0 && told->si_pid != getpid()))
        return false;
    *told = (siginfo_t){.si_signo = SIGALRM, .si_code = SI_KERNEL};
    ptrace(PTRACE_SETSIGINFO, tid, NULL, told);
    return true;
}

void timers_free(struct run *run)
{
    for (size_t i = 0; i < run->timer_count; i++)
        timer_forget(&run->timers[i]);
    free(run->timers);
    run->timers = NULL;
    run->timer_count = 0;
}
