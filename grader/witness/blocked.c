#define _GNU_SOURCE
#include "blocked.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "proc_text.h"

static ssize_t read_proc(pid_t tid, const char *file, char *text, size_t size)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/%s", tid, file);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor == -1)
        return -1;
    ssize_t length = read(descriptor, text, size - 1);
    close(descriptor);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

char task_kernel_state(pid_t tid)
{
    char text[512];
    if (read_proc(tid, "stat", text, sizeof text) <= 0)
        return '?';
    return proc_text_state(text);
}

long task_current_call(pid_t tid, unsigned long long arguments[6])
{
    char text[256];
    if (read_proc(tid, "syscall", text, sizeof text) <= 0)
        return CALL_UNTOLD;
    if (strncmp(text, "running", sizeof "running" - 1) == 0)
        return CALL_RUNNING;
    long number = proc_text_call(text, arguments);
    return number >= 0 ? number : CALL_UNTOLD;
}

static bool has_timeout(long number, const unsigned long long arguments[6])
{
    switch (number) {
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
#ifdef SYS_restart_syscall
    case SYS_restart_syscall: /* a timed call that a signal interrupted */
#endif
        return true;
#ifdef SYS_poll
    case SYS_poll:
        return (int)arguments[2] >= 0;
    case SYS_epoll_wait:
        return (int)arguments[3] >= 0;
    case SYS_select:
        return arguments[4] != 0;
#endif
    case SYS_epoll_pwait:
        return (int)arguments[3] >= 0;
    case SYS_ppoll:
        return arguments[2] != 0;
    case SYS_pselect6:
        return arguments[4] != 0;
    case SYS_futex:
    case SYS_semtimedop:
        return arguments[3] != 0;
    case SYS_rt_sigtimedwait:
        return arguments[2] != 0;
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
    case SYS_recvmmsg:
        return arguments[4] != 0;
    case SYS_epoll_pwait2:
        return arguments[3] != 0;
    default:
        return false;
    }
}

enum blocked task_blocked(const struct task *task)
{
    if (task->state == TASK_LISTENING)
        return BLOCKED_FOREVER;
    char state = task_kernel_state(task->tid);
    if (state == 'Z' || state == 'X' || state == 'T')
        return BLOCKED_FOREVER;
    /* The parent of a vfork waits in the call; a fork that copies always comes back, however long
       a busy machine keeps it. */
    if (task->call != NULL && task->call->kind == CALL_FORK)
        return state == 'D' && (call_clone_flags(task) & CLONE_VFORK) != 0 ? BLOCKED_FOREVER
                                                                           : BLOCKED_NO;
    if (state != 'S')
        return BLOCKED_NO;
    unsigned long long arguments[6];
    long number = task_current_call(task->tid, arguments);
    if (number == CALL_RUNNING)
        return BLOCKED_NO;
    if (task->call != NULL && call_is_wait(task->call))
        return BLOCKED_FOREVER;
    if (task->endless)
        return BLOCKED_TIMED;
    if (number < 0)
        return BLOCKED_UNKNOWN;
    return has_timeout(number, arguments) ? BLOCKED_TIMED : BLOCKED_FOREVER;
}

bool signal_is_noticed(pid_t tid, int signal)
{
    char status[4096];
    unsigned long long bit = 1ULL << (signal - 1);
    if (read_proc(tid, "status", status, sizeof status) <= 0)
        return true;
    if ((proc_text_mask(status, "SigCgt:") & bit) != 0)
        return true;
    if ((proc_text_mask(status, "SigIgn:") & bit) != 0)
        return false;
    /* signal(7): what is ignored by default */
    return signal != SIGCHLD && signal != SIGURG && signal != SIGWINCH && signal != SIGCONT;
}

long long process_cpu_ns(const struct process *process)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(process->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return used.tv_sec * 1000000000LL + used.tv_nsec;
}
