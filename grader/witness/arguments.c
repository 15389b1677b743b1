#define _GNU_SOURCE
#include "arguments.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

bool call_is_wait(const struct call *call)
{
    return call->kind == CALL_WAIT;
}

int call_wait_options(const struct task *task)
{
    return (int)task->arguments[task->call->number == SYS_wait4 ? 2 : 3];
}

pid_t call_waited_pid(const struct task *task)
{
    pid_t pid = 0;
    if (task->call->number == SYS_wait4)
        pid = (pid_t)task->arguments[0];
    else if ((idtype_t)task->arguments[0] == P_PID)
        pid = (pid_t)task->arguments[1];
    return pid > 0 ? pid : 0;
}

bool call_waits_for(const struct task *task, const struct process *child)
{
    pid_t pid = call_waited_pid(task);
    return pid == 0 || pid == child->pid;
}

/* A system call of the task that shares nothing with clone flags: fork and vfork carry none. */
unsigned long long call_clone_flags(const struct task *task)
{
#ifdef SYS_fork
    if (task->call->number == SYS_fork)
        return SIGCHLD;
    if (task->call->number == SYS_vfork)
        return CLONE_VM | CLONE_VFORK | SIGCHLD;
#endif
    return task->arguments[0];
}

bool task_peek(const struct task *task, unsigned long long address, void *bytes, size_t count)
{
    for (size_t done = 0; done < count; done += sizeof(long)) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, task->tid, (void *)(uintptr_t)(address + done), NULL);
        if (errno != 0)
            return false;
        memcpy((char *)bytes + done, &word,
               count - done < sizeof word ? count - done : sizeof word);
    }
    return true;
}

bool task_poke(const struct task *task, unsigned long long address, const void *bytes, size_t count)
{
    for (size_t done = 0; done < count; done += sizeof(long)) {
        long word;
        if (count - done < sizeof word && !task_peek(task, address + done, &word, sizeof word))
            return false;
        memcpy(&word, (const char *)bytes + done,
               count - done < sizeof word ? count - done : sizeof word);
        if (ptrace(PTRACE_POKEDATA, task->tid, (void *)(uintptr_t)(address + done), word) != 0)
            return false;
    }
    return true;
}

bool task_poke_int(const struct task *task, unsigned long long address, int value)
{
    return task_poke(task, address, &value, sizeof value);
}

const char *call_shown_name(const struct task *task)
{
    const struct call *call = task->call;
    if (call->kind != CALL_FORK)
        return call->shown != NULL ? call->shown : call->name;
    unsigned long long flags = call_clone_flags(task);
    /* clone(2): what copies the memory and tells the parent is a fork, by whatever name */
    if ((flags & (CLONE_VM | CLONE_VFORK | CLONE_THREAD)) == 0)
        return "fork";
    return (flags & (CLONE_VM | CLONE_VFORK)) == (CLONE_VM | CLONE_VFORK) ? "vfork" : call->name;
}

int call_refusal(const struct call *call)
{
    return call->refusal != 0 ? call->refusal : EPERM;
}

bool call_creates(unsigned long long key, int flags)
{
    return (flags & IPC_CREAT) != 0 || (key_t)key == IPC_PRIVATE;
}

bool call_found_nothing(long result)
{
    return result == -ENOENT || result == -EINVAL || result == -EIDRM;
}
