/* What a traced call means: its entry (may it be made, does it fail by order, does somebody go
   first?) and its return (what is now true of the processes and the segments). */
#ifndef WITNESS_OBSERVE_H
#define WITNESS_OBSERVE_H

#include "run.h"

/* At a seccomp stop. Goes on with the task, or holds it. */
void observe_entry(struct run *run, struct task *task, size_t row,
                   const unsigned long long arguments[6]);

/* At the stop where the call returned. result is -errno where it failed. Goes on with the task, or
 * holds it. */
void observe_return(struct run *run, struct task *task, long result);

/* The task made another call, or ended, after a signal interrupted the one it was in. */
void observe_interrupted(struct run *run, struct task *task);

#endif
