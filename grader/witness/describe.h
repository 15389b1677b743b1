/* What is known of a call from its arguments, and how the facts tell it. */
#ifndef WITNESS_DESCRIBE_H
#define WITNESS_DESCRIBE_H

#include "run.h"

bool call_is_wait(const struct call *call);
int call_wait_options(const struct task *task);

/* The one process that a call of the wait family names, 0 where it takes any of several. */
pid_t call_waited_pid(const struct task *task);

/* Whether a call of the wait family takes this child of its caller. */
bool call_waits_for(const struct task *task, const struct process *child);

/* shmctl(2) with IPC_RMID. */
bool call_removes_segment(const struct task *task);

/* clone(2)'s flags; those that fork and vfork stand for. */
unsigned long long call_clone_flags(const struct task *task);

/* Reads the memory of a stopped task. */
bool task_poke_int(const struct task *task, unsigned long long address, int value);
bool task_peek(const struct task *task, unsigned long long address, void *bytes, size_t count);

/* The keys of a call's event, by its kind. result is -1 where it failed; child NULL where there is
 * none. */
/* Returns whether this call created a segment. */
bool describe_shm(struct run *run, struct json *event, const struct task *task, long result);
void describe_wait(struct json *event, const struct task *task, const struct process *child);
void describe_fork(struct json *event, const struct task *task, const struct process *child);
void describe_kill(struct json *event, const struct task *task, const struct process *target);

#endif
