/* Calls that name another process: a signal, a limit, an owner of signals to come. A run reaches
   its own processes and no other, least of all witness. */
#ifndef WITNESS_REACH_H
#define WITNESS_REACH_H

#include "run.h"

/* The process of the run that a signal is sent to; NULL where it names a group or none. */
struct process *reach_target(const struct run *run, const struct task *task);

/* Whether the call may be made: it names processes of the run, or one that does not exist. The
   signals; what changes the process that its first argument names; setpriority(2); fcntl(2). */
bool reach_may_signal(const struct run *run, const struct task *task);
bool reach_may_change(const struct run *run, const struct task *task);
bool reach_may_set_priority(const struct run *run, const struct task *task);
bool reach_may_own(const struct run *run, const struct task *task);

#endif
