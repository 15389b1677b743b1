/* The processes of a run, their threads, and what each has attached. */
#ifndef WITNESS_PROCESSES_H
#define WITNESS_PROCESSES_H

#include "run.h"

struct process *process_add(struct run *run, pid_t pid, struct process *parent, const char *how);
struct task *task_find(const struct run *run, pid_t tid);
struct task *task_add(struct run *run, pid_t tid, struct process *process);
void task_remove(struct run *run, struct task *task);
struct process *process_by_pid(const struct run *run, pid_t pid);
int process_attach(struct process *process, struct attachment attachment);
void process_detach_all(struct process *process);
const struct attachment *process_attachment(const struct process *process,
                                            const struct segment *segment);
struct attachment *process_attachment_at(const struct process *process, unsigned long long address);
bool process_may_run(const struct process *process);
void processes_free(struct run *run);

#endif
