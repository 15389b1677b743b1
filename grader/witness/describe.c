#define _GNU_SOURCE
#include "describe.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "processes.h"
#include "segments.h"

bool call_is_wait(const struct call *call)
{
    return call->kind == CALL_WAIT4 || call->kind == CALL_WAITID;
}

int call_wait_options(const struct task *task)
{
    return (int)task->arguments[task->call->kind == CALL_WAIT4 ? 2 : 3];
}

pid_t call_waited_pid(const struct task *task)
{
    pid_t pid = 0;
    if (task->call->kind == CALL_WAIT4)
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

/* What the kernel takes it for: an int, into which IPC_64 may be or-ed. */
static int shmctl_command(const struct task *task)
{
    return (int)task->arguments[1] & ~0x100;
}

bool call_removes_segment(const struct task *task)
{
    return task->call->kind == CALL_SHMCTL && shmctl_command(task) == IPC_RMID;
}

static const char *shmctl_name(int command)
{
    switch (command) {
    case IPC_RMID:
        return "IPC_RMID";
    case IPC_SET:
        return "IPC_SET";
    case IPC_STAT:
        return "IPC_STAT";
    case IPC_INFO:
        return "IPC_INFO";
    case SHM_LOCK:
        return "SHM_LOCK";
    case SHM_UNLOCK:
        return "SHM_UNLOCK";
    case SHM_STAT:
        return "SHM_STAT";
    case SHM_INFO:
        return "SHM_INFO";
    default:
        return "?";
    }
}

static void write_segment(struct json *event, const struct segment *segment)
{
    if (segment != NULL)
        json_integer(event, "segment", segment->number);
    else
        json_null(event, "segment");
}

bool describe_shm(struct run *run, struct json *event, const struct task *task, long result)
{
    const unsigned long long *arguments = task->arguments;
    bool created = false;
    switch (task->call->kind) {
    case CALL_SHMGET: {
        if (result < 0) /* a key that a stranger has in use */
            segment_meet_foreign(run, (key_t)arguments[0]);
        const struct segment *known = result >= 0 ? segment_known(run, (int)result) : NULL;
        struct segment *segment =
            result >= 0 ? segment_meet(run, (int)result, task->process) : NULL;
        json_integer(event, "key", (key_t)arguments[0]);
        json_integer(event, "size", (long long)arguments[1]);
        json_integer(event, "flags", (int)arguments[2]);
        write_segment(event, segment);
        created = known == NULL && segment != NULL && segment->created != 0;
        json_boolean(event, "created", created);
        break;
    }
    case CALL_SHMAT:
        json_integer(event, "id", (int)arguments[0]);
        json_address(event, "address", arguments[1]);
        json_integer(event, "flags", (int)arguments[2]);
        write_segment(event, segment_meet(run, (int)arguments[0], NULL));
        break;
    case CALL_SHMDT: {
        const struct attachment *attachment = process_attachment_at(task->process, arguments[0]);
        json_address(event, "address", arguments[0]);
        write_segment(event, attachment != NULL && attachment->address == arguments[0]
                                 ? attachment->segment
                                 : NULL);
        break;
    }
    case CALL_SHMCTL:
        json_integer(event, "id", (int)arguments[0]);
        json_string(event, "command", shmctl_name(shmctl_command(task)));
        write_segment(event, segment_known(run, (int)arguments[0]));
        break;
    default:
        break;
    }
    return created;
}

void describe_wait(struct json *event, const struct task *task, const struct process *child)
{
    bool waitid = task->call->kind == CALL_WAITID;
    json_integer(event, "pid", (pid_t)task->arguments[waitid ? 1 : 0]);
    json_integer(event, "options", call_wait_options(task));
    if (waitid) {
        json_string(event, "via", "waitid");
        json_integer(event, "id_type", (int)task->arguments[0]);
    }
    if (child != NULL)
        json_integer(event, "child", child->number);
    else
        json_null(event, "child");
    if (child != NULL && child->ended != 0)
        json_integer(event, "status", child->status);
    else
        json_null(event, "status");
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

bool task_poke_int(const struct task *task, unsigned long long address, int value)
{
    long word;
    if (!task_peek(task, address, &word, sizeof word))
        return false;
    memcpy(&word, &value, sizeof value);
    return ptrace(PTRACE_POKEDATA, task->tid, (void *)(uintptr_t)address, word) == 0;
}

void describe_kill(struct json *event, const struct task *task, const struct process *target)
{
    if (target != NULL)
        json_integer(event, "target", target->number);
    else
        json_null(event, "target");
    json_integer(event, "pid", (pid_t)task->arguments[0]);
    json_integer(event, "signal", (int)task->arguments[task->call->argument]);
}

void describe_fork(struct json *event, const struct task *task, const struct process *child)
{
    unsigned long long flags = call_clone_flags(task);
    if (child != NULL && (flags & CLONE_THREAD) == 0)
        json_integer(event, "child", child->number);
    else
        json_null(event, "child");
    json_boolean(event, "shares_memory", (flags & CLONE_VM) != 0);
    json_boolean(event, "thread", (flags & CLONE_THREAD) != 0);
}
