/* Schedules instead of luck: who is held, until when, and how a hold ends where it would hang a
   program that is right. A process that is blocked in a call is never interrupted; one that spins
   may be. */
#ifndef WITNESS_SCHEDULE_H
#define WITNESS_SCHEDULE_H

#include "run.h"

/* Goes on with a stopped task, or holds it where the schedule says that it is not its turn. */
void task_continue(struct run *run, struct task *task, int request, int signal);

/* Keeps a stopped task stopped. */
void task_hold(struct run *run, struct task *task, enum hold_kind kind, int request, int signal);

/* Ends a hold. why is NULL for one that is not told. */
void task_release(struct run *run, struct task *task, const char *why);

/* Where one task at a time may be, this one is no longer: the next that was held for it goes on. */
void schedule_pass_on(struct run *run, struct task **place, enum hold_kind kind);

bool schedule_takes_turns(const struct run *run);

/* What happens in a run, told to the schedule. */
bool schedule_holds_newborn(const struct run *run, const struct process *child);
bool schedule_holds_parent(const struct run *run, const struct process *child);
/* On return from fork: must the parent wait until its child stopped for the first time? */
bool schedule_awaits_newborn(const struct run *run, const struct task *child);
void schedule_newborn_stopped(struct run *run, const struct process *child);
/* A process ended: the task whose wait already knew, and may return now what it was held with; NULL
   where there is none. */
struct task *schedule_exit_seen(struct run *run, const struct process *child);
void schedule_wait_entered(struct run *run, const struct task *task);
void schedule_blocks(struct run *run, struct task *task);
void schedule_ended(struct run *run, const struct process *process);
void schedule_slept(struct run *run, struct task *task);
void schedule_polled(struct run *run, struct task *task);
void schedule_release_all(struct run *run, const char *why);
/* Nobody is held any more: what is left of the time is for those who were. */
void schedule_give_up(struct run *run);

/* After the stops that came in were handled: gives the turn to somebody. */
void schedule_turn(struct run *run);

/* Now and then: does anybody spin, can nobody go on? */
void schedule_tick(struct run *run);

bool schedule_holds_somebody(const struct run *run);

#endif
