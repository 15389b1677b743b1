// The parent gives its child a time, and ends one that is late:
// watchdog poll|sigtimedwait|alarm|wnohang|asks|timerfd SECONDS [late|busy]
#include "program.h"
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>

static void ignore(int number)
{
    (void)number;
}

// So much of a processor that a busy machine takes long for it.
static void compute(void)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 5;
    volatile unsigned long count = 0;
    while (count % 100000 != 0 || clock() < end)
        count++;
}

static bool ended_in_time(const char *how, pid_t child, int seconds)
{
    struct timespec time = {.tv_sec = seconds};
    if (strcmp(how, "poll") == 0) {
        struct pollfd end = {.fd = (int)sure(syscall(SYS_pidfd_open, child, 0), "pidfd_open"),
                             .events = POLLIN};
        return poll(&end, 1, seconds * 1000) == 1;
    }
    if (strcmp(how, "sigtimedwait") == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        return sigtimedwait(&set, NULL, &time) == SIGCHLD;
    }
    if (strcmp(how, "alarm") == 0) {
        siginfo_t told;
        alarm((unsigned)seconds);
        return waitid(P_PID, (id_t)child, &told, WEXITED | WNOWAIT) == 0;
    }
    if (strcmp(how, "timerfd") == 0) {
        int timer = (int)sure(timerfd_create(CLOCK_REALTIME, 0), "timerfd_create");
        struct itimerspec once = {.it_value = time};
        struct pollfd ends[2] = {
            {.fd = timer, .events = POLLIN},
            {.fd = (int)sure(syscall(SYS_pidfd_open, child, 0), "pidfd_open"), .events = POLLIN}};
        sure(timerfd_settime(timer, 0, &once, NULL), "timerfd_settime");
        sure(poll(ends, 2, -1), "poll");
        return ends[0].revents == 0;
    }
    struct timespec now, end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    do {
        siginfo_t told = {0};
        sure(waitid(P_PID, (id_t)child, &told, WEXITED | WNOWAIT | WNOHANG), "waitid");
        if (told.si_pid == child)
            return true;
        if (strcmp(how, "asks") != 0)
            usleep(10000);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
    return false;
}

int main(int argc, char **argv)
{
    sigset_t set;
    struct sigaction action = {.sa_handler = ignore};
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGALRM, &action, NULL);
    if (argc < 3)
        return 99;
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        if (argc > 3 && strcmp(argv[3], "busy") == 0)
            compute();
        else if (argc > 3)
            sleep((unsigned)(2 * number(argc, argv, 2, 1)));
        say("child\n");
        return 0;
    }
    bool in_time = ended_in_time(argv[1], child, number(argc, argv, 2, 1));
    if (!in_time)
        kill(child, SIGKILL);
    sure(waitpid(child, NULL, 0), "waitpid");
    say(in_time ? "parent: in time\n" : "parent: late\n");
    return 0;
}
