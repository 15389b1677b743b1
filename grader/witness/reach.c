#define _GNU_SOURCE
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc_text.h"
#include "processes.h"

/* pidfd_send_signal(2): an opened folder /proc/PID names that process too. */
static pid_t pid_of_folder(pid_t tid, int descriptor)
{
    char name[64], target[64];
    snprintf(name, sizeof name, "/proc/%d/fd/%d", tid, descriptor);
    ssize_t length = readlink(name, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    const char *last = strrchr(target, '/');
    if (strncmp(target, "/proc/", strlen("/proc/")) != 0 || last == NULL)
        return 0;
    long pid = strtol(last + 1, NULL, 10);
    return pid > 0 ? (pid_t)pid : 0;
}

/* pidfd_open(2): /proc/PID/fdinfo tells whose descriptor it is. 0 where it is none, or the process
   is gone. */
static pid_t pid_of_descriptor(pid_t tid, int descriptor)
{
    char name[64], text[1024];
    snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", tid, descriptor);
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file == -1)
        return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    pid_t pid = proc_text_pid(text);
    return pid != 0 ? pid : pid_of_folder(tid, descriptor);
}

/* kill(2): also a thread's number names its process. */
static struct process *find(const struct run *run, pid_t pid)
{
    if (pid <= 0 || pid >= PID_LIMIT)
        return NULL;
    const struct task *task = task_find(run, pid);
    return task != NULL && task->process != NULL ? task->process : process_by_pid(run, pid);
}

static pid_t named_pid(const struct task *task)
{
    if (task->call->number == SYS_pidfd_send_signal)
        return pid_of_descriptor(task->tid, (int)task->arguments[0]);
    return (pid_t)task->arguments[0];
}

struct process *reach_target(const struct run *run, const struct task *task)
{
    return find(run, named_pid(task));
}

static bool is_absent(pid_t pid)
{
    return kill(pid, 0) == -1 && errno == ESRCH;
}

/* A process that was reaped may have given its number to a stranger. */
static bool is_inside(const struct run *run, pid_t pid)
{
    const struct process *process = find(run, pid);
    return (process != NULL && process->reaped == 0) || is_absent(pid);
}

/* kill(2): 0 is the caller's group, which lies in the run's session, -1 everyone. */
static bool is_group_inside(const struct run *run, pid_t pid)
{
    if (pid == -1)
        return getpid() == 1; /* there is nobody else in this namespace */
    return pid == 0 || find(run, -pid) != NULL || is_absent(pid);
}

bool reach_may_signal(const struct run *run, const struct task *task)
{
    if (task->call->number == SYS_pidfd_send_signal) {
        pid_t pid = named_pid(task);
        return pid == 0 || is_inside(run, pid);
    }
    pid_t pid = (pid_t)task->arguments[0];
    bool groups = task->call->number == SYS_kill;
    return groups && pid <= 0 ? is_group_inside(run, pid) : pid <= 0 || is_inside(run, pid);
}

bool reach_may_set_priority(const struct run *run, const struct task *task)
{
    pid_t who = (pid_t)task->arguments[1];
    switch ((int)task->arguments[0]) {
    case PRIO_PROCESS:
        return who == 0 || is_inside(run, who);
    case PRIO_PGRP:
        return who >= 0 && is_group_inside(run, -who);
    default:
        return false; /* all processes of a user */
    }
}

/* fcntl(2): who gets the signals of a descriptor; the other ways to say it point into memory, which
   may change after a look. */
bool reach_may_own(const struct run *run, const struct task *task)
{
    pid_t owner = (pid_t)task->arguments[2];
    if ((int)task->arguments[1] != F_SETOWN)
        return false;
    return owner >= 0 ? owner == 0 || is_inside(run, owner)
                      : owner != -1 && is_group_inside(run, owner);
}

bool reach_may_change(const struct run *run, const struct task *task)
{
    pid_t pid = (pid_t)task->arguments[0];
    return pid == 0 || is_inside(run, pid);
}
