/* Who is held, and what ends it: the ways to be held and the events that end them are one table in
   hold.c. A task that goes on does it through here. */
#ifndef WITNESS_HOLD_H
#define WITNESS_HOLD_H

#include "run.h"

enum hold_event {
    EVENT_CHILD_STOPPED,   /* a child, for the first time */
    EVENT_CHILD_ENDED,     /* a process */
    EVENT_PARENT_WAITS,    /* a process enters a wait for its children */
    EVENT_LAST_BORN_ENDED, /* in reverse order: one of the children of a process */
    EVENT_FIRST_ENDED,     /* process 1 */
    EVENT_TIME_OVER,       /* it lasted as long as a hold may, in virtual time, */
    EVENT_POLLING,         /* and somebody asked for another process all the while */
    EVENT_SPINNING,        /* somebody goes round in a loop without a traced call */
    EVENT_ALL_BLOCKED,     /* nobody can go on */
    EVENT_LIMIT_NEAR,
    EVENT_WRITER_GONE, /* who was writing to an output, or making a set, is back or has ended */
    EVENT_MAKER_GONE,
    HOLD_EVENTS,
};

/* Goes on with a stopped task, or holds it where the schedule says that it is not its turn. */
void task_continue(struct run *run, struct task *task, int request, int signal);

/* Keeps a stopped task stopped; awaited is the child because of which, or NULL. */
void task_hold(struct run *run, struct task *task, enum hold_kind kind,
               const struct process *awaited, int request);

/* Something happened: whom the table names goes on. process is whom the event tells of, or NULL. */
void hold_event(struct run *run, enum hold_event event, const struct process *process);

/* The task that was held for its turn has it now. */
void hold_turn_comes(struct run *run, struct task *task);

/* A process ended: the task whose wait already knew, and may return now what it was held with; NULL
   where there is none. */
struct task *hold_exit_is_seen(struct run *run, const struct process *child);

/* A task on its way to block needs no turn. */
void hold_blocks(struct run *run, struct task *task);

bool hold_of_somebody(const struct run *run);

/* When the first of the holds has lasted as long as it may, in virtual time; NEVER where none ends
   so. */
long long hold_time_over(const struct run *run);
bool hold_ends_by_itself(const struct task *task);

bool schedule_takes_turns(const struct run *run);

/* wait4(2), waitid(2): it is in a call of the wait family that blocks */
bool task_waits_for_long(const struct task *task);
bool task_waits_for_turn(const struct task *task);

/* The next number of the run's own luck. */
unsigned long long hold_draw(struct run *run);

#endif
