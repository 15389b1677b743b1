#include "processes.h"

#include <stdlib.h>

struct process *process_add(struct run *run, pid_t pid, struct process *parent, const char *how)
{
    struct process **grown =
        realloc(run->processes, (run->process_count + 1) * sizeof(struct process *));
    if (grown == NULL)
        return NULL;
    run->processes = grown;
    struct process *process = calloc(1, sizeof *process);
    if (process == NULL)
        return NULL;
    process->number = (int)run->process_count + 1;
    process->order = (int)run->process_count;
    process->pid = pid;
    process->parent = parent;
    process->how = how;
    process->has_views = parent != NULL && parent->has_views;
    run->processes[run->process_count++] = process;
    run->series->by_pid[pid % PID_LIMIT] = process;
    run->alive++;
    return process;
}

struct task *task_find(const struct run *run, pid_t tid)
{
    return run->series->tasks[tid % PID_LIMIT];
}

struct task *task_add(struct run *run, pid_t tid, struct process *process)
{
    if (run->live_count == run->live_capacity) {
        size_t capacity = run->live_capacity * 2 + 16;
        struct task **grown = realloc(run->live, capacity * sizeof(struct task *));
        if (grown == NULL)
            return NULL;
        run->live = grown;
        run->live_capacity = capacity;
    }
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL)
        return NULL;
    task->tid = tid;
    task->process = process;
    task->state = TASK_RUNNING;
    run->series->tasks[tid % PID_LIMIT] = task;
    run->live[run->live_count++] = task;
    return task;
}

void task_remove(struct run *run, struct task *task)
{
    for (size_t i = 0; i < run->live_count; i++) {
        if (run->live[i] == task) {
            run->live[i] = run->live[--run->live_count];
            break;
        }
    }
    for (size_t i = 0; i < run->live_count; i++) {
        if (run->live[i]->new_child == task)
            run->live[i]->new_child = NULL;
    }
    if (run->series->tasks[task->tid % PID_LIMIT] == task)
        run->series->tasks[task->tid % PID_LIMIT] = NULL;
    if (run->writer == task)
        run->writer = NULL;
    if (run->maker == task)
        run->maker = NULL;
    if (run->turn == task)
        run->turn = NULL;
    run->endless -= task->endless;
    free(task);
}

struct process *process_by_pid(const struct run *run, pid_t pid)
{
    return pid > 0 ? run->series->by_pid[pid % PID_LIMIT] : NULL;
}

/* shmat(2): a segment is mapped in whole pages. */
static unsigned long long mapped_length(const struct attachment *attachment)
{
    return (attachment->segment->size + 4095) & ~4095ULL;
}

/* SHM_REMAP puts an attachment in the place of others. */
static void forget_replaced(struct process *process, const struct attachment *attachment)
{
    unsigned long long start = attachment->address, end = start + mapped_length(attachment);
    for (size_t i = process->attachment_count; i > 0; i--) {
        const struct attachment *old = &process->attachments[i - 1];
        if (old->address < end && start < old->address + mapped_length(old))
            process->attachments[i - 1] = process->attachments[--process->attachment_count];
    }
}

int process_attach(struct process *process, struct attachment attachment)
{
    forget_replaced(process, &attachment);
    struct attachment *grown = realloc(process->attachments, (process->attachment_count + 1) *
                                                                 sizeof *process->attachments);
    if (grown == NULL)
        return -1;
    process->attachments = grown;
    process->attachments[process->attachment_count++] = attachment;
    return 0;
}

void process_detach_all(struct process *process)
{
    free(process->attachments);
    process->attachments = NULL;
    process->attachment_count = 0;
}

const struct attachment *process_attachment(const struct process *process,
                                            const struct segment *segment)
{
    for (size_t i = 0; i < process->attachment_count; i++) {
        if (process->attachments[i].segment == segment)
            return &process->attachments[i];
    }
    return NULL;
}

struct attachment *process_attachment_at(const struct process *process, unsigned long long address)
{
    for (size_t i = 0; i < process->attachment_count; i++) {
        struct attachment *attachment = &process->attachments[i];
        if (address >= attachment->address &&
            address - attachment->address < mapped_length(attachment))
            return attachment;
    }
    return NULL;
}

bool process_may_run(const struct process *process)
{
    return process->ended == 0 && process->quiet_since == 0;
}

void processes_free(struct run *run)
{
    for (size_t i = 0; i < run->process_count; i++) {
        run->series->by_pid[run->processes[i]->pid % PID_LIMIT] = NULL;
        free(run->processes[i]->attachments);
        free(run->processes[i]);
    }
    free(run->processes);
    run->processes = NULL;
    run->process_count = 0;
    while (run->live_count > 0)
        task_remove(run, run->live[0]);
    free(run->live);
    run->live = NULL;
    run->live_capacity = 0;
}
