/* The limits of a run, watched over the sum of its processes. */
#ifndef WITNESS_LIMITS_H
#define WITNESS_LIMITS_H

#include "run.h"

/* Looks at the clocks when it is time to, and at the schedule. Returns how long to wait at most for
   the next look, in milliseconds. */
int limits_tick(struct run *run, long long now);

/* How much of an amount of time, in nanoseconds, that went by since the last look counts against a
   limit. Of a look that came late, little: it says how long the machine stood still, or witness
   did, and such a machine also charges its standstill to whoever was running. */
long long limits_counted(long long elapsed, long long since_look_ns);

/* How much of the limit of time the run has used: the time in which somebody computed or all slept,
   and a part of all time. A slow machine, or a slow witness, takes little of it. */
long long limits_used_us(const struct run *run);

/* A process ended: was it a limit of the kernel's? */
void limits_note_ending(struct run *run, const struct process *process);

/* A process is about to end: had it used up its descriptors? */
void limits_note_open_files(struct run *run, const struct task *task);

#endif
