/* What is known of a call from its arguments, before it is made. */
#ifndef WITNESS_ARGUMENTS_H
#define WITNESS_ARGUMENTS_H

#include "run.h"

/* The names that the facts use for a call: "fork" for clone(2) that copies, "wait" for the wait
 * family. */
const char *call_shown_name(const struct task *task);

/* The errno with which a call is refused. */
int call_refusal(const struct call *call);

bool call_is_wait(const struct call *call);
int call_wait_options(const struct task *task);

/* The one process that a call of the wait family names, 0 where it takes any of several. */
pid_t call_waited_pid(const struct task *task);

/* Whether a call of the wait family takes this child of its caller. */
bool call_waits_for(const struct task *task, const struct process *child);

/* clone(2)'s flags; those that fork and vfork stand for. */
unsigned long long call_clone_flags(const struct task *task);

/* shmget(2), semget(2), msgget(2): may it make a new one? */
bool call_creates(unsigned long long key, int flags);

/* The answer to a call that asks for something which is not there, not yet or no more. */
bool call_found_nothing(long result);

/* Reads and changes the memory of a stopped task. */
bool task_poke_int(const struct task *task, unsigned long long address, int value);
bool task_peek(const struct task *task, unsigned long long address, void *bytes, size_t count);
bool task_poke(const struct task *task, unsigned long long address, const void *bytes,
               size_t count);

#endif
