/* The time that the programs of a series see. It stands still while somebody can go on, but for a
   small step a traced call, and jumps to the next moment at which somebody wants to wake. So what a
   program finds out about time is the same on a slow machine as on a fast one, and a sleep costs
   nothing. */
#ifndef WITNESS_VIRTUAL_TIME_H
#define WITNESS_VIRTUAL_TIME_H

#include <limits.h>

#include "run.h"

#define NEVER LLONG_MAX
#define SECOND_NS 1000000000LL

/* What the clocks of the machine showed when the series began. */
void virtual_time_begin(struct series *series);

/* Nanoseconds since the series began, as its programs see it; 1 at least. */
long long virtual_now(const struct run *run);

/* Whether a clock shows virtual time: those that count what a processor did are real. */
bool clock_is_virtual(clockid_t clock);

/* What a virtual clock shows. */
long long virtual_clock_ns(const struct run *run, clockid_t clock);

/* When a virtual clock shows this, as virtual_now tells it; 1 at least. */
long long virtual_when(const struct run *run, clockid_t clock, long long clock_ns);

/* A traced call takes a moment. */
void virtual_time_passes(struct run *run);

/* A process asked what time it is, or whether something has happened yet: the more often in a row,
   the more time passes, so that who asks until it is late comes to an end. */
void virtual_time_asked(struct run *run, struct process *process);

/* A process slept to the end of its time: as with asking, more time passes where it does so again
   and again. */
void virtual_time_slept(struct run *run, struct process *process);

/* Nobody can go on before that moment. */
void virtual_time_jump(struct run *run, long long moment);

#endif
