/* What wakes a process at a moment of virtual time without its waiting for it: alarms, interval
   timers, POSIX timers, timers behind a descriptor. */
#ifndef WITNESS_TIMERS_H
#define WITNESS_TIMERS_H

#include <signal.h>

#include "run.h"

enum timer_kind {
    TIMER_FORGOTTEN,
    TIMER_ALARM,      /* alarm(2), setitimer(2) with ITIMER_REAL: one for a process */
    TIMER_NUMBERED,   /* timer_create(2) */
    TIMER_DESCRIPTOR, /* timerfd_create(2) */
};

struct timer {
    enum timer_kind kind;
    struct process *process;
    int number;      /* of a numbered one; of a descriptor: witness's own one for the same file */
    clockid_t clock; /* by which absolute times are meant */
    struct sigevent how;
    long long due_ns; /* in virtual time; 0: it is not set */
    long long interval_ns;
};

struct timer_time {
    long long first_ns; /* from now on; 0: it is not set */
    long long interval_ns;
};

/* Each returns NULL where there is no such timer, or no room to keep it: then it is the kernel's.
 */
struct timer *timer_of_alarm(struct run *run, struct process *process);
struct timer *timer_of_number(struct run *run, const struct process *process, int number);
struct timer *timer_of_descriptor(struct run *run, struct process *process, int descriptor);
void timer_made(struct run *run, struct process *process, int number, clockid_t clock,
                const struct sigevent *how);

void timer_set(struct run *run, struct timer *timer, struct timer_time time);

/* Nanoseconds until it is due; 0 where it is not set. */
long long timer_rest(const struct run *run, const struct timer *timer);

void timer_forget(struct timer *timer);

/* timer_create(2), "Notes": exec keeps alarms and deletes the others. */
void timers_of_exec(struct run *run, const struct process *process);

/* Those that are due send what they are to send. */
void timers_fire(struct run *run);

/* When the next one is due; NEVER where none is set. */
long long timers_next(const struct run *run);

/* Makes a signal that witness sent for an alarm look as the kernel's own (sigaction(2), SI_KERNEL).
   Returns whether it is one. */
bool timer_signal_is_alarm(const struct process *process, pid_t tid, siginfo_t *told);

void timers_free(struct run *run);

#endif
