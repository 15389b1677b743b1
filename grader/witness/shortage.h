/* Calls that failed since there was too little of something, and what there was at that moment: who
   reads the facts can tell whether the run had used it up or the machine had no more. */
#ifndef WITNESS_SHORTAGE_H
#define WITNESS_SHORTAGE_H

#include "run.h"

/* Looks at a call that returned, and notes it where it failed for want of processes, memory,
   segments or files. */
void shortage_note(struct run *run, const struct task *task, long result);

/* A mapping or a larger heap was refused. Notes it and returns true where the machine is seen to
   give less than the run's limit; false where the limit may be the reason. */
bool shortage_of_memory(struct run *run, const struct task *task, long result);

/* How many descriptors this process may have: as many as the run's limit says, or fewer where the
   machine grants no more. */
long long shortage_open_files(const struct run *run, const struct task *task);

/* A process had as many as that, and they are fewer than the run's limit. */
void shortage_of_files(struct run *run, const struct task *task);

/* A process changes one of its own limits: from then on they may be the reason. */
void shortage_limits_changed(struct run *run, unsigned long long resource);

void shortages_write(struct json *json, const struct run *run);

#endif
