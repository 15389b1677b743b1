/* witness on a slow machine: linked into it, this makes what it asks of its tracees late by LATE_US
   microseconds, before the call and after it. While witness sleeps, the programs go on, as they do
   on another CPU; while it computes (LATE_SPINS), they wait for the one that they share. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#ifndef LATE_US /* the tests say how late it is to be, and in which way */
#define LATE_US 0
#define LATE_SPINS 0
#endif

/* ld(1), --wrap: a call of NAME comes here as __wrap_NAME; __real_NAME is the library's. */
pid_t __real_wait4(pid_t pid, int *status, int options, struct rusage *usage);
pid_t __wrap_wait4(pid_t pid, int *status, int options, struct rusage *usage);
int __real_waitid(idtype_t type, id_t id, siginfo_t *told, int options);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *told, int options);
int __real_ppoll(struct pollfd *sources, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *sources, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
long __real_ptrace(enum __ptrace_request request, ...);
long __wrap_ptrace(enum __ptrace_request request, ...);

static void be_late(void)
{
    int error = errno;
    struct timespec now, end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += LATE_US % 1000000 * 1000L;
    end.tv_sec += LATE_US / 1000000 + end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    if (!LATE_SPINS) {
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
            ;
    } else {
        do
            clock_gettime(CLOCK_MONOTONIC, &now);
        while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
    }
    errno = error;
}

pid_t __wrap_wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    be_late();
    pid_t taken = __real_wait4(pid, status, options, usage);
    if (taken > 0)
        be_late();
    return taken;
}

int __wrap_waitid(idtype_t type, id_t id, siginfo_t *told, int options)
{
    be_late();
    return __real_waitid(type, id, told, options);
}

int __wrap_ppoll(struct pollfd *sources, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    int ready = __real_ppoll(sources, count, timeout, mask);
    be_late();
    return ready;
}

long __wrap_ptrace(enum __ptrace_request request, ...)
{
    va_list words;
    va_start(words, request);
    pid_t tid = va_arg(words, pid_t);
    void *address = va_arg(words, void *);
    void *data = va_arg(words, void *);
    va_end(words);
    be_late();
    return __real_ptrace(request, tid, address, data);
}
