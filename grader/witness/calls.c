#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>

/* Row 0 stands for every call of another architecture. clone3 is not here: the filter answers it
   with ENOSYS, so that the C library falls back to clone, whose flags a filter can see. */
const struct call calls[] = {
    {"foreign", -1, CALL_FOREIGN, 0, ENOSYS},
#ifdef SYS_fork /* arm64 has neither fork nor vfork: the C library uses clone there */
    {"fork", SYS_fork, CALL_FORK, 0, 0},
    {"vfork", SYS_vfork, CALL_FORK, 0, 0},
#endif
    {"clone", SYS_clone, CALL_FORK, 0, 0},
    {"exec", SYS_execve, CALL_EXEC, 0, 0},
    {"exec", SYS_execveat, CALL_EXEC, 0, 0},
    {"wait4", SYS_wait4, CALL_WAIT4, 0, 0},
    {"waitid", SYS_waitid, CALL_WAITID, 0, 0},
    {"shmget", SYS_shmget, CALL_SHMGET, 0, 0},
    {"shmat", SYS_shmat, CALL_SHMAT, 0, 0},
    {"shmdt", SYS_shmdt, CALL_SHMDT, 0, 0},
    {"shmctl", SYS_shmctl, CALL_SHMCTL, 0, 0},
    {"write", SYS_write, CALL_WRITE, 0, 0},
    {"writev", SYS_writev, CALL_WRITE, 0, 0},
    {"pwrite64", SYS_pwrite64, CALL_WRITE, 0, 0},
    {"pwritev", SYS_pwritev, CALL_WRITE, 0, 0},
    {"pwritev2", SYS_pwritev2, CALL_WRITE, 0, 0},
    {"sendfile", SYS_sendfile, CALL_WRITE, 0, 0},
    {"splice", SYS_splice, CALL_WRITE, 2, 0},
    {"tee", SYS_tee, CALL_WRITE, 1, 0},
    {"vmsplice", SYS_vmsplice, CALL_WRITE, 0, 0},
    {"copy_file_range", SYS_copy_file_range, CALL_WRITE, 2, 0},
    {"kill", SYS_kill, CALL_KILL, 1, 0},
    {"tkill", SYS_tkill, CALL_KILL, 1, 0},
    {"tgkill", SYS_tgkill, CALL_KILL, 2, 0},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, CALL_KILL, 1, 0},
    {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, CALL_KILL, 2, 0},
    {"pidfd_send_signal", SYS_pidfd_send_signal, CALL_KILL, 1, 0},
    {"prlimit", SYS_prlimit64, CALL_REACH, 0, EPERM},
    {"setrlimit", SYS_setrlimit, CALL_LIMIT, 0, 0},
    {"setpriority", SYS_setpriority, CALL_REACH, 0, EPERM},
    {"sched_setparam", SYS_sched_setparam, CALL_REACH, 0, EPERM},
    {"sched_setscheduler", SYS_sched_setscheduler, CALL_REACH, 0, EPERM},
    {"sched_setattr", SYS_sched_setattr, CALL_REACH, 0, EPERM},
    {"sched_setaffinity", SYS_sched_setaffinity, CALL_REACH, 0, EPERM},
    {"ioprio_set", SYS_ioprio_set, CALL_REFUSED, 0, EPERM},
    {"fcntl", SYS_fcntl, CALL_OWNER, 0, EPERM},
    {"ioctl", SYS_ioctl, CALL_OWNER, 0, EPERM},
    {"nanosleep", SYS_nanosleep, CALL_SLEEP, 0, 0},
    {"clock_nanosleep", SYS_clock_nanosleep, CALL_SLEEP, 2, 0},
#ifdef SYS_alarm
    {"alarm", SYS_alarm, CALL_TIMER, 0, 0},
#endif
    {"setitimer", SYS_setitimer, CALL_TIMER, 0, 0},
    {"timer_create", SYS_timer_create, CALL_TIMER, 0, 0},
    {"timerfd_create", SYS_timerfd_create, CALL_TIMER, 0, 0},
#ifdef SYS_restart_syscall
    {"restart", SYS_restart_syscall, CALL_RESTART, 0, 0},
#endif
    {"prctl", SYS_prctl, CALL_PRCTL, 0, EPERM},
    {"brk", SYS_brk, CALL_MEMORY, 0, 0},
    {"mmap", SYS_mmap, CALL_MEMORY, 0, 0},
    {"seccomp", SYS_seccomp, CALL_REFUSED, 0, EPERM},
    {"ptrace", SYS_ptrace, CALL_REFUSED, 0, EPERM},
    {"unshare", SYS_unshare, CALL_REFUSED, 0, EPERM},
    {"setns", SYS_setns, CALL_REFUSED, 0, EPERM},
    {"io_uring_setup", SYS_io_uring_setup, CALL_REFUSED, 0, ENOSYS},
    {"io_uring_enter", SYS_io_uring_enter, CALL_REFUSED, 0, ENOSYS},
    {"io_uring_register", SYS_io_uring_register, CALL_REFUSED, 0, ENOSYS},
    {"io_setup", SYS_io_setup, CALL_REFUSED, 0, ENOSYS}, /* io_submit(2) writes, too */
    {"process_vm_readv", SYS_process_vm_readv, CALL_REFUSED, 0, EPERM},
    {"process_vm_writev", SYS_process_vm_writev, CALL_REFUSED, 0, EPERM},
    {"pidfd_getfd", SYS_pidfd_getfd, CALL_REFUSED, 0, EPERM},
    {"kcmp", SYS_kcmp, CALL_REFUSED, 0, EPERM},
    {"bpf", SYS_bpf, CALL_REFUSED, 0, EPERM},
    {"perf_event_open", SYS_perf_event_open, CALL_REFUSED, 0, EPERM},
    {"userfaultfd", SYS_userfaultfd, CALL_REFUSED, 0, EPERM},
    {"add_key", SYS_add_key, CALL_REFUSED, 0, EPERM},
    {"request_key", SYS_request_key, CALL_REFUSED, 0, EPERM},
    {"keyctl", SYS_keyctl, CALL_REFUSED, 0, EPERM},
    {"read", SYS_read, CALL_BLOCKING, 0, 0},
    {"readv", SYS_readv, CALL_BLOCKING, 0, 0},
    {"recvfrom", SYS_recvfrom, CALL_BLOCKING, 0, 0},
    {"recvmsg", SYS_recvmsg, CALL_BLOCKING, 0, 0},
    {"semop", SYS_semop, CALL_BLOCKING, CALL_ALWAYS, 0},
    {"semtimedop", SYS_semtimedop, CALL_BLOCKING, CALL_ALWAYS, 0},
    {"msgrcv", SYS_msgrcv, CALL_BLOCKING, 0, 0},
    {"msgsnd", SYS_msgsnd, CALL_BLOCKING, 0, 0},
    {"futex", SYS_futex, CALL_BLOCKING, 0, 0},
    {"flock", SYS_flock, CALL_BLOCKING, 0, 0},
    {"rt_sigsuspend", SYS_rt_sigsuspend, CALL_BLOCKING, 0, 0},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, CALL_BLOCKING, CALL_ALWAYS, 0},
#ifdef SYS_pause
    {"pause", SYS_pause, CALL_BLOCKING, 0, 0},
    {"poll", SYS_poll, CALL_BLOCKING, 0, 0},
    {"select", SYS_select, CALL_BLOCKING, 0, 0},
    {"epoll_wait", SYS_epoll_wait, CALL_BLOCKING, CALL_ALWAYS, 0},
#endif
    {"ppoll", SYS_ppoll, CALL_BLOCKING, 0, 0},
    {"pselect6", SYS_pselect6, CALL_BLOCKING, 0, 0},
    {"epoll_pwait", SYS_epoll_pwait, CALL_BLOCKING, CALL_ALWAYS, 0},
};

const size_t call_count = sizeof calls / sizeof *calls;

const char *call_shown_name(const struct call *call, unsigned long long flags)
{
    switch (call->kind) {
    case CALL_FORK:
        /* clone(2): what copies the memory and tells the parent is a fork, by whatever name */
        if (call->number == SYS_clone && (flags & (CLONE_VM | CLONE_VFORK | CLONE_THREAD)) == 0)
            return "fork";
        if ((flags & (CLONE_VM | CLONE_VFORK)) == (CLONE_VM | CLONE_VFORK))
            return "vfork";
        return call->name;
    case CALL_WAIT4:
    case CALL_WAITID:
        return "wait";
    case CALL_KILL:
        return "kill";
    case CALL_SLEEP:
        return "sleep";
    case CALL_FOREIGN:
    case CALL_REFUSED:
    case CALL_EXEC:
    case CALL_SHMGET:
    case CALL_SHMAT:
    case CALL_SHMDT:
    case CALL_SHMCTL:
    case CALL_WRITE:
    case CALL_REACH:
    case CALL_OWNER:
    case CALL_LIMIT:
    case CALL_TIMER:
    case CALL_PRCTL:
    case CALL_MEMORY:
    case CALL_BLOCKING:
    case CALL_RESTART:
        break;
    }
    return call->name;
}
