#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <sys/syscall.h>

#include "call_fork.h"
#include "call_ipc.h"
#include "call_kill.h"
#include "call_other.h"
#include "call_shm.h"
#include "call_time.h"
#include "call_wait.h"
#include "call_write.h"

/* What the calls of a family have in common. */
#define IS_A_FORK                                                                                  \
    .kind = CALL_FORK, .enter = enter_fork, .leave = leave_fork, .describe = describe_fork,        \
    .fail = "fork"
#define IS_A_WAIT                                                                                  \
    .kind = CALL_WAIT, .enter = enter_wait, .leave = leave_wait, .describe = describe_wait,        \
    .shown = "wait", .fail = "wait"
#define IS_A_SEMOP                                                                                 \
    .kind = CALL_BLOCKING, .enter = enter_semop, .leave = leave_semop, .describe = describe_semop, \
    .shown = "semop", .fail = "semop"
/* How it is told how long to wait: which argument says so, in which form, and more. */
#define TIMED(...)                                                                                 \
    .timed = &(const struct timed)                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define IS_A_PIPE .leave = leave_plain, .describe = describe_pipe, .shown = "pipe", .fail = "pipe"
#define IS_A_WRITE .kind = CALL_WRITE, .enter = enter_write, .leave = leave_write
#define IS_A_KILL                                                                                  \
    .enter = enter_kill, .leave = leave_kill, .describe = describe_kill, .looks = kill_looks,      \
    .shown = "kill", .fail = "kill"
#define IS_A_SLEEP                                                                                 \
    .kind = CALL_SLEEP, .enter = enter_sleep, .leave = leave_sleep, .describe = describe_sleep,    \
    .shown = "sleep"
#define IS_REFUSED .kind = CALL_REFUSED, .enter = enter_refused
#define IS_A_CLOCK .kind = CALL_CLOCK

/* Row 0 stands for every call of another architecture. clone3 is not here: the filter answers it
   with ENOSYS, so that the C library falls back to clone, whose flags a filter can see. */
const struct call calls[] = {
    {"foreign", -1, .kind = CALL_FOREIGN, .enter = enter_refused, .refusal = ENOSYS},
#ifdef SYS_fork /* arm64 has neither fork nor vfork: the C library uses clone there */
    {"fork", SYS_fork, IS_A_FORK},
    {"vfork", SYS_vfork, IS_A_FORK},
#endif
    {"clone", SYS_clone, IS_A_FORK},
    {"exec", SYS_execve, .leave = leave_plain, .describe = describe_exec},
    {"exec", SYS_execveat, .leave = leave_plain, .describe = describe_exec},
    {"wait4", SYS_wait4, IS_A_WAIT},
    {"waitid", SYS_waitid, IS_A_WAIT},
    {"shmget", SYS_shmget, .kind = CALL_LOOKUP, .enter = enter_shmget, .leave = leave_shmget,
     .describe = describe_shmget, .fail = "shmget"},
    {"shmat", SYS_shmat, .kind = CALL_LOOKUP, .leave = leave_shmat, .describe = describe_shmat,
     .fail = "shmat", .gives_address = true},
    {"shmdt", SYS_shmdt, .enter = enter_shmdt, .leave = leave_shmdt, .describe = describe_shmdt,
     .fail = "shmdt"},
    {"shmctl", SYS_shmctl, .enter = enter_shmctl, .leave = leave_shmctl,
     .describe = describe_shmctl, .looks = shmctl_looks, .fail = "shmctl"},
    {"semget", SYS_semget, .kind = CALL_LOOKUP, .enter = enter_semget, .leave = leave_semget,
     .describe = describe_semget, .fail = "semget"},
    {"semop", SYS_semop, IS_A_SEMOP},
    {"semtimedop", SYS_semtimedop, IS_A_SEMOP, TIMED(.argument = 3, .late = -EAGAIN)},
    {"semctl", SYS_semctl, .leave = leave_semctl, .describe = describe_semctl,
     .looks = semctl_looks, .fail = "semctl"},
    {"msgget", SYS_msgget, .kind = CALL_LOOKUP, .enter = enter_msgget, .leave = leave_msgget,
     .describe = describe_msgget, .fail = "msgget"},
    {"msgsnd", SYS_msgsnd, .kind = CALL_BLOCKING, .enter = enter_msgsnd, .leave = leave_message,
     .describe = describe_msgsnd, .fail = "msgsnd"},
    {"msgrcv", SYS_msgrcv, .kind = CALL_BLOCKING, .leave = leave_message,
     .describe = describe_msgrcv, .fail = "msgrcv"},
    {"msgctl", SYS_msgctl, .leave = leave_msgctl, .describe = describe_msgctl,
     .looks = msgctl_looks, .fail = "msgctl"},
#ifdef SYS_pipe
    {"pipe", SYS_pipe, IS_A_PIPE},
#endif
    {"pipe2", SYS_pipe2, IS_A_PIPE},
    {"write", SYS_write, IS_A_WRITE},
    {"writev", SYS_writev, IS_A_WRITE},
    {"pwrite64", SYS_pwrite64, IS_A_WRITE},
    {"pwritev", SYS_pwritev, IS_A_WRITE},
    {"pwritev2", SYS_pwritev2, IS_A_WRITE},
    {"sendfile", SYS_sendfile, IS_A_WRITE},
    {"splice", SYS_splice, IS_A_WRITE, .argument = 2},
    {"tee", SYS_tee, IS_A_WRITE, .argument = 1},
    {"vmsplice", SYS_vmsplice, IS_A_WRITE},
    {"copy_file_range", SYS_copy_file_range, IS_A_WRITE, .argument = 2},
    {"kill", SYS_kill, IS_A_KILL, .argument = 1},
    {"tkill", SYS_tkill, IS_A_KILL, .argument = 1},
    {"tgkill", SYS_tgkill, IS_A_KILL, .argument = 2},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, IS_A_KILL, .argument = 1},
    {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, IS_A_KILL, .argument = 2},
    {"pidfd_send_signal", SYS_pidfd_send_signal, IS_A_KILL, .argument = 1},
    {"prlimit", SYS_prlimit64, .kind = CALL_REACH, .enter = enter_prlimit},
    {"setrlimit", SYS_setrlimit, .enter = enter_setrlimit},
    {"setpriority", SYS_setpriority, .kind = CALL_REACH, .enter = enter_setpriority},
    {"sched_setparam", SYS_sched_setparam, .kind = CALL_REACH, .enter = enter_reach},
    {"sched_setscheduler", SYS_sched_setscheduler, .kind = CALL_REACH, .enter = enter_reach},
    {"sched_setattr", SYS_sched_setattr, .kind = CALL_REACH, .enter = enter_reach},
    {"sched_setaffinity", SYS_sched_setaffinity, .kind = CALL_REACH, .enter = enter_reach},
    {"ioprio_set", SYS_ioprio_set, IS_REFUSED},
    {"fcntl", SYS_fcntl, .kind = CALL_OWNER, .enter = enter_fcntl},
    {"ioctl", SYS_ioctl, .kind = CALL_OWNER, .enter = enter_owner},
    {"nanosleep", SYS_nanosleep, IS_A_SLEEP, TIMED(.argument = 0, .rest = 1, .sleeps = true)},
    {"clock_nanosleep", SYS_clock_nanosleep, IS_A_SLEEP, .argument = 2,
     TIMED(.argument = 2, .rest = 3, .sleeps = true, .by_clock = true)},
    {"clock_gettime", SYS_clock_gettime, IS_A_CLOCK, .enter = enter_clock_gettime},
    {"gettimeofday", SYS_gettimeofday, IS_A_CLOCK, .enter = enter_gettimeofday},
#ifdef SYS_time
    {"time", SYS_time, IS_A_CLOCK, .enter = enter_time},
#endif
#ifdef SYS_alarm
    {"alarm", SYS_alarm, IS_A_CLOCK, .enter = enter_alarm},
#endif
    {"setitimer", SYS_setitimer, IS_A_CLOCK, .enter = enter_setitimer},
    {"getitimer", SYS_getitimer, IS_A_CLOCK, .enter = enter_getitimer},
    {"timer_create", SYS_timer_create, IS_A_CLOCK, .leave = leave_timer_create},
    {"timer_settime", SYS_timer_settime, IS_A_CLOCK, .enter = enter_timer_settime},
    {"timer_gettime", SYS_timer_gettime, IS_A_CLOCK, .enter = enter_timer_gettime},
    {"timer_delete", SYS_timer_delete, IS_A_CLOCK, .enter = enter_timer_delete},
    {"timerfd_settime", SYS_timerfd_settime, IS_A_CLOCK, .enter = enter_timerfd_settime},
    {"timerfd_gettime", SYS_timerfd_gettime, IS_A_CLOCK, .enter = enter_timerfd_gettime},
#ifdef SYS_restart_syscall
    {"restart", SYS_restart_syscall, .kind = CALL_RESTART},
#endif
    {"prctl", SYS_prctl, .enter = enter_prctl},
    {"brk", SYS_brk, .kind = CALL_MEMORY, .leave = leave_memory},
    {"mremap", SYS_mremap, .kind = CALL_MEMORY, .enter = enter_mremap},
    {"mmap", SYS_mmap, .kind = CALL_MEMORY, .leave = leave_memory},
    {"seccomp", SYS_seccomp, IS_REFUSED},
    {"ptrace", SYS_ptrace, IS_REFUSED},
    {"unshare", SYS_unshare, IS_REFUSED},
    {"setns", SYS_setns, IS_REFUSED},
    {"io_uring_setup", SYS_io_uring_setup, IS_REFUSED, .refusal = ENOSYS},
    {"io_uring_enter", SYS_io_uring_enter, IS_REFUSED, .refusal = ENOSYS},
    {"io_uring_register", SYS_io_uring_register, IS_REFUSED, .refusal = ENOSYS},
    {"io_setup", SYS_io_setup, IS_REFUSED, .refusal = ENOSYS}, /* io_submit(2) writes, too */
    {"process_vm_readv", SYS_process_vm_readv, IS_REFUSED},
    {"process_vm_writev", SYS_process_vm_writev, IS_REFUSED},
    {"pidfd_getfd", SYS_pidfd_getfd, IS_REFUSED},
    {"kcmp", SYS_kcmp, IS_REFUSED},
    {"bpf", SYS_bpf, IS_REFUSED},
    {"perf_event_open", SYS_perf_event_open, IS_REFUSED},
    {"userfaultfd", SYS_userfaultfd, IS_REFUSED},
    {"add_key", SYS_add_key, IS_REFUSED},
    {"request_key", SYS_request_key, IS_REFUSED},
    {"keyctl", SYS_keyctl, IS_REFUSED},
    {"read", SYS_read, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"readv", SYS_readv, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"recvfrom", SYS_recvfrom, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"recvmsg", SYS_recvmsg, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"flock", SYS_flock, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"rt_sigsuspend", SYS_rt_sigsuspend, .kind = CALL_BLOCKING, .in_turns_only = true},
#ifdef SYS_pause
    {"pause", SYS_pause, .kind = CALL_BLOCKING, .in_turns_only = true},
    {"poll", SYS_poll, .kind = CALL_BLOCKING, TIMED(.argument = 2, .form = MILLISECONDS)},
    {"select", SYS_select, .kind = CALL_BLOCKING,
     TIMED(.argument = 4, .form = TIMEVAL, .rest = 4, .clears_sets = true)},
    {"epoll_wait", SYS_epoll_wait, .kind = CALL_BLOCKING,
     TIMED(.argument = 3, .form = MILLISECONDS)},
#endif
    {"ppoll", SYS_ppoll, .kind = CALL_BLOCKING, TIMED(.argument = 2, .rest = 2)},
    {"pselect6", SYS_pselect6, .kind = CALL_BLOCKING,
     TIMED(.argument = 4, .rest = 4, .clears_sets = true)},
    {"epoll_pwait", SYS_epoll_pwait, .kind = CALL_BLOCKING,
     TIMED(.argument = 3, .form = MILLISECONDS)},
    {"epoll_pwait2", SYS_epoll_pwait2, .kind = CALL_BLOCKING, TIMED(.argument = 3)},
    {"futex", SYS_futex, .kind = CALL_BLOCKING,
     TIMED(.argument = 3, .late = -ETIMEDOUT, .by_operation = true)},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, .kind = CALL_BLOCKING,
     TIMED(.argument = 2, .late = -EAGAIN)},
    {"mq_timedsend", SYS_mq_timedsend, .kind = CALL_BLOCKING,
     TIMED(.argument = 4, .late = -ETIMEDOUT, .by_realtime = true)},
    {"mq_timedreceive", SYS_mq_timedreceive, .kind = CALL_BLOCKING,
     TIMED(.argument = 4, .late = -ETIMEDOUT, .by_realtime = true)},
};

const size_t call_count = sizeof calls / sizeof *calls;
