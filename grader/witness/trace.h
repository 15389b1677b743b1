/* The loop: waits for stops, hands each to its observer, keeps the schedule and the limits. */
#ifndef WITNESS_TRACE_H
#define WITNESS_TRACE_H

#include "run.h"

/* Runs the started command to its end. Returns with no process of the run alive. interrupted is set
   by a signal handler and ends everything. */
void trace_run(struct run *run, pid_t first, const volatile int *interrupted);

#endif
