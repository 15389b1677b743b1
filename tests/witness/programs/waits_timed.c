// Each way to wait for a time, and what comes of it: waits_timed WAY [MILLISECONDS]. Prints what
// the call returned, errno, and how many milliseconds passed by two clocks.
#include "program.h"
#include <errno.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static void ignore(int number)
{
    (void)number;
}

static long long milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static struct timespec in(long ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static struct timespec at(clockid_t clock, long ms)
{
    struct timespec now;
    clock_gettime(clock, &now);
    long long ns = now.tv_nsec + ms % 1000 * 1000000LL;
    return (struct timespec){.tv_sec = now.tv_sec + ms / 1000 + ns / 1000000000,
                             .tv_nsec = ns % 1000000000};
}

static struct timeval in_microseconds(long ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static int descriptor(void)
{
    int ends[2];
    sure(pipe(ends), "pipe");
    return ends[0];
}

static int by_sleep(long ms)
{
    return (int)sleep((unsigned)(ms / 1000));
}

static int by_usleep(long ms)
{
    return usleep((useconds_t)ms * 1000);
}

static int by_nanosleep(long ms)
{
    struct timespec time = in(ms);
    return nanosleep(&time, NULL);
}

static int until(long ms)
{
    struct timespec end = at(CLOCK_REALTIME, ms);
    return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL);
}

static int by_alarm(long ms)
{
    return alarm((unsigned)(ms / 1000)) == 0 ? pause() : -2;
}

static int by_select(long ms)
{
    int nothing = descriptor();
    fd_set set;
    struct timeval time = in_microseconds(ms);
    FD_ZERO(&set);
    FD_SET(nothing, &set);
    int ready = select(nothing + 1, &set, NULL, NULL, &time);
    return ready + 10 * FD_ISSET(nothing, &set) + 100 * (time.tv_sec != 0 || time.tv_usec != 0);
}

static int poll_nothing(long ms, bool precise)
{
    struct pollfd one = {.fd = descriptor(), .events = POLLIN, .revents = POLLIN};
    struct timespec time = in(ms);
    int ready = precise ? ppoll(&one, 1, &time, NULL) : poll(&one, 1, (int)ms);
    return ready + 10 * one.revents;
}

static int by_poll(long ms)
{
    return poll_nothing(ms, false);
}

static int by_ppoll(long ms)
{
    return poll_nothing(ms, true);
}

static int by_epoll(long ms)
{
    struct epoll_event one = {.events = EPOLLIN};
    int set = sure(epoll_create1(0), "epoll_create1");
    sure(epoll_ctl(set, EPOLL_CTL_ADD, descriptor(), &one), "epoll_ctl");
    return epoll_wait(set, &one, 1, (int)ms);
}

static int by_signal_wait(long ms)
{
    struct timespec time = in(ms);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return sigtimedwait(&set, NULL, &time);
}

static int by_semaphore_set(long ms)
{
    struct timespec time = in(ms);
    struct sembuf down = {.sem_op = -1};
    int set = sure(semget(IPC_PRIVATE, 1, 0600), "semget");
    int result = semtimedop(set, &down, 1, &time), error = errno;
    sure(semctl(set, 0, IPC_RMID), "semctl");
    errno = error;
    return result;
}

static int by_semaphore(long ms)
{
    sem_t semaphore;
    struct timespec end = at(CLOCK_REALTIME, ms);
    sem_init(&semaphore, 0, 0);
    return sem_timedwait(&semaphore, &end);
}

static int by_condition(long ms)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec end = at(CLOCK_REALTIME, ms);
    pthread_mutex_lock(&mutex);
    return pthread_cond_timedwait(&condition, &mutex, &end);
}

static void *sleep_long(void *ms)
{
    usleep((useconds_t) * (long *)ms * 1000);
    return NULL;
}

static int by_thread(long ms)
{
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_long, &ms);
    return pthread_join(thread, NULL);
}

static int by_timer(long ms)
{
    timer_t timer;
    struct itimerspec time = {.it_value = in(ms)};
    sure(timer_create(CLOCK_MONOTONIC, NULL, &timer), "timer_create");
    sure(timer_settime(timer, 0, &time, NULL), "timer_settime");
    return pause();
}

static int by_timer_descriptor(long ms)
{
    unsigned long long times = 0;
    struct itimerspec time = {.it_value = at(CLOCK_MONOTONIC, ms)};
    int timer = sure(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd_create");
    sure(timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL), "timerfd_settime");
    return read(timer, &times, sizeof times) == sizeof times ? (int)times : -1;
}

static int by_interval(long ms)
{
    struct itimerval time = {.it_value = in_microseconds(ms)};
    sure(setitimer(ITIMER_REAL, &time, NULL), "setitimer");
    return pause();
}

/* A signal comes half-way: what is left of the time is told. */
static int interrupted(long ms)
{
    struct itimerval half = {.it_value = in_microseconds(ms / 2)};
    struct timespec time = in(ms), left = {0};
    sure(setitimer(ITIMER_REAL, &half, NULL), "setitimer");
    int result = nanosleep(&time, &left);
    long rest = left.tv_sec * 1000 + left.tv_nsec / 1000000;
    return result == -1 && rest >= ms / 2 - 20 && rest <= ms / 2 ? 7 : -7;
}

/* A signal that nobody notices comes half-way. */
static int not_noticed(long ms)
{
    struct timespec time = in(ms);
    if (sure(fork(), "fork") == 0) {
        usleep((useconds_t)ms * 500);
        _exit(0); // SIGCHLD is ignored by default
    }
    return nanosleep(&time, NULL);
}

static int reads_the_clock(long ms)
{
    long long end = milliseconds(CLOCK_MONOTONIC) + ms;
    while (milliseconds(CLOCK_MONOTONIC) < end)
        ;
    return 0;
}

static int reads_the_time(long ms)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    time_t end = now.tv_sec + ms / 1000;
    while (time(NULL) < end)
        ;
    return 0;
}

static const struct way {
    const char *name;
    int (*wait)(long ms);
} ways[] = {
    {"sleep", by_sleep},
    {"usleep", by_usleep},
    {"nanosleep", by_nanosleep},
    {"until", until},
    {"select", by_select},
    {"poll", by_poll},
    {"ppoll", by_ppoll},
    {"epoll", by_epoll},
    {"sigtimedwait", by_signal_wait},
    {"semtimedop", by_semaphore_set},
    {"sem_timedwait", by_semaphore},
    {"condition", by_condition},
    {"thread", by_thread},
    {"alarm", by_alarm},
    {"setitimer", by_interval},
    {"timer", by_timer},
    {"timerfd", by_timer_descriptor},
    {"interrupted", interrupted},
    {"not-noticed", not_noticed},
    {"clock", reads_the_clock},
    {"time", reads_the_time},
};

int main(int argc, char **argv)
{
    long ms = number(argc, argv, 2, 1000);
    long long steady = milliseconds(CLOCK_MONOTONIC), real = milliseconds(CLOCK_REALTIME);
    signal(SIGALRM, ignore);
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        errno = 0;
        int result = ways[i].wait(ms), error = errno;
        printf("%d %d %lld %lld\n", result, result == -1 ? error : 0,
               milliseconds(CLOCK_MONOTONIC) - steady, milliseconds(CLOCK_REALTIME) - real);
        return 0;
    }
    return 99;
}
