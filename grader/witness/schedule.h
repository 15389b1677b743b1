/* Schedules instead of luck: who is to be held (hold.h), and when a hold would hang a program that
   is right. A process that is blocked in a call is never interrupted; one that spins
   may be. */
#ifndef WITNESS_SCHEDULE_H
#define WITNESS_SCHEDULE_H

#include "run.h"

/* What happens in a run, told to the schedule. */
bool schedule_holds_newborn(const struct run *run, const struct process *child);
bool schedule_holds_parent(const struct run *run, const struct process *child);
/* On return from fork: must the parent wait until its child stopped for the first time? */
bool schedule_awaits_newborn(const struct run *run, const struct task *child);
void schedule_wait_entered(struct run *run, const struct task *task);
void schedule_ended(struct run *run, const struct process *process);
void schedule_polled(struct run *run, struct task *task);
/* Nobody is held any more: what is left of the time is for those who were. */
void schedule_give_up(struct run *run);

/* After the stops that came in were handled: gives the turn to somebody. */
void schedule_turn(struct run *run);

/* Virtual time may have passed: who was to wake is woken, and holds end that lasted long enough. */
void schedule_time(struct run *run);

/* Whether schedule_rests has something to do once nobody can go on. */
bool schedule_has_plans(const struct run *run);

/* Nobody told anything. Where it is proved that nobody can go on, the next one does: whose turn
   comes, who is held, or whose time comes, to which virtual time jumps. Returns whether there was
   one. */
bool schedule_rests(struct run *run);

/* Now and then: does anybody spin, can nobody go on? */
void schedule_tick(struct run *run);

#endif
