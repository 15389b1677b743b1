#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "group.h"
#include "hold.h"
#include "user.h"

enum { EXIT_NOT_STARTED = 127 };

/* The hard limit of who called witness is lower than that of the run, or is the only one. */
static void take_what_is_granted(int resource)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit((__rlimit_resource_t)resource, &limit);
}

static void set_limit(int resource, long long value)
{
    const struct rlimit limit = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
        take_what_is_granted(resource);
}

/* Backstops in the kernel; witness itself watches the sums over all processes. */
static void set_limits(const struct limits *limits, bool tracing)
{
    const struct rlimit cpu = {.rlim_cur = (rlim_t)(limits->cpu_ms / 1000 + 1),
                               .rlim_max = (rlim_t)(limits->cpu_ms / 1000 + 2)};
    setrlimit(RLIMIT_CPU, &cpu);
    set_limit(RLIMIT_AS, limits->memory);
    set_limit(RLIMIT_FSIZE, limits->file_size);
    set_limit(RLIMIT_NOFILE, limits->open_files);
    set_limit(RLIMIT_CORE, 0);
    if (tracing) /* witness counts the processes */
        take_what_is_granted(RLIMIT_NPROC);
    else /* nobody does; the limit holds for each user of a namespace */
        set_limit(RLIMIT_NPROC, limits->processes);
}

/* signal(7): what is ignored or blocked is inherited over exec; a program must find all as by
 * default */
static void reset_signals(void)
{
    sigset_t none;
    /* rt_sigaction(2): the kernel's own struct, all zeros for SIG_DFL. The C library's sigaction
       keeps two signals to itself, which may be ignored by inheritance all the same. */
    const unsigned long standard[4] = {0};
    const size_t mask_size = 8;
    for (int number = 1; number < NSIG; number++)
        syscall(SYS_rt_sigaction, number, standard, NULL, mask_size);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int refuse(const struct run *run, const char *what, enum need need, int error)
{
    *run->series->refused = (struct refusal){.what = what, .need = need, .error = error};
    return -1;
}

/* The child's end where its command was not the one to fail. */
static _Noreturn void give_up(const struct run *run, const char *what, enum need need)
{
    refuse(run, what, need, errno);
    _exit(EXIT_NOT_STARTED);
}

/* From 13 on gcc's analyzer takes a descriptor that stays open for the command for a leak. */
#if __GNUC__ >= 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
#endif
static _Noreturn void become_command(const struct run *run, int go_ahead,
                                     const struct sock_filter *filter, unsigned short count)
{
    char byte;
    ssize_t got;
    int empty = open("/dev/null", O_RDONLY);
    do
        got = read(go_ahead, &byte, 1);
    while (got == -1 && errno == EINTR);
    if (got != 1) /* witness gave up before, and knows why */
        _exit(EXIT_NOT_STARTED);
    if (empty < 0)
        give_up(run, "cannot open /dev/null for", NEED_OTHER);
    if (setsid() == -1 || group_enter(run->series->group) != 0)
        give_up(run, "cannot enter the cgroup of", NEED_OTHER);
    if (dup2(empty, 0) == -1 || dup2(run->outputs[1].program, 1) == -1 ||
        dup2(run->outputs[2].program, 2) == -1)
        give_up(run, "cannot open the outputs of", NEED_OTHER);
    closefrom(3); /* also where the kernel has no close_range */
    reset_signals();
    set_limits(&run->options->limits, run->tracing);
    if (user_become(run->series->uid) != 0)
        give_up(run, "cannot become the user of", NEED_OTHER);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* should witness be killed; another uid clears it */
    if (filter_install(filter, count) != 0)
        give_up(run, "cannot filter the system calls of", NEED_FILTER);
    execvp(run->options->command[0], run->options->command);
    _exit(EXIT_NOT_STARTED);
}
#if __GNUC__ >= 13
#pragma GCC diagnostic pop
#endif

/* A process that follows nobody's orders must not follow the tracer into its memory: while the
   child is seized it has to be dumpable and of witness's own user (ptrace(2), access mode checks),
   afterwards witness itself is not, and the child may be another one. */
static int seize(pid_t pid)
{
    const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD |
                         PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    return (int)ptrace(PTRACE_SEIZE, pid, NULL, options);
}

static enum filter_use filter_for(const struct run *run)
{
    if (!run->tracing)
        return FILTER_REFUSE;
    return schedule_takes_turns(run) ? FILTER_TRACE_BLOCKING : FILTER_TRACE;
}

/* Tracer and traced take turns, and waking one on another CPU costs more than what either does in
   its turn (measured). Where it fails, the run is only slower. */
static void share_one_cpu(void)
{
    cpu_set_t one;
    int current = sched_getcpu();
    if (current < 0 || current >= CPU_SETSIZE)
        return;
    CPU_ZERO(&one);
    CPU_SET(current, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static int end_at_once(void *nothing)
{
    (void)nothing;
    return 0;
}

/* --first-pid: ids are given in a row, so children that end at once use up those below. They share
   all that may be shared (measured: 8 to 20 us each, a fork 60 to 120). Only in a PID namespace of
   its own are the ids witness's to use up. */
static void use_up_ids(pid_t first)
{
    _Alignas(16) char stack[16384];
    const int sharing = CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES | CLONE_SIGHAND;
    pid_t last = getpid();
    for (pid_t tries = 1; last + 1 < first && tries < first; tries++) {
        last = clone(end_at_once, stack + sizeof stack, sharing, NULL);
        if (last == -1)
            return;
        while (waitpid(last, NULL, __WCLONE) == -1 && errno == EINTR)
            ;
    }
}

static pid_t end_child(const struct run *run, pid_t pid, const char *what, enum need need)
{
    int error = errno;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return refuse(run, what, need, error);
}

pid_t spawn_command(struct run *run)
{
    struct sock_filter filter[FILTER_MAX];
    unsigned short count = filter_build(filter, filter_for(run));
    int go_ahead[2];
    if (pipe2(go_ahead, O_CLOEXEC) != 0)
        return refuse(run, "cannot make a pipe for", NEED_OTHER, errno);
    if (run->tracing)
        share_one_cpu();
    if (run->options->first_pid > 1 && getpid() == 1)
        use_up_ids((pid_t)run->options->first_pid);
    if (user_return(run->series->uid) != 0) {
        refuse(run, "cannot be root again to start", NEED_OTHER, errno);
        close(go_ahead[0]);
        close(go_ahead[1]);
        return -1;
    }
    prctl(PR_SET_DUMPABLE, 1L);
    pid_t pid = fork();
    if (pid == 0) {
        close(go_ahead[1]);
        become_command(run, go_ahead[0], filter, count);
    }
    close(go_ahead[0]);
    if (pid == -1)
        refuse(run, "cannot fork", NEED_OTHER, errno);
    if (pid > 0 && run->tracing && seize(pid) != 0)
        pid = end_child(run, pid, "cannot trace", NEED_TRACE);
    if (user_take(run->series->uid) != 0 && pid > 0)
        pid = end_child(run, pid, "cannot become the user of", NEED_OTHER);
    prctl(PR_SET_DUMPABLE, 0L);
    if (pid > 0 && write(go_ahead[1], "", 1) != 1)
        pid = end_child(run, pid, "cannot start", NEED_OTHER);
    close(go_ahead[1]);
    return pid;
}
