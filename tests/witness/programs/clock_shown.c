// clock_shown SECONDS [cpu|wrong]: sleeps, and shows a clock; or which times the kernel refuses.
#include "program.h"
#include <time.h>

static double shown(clockid_t clock)
{
    struct timespec now;
    sure(clock_gettime(clock, &now), "clock_gettime");
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[2] : "";
    if (strcmp(what, "wrong") == 0) {
        struct timespec wrong = {.tv_nsec = 1000000000}, *nowhere = (struct timespec *)8;
        printf("%d ", nanosleep(&wrong, NULL) == -1 ? errno : 0);
        printf("%ld ", syscall(SYS_clock_gettime, CLOCK_REALTIME, nowhere) == -1 ? (long)errno : 0);
        printf("%ld\n", syscall(SYS_clock_gettime, 77, &wrong) == -1 ? (long)errno : 0);
        return 0;
    }
    sleep((unsigned)number(argc, argv, 1, 0));
    printf("%.6f\n", shown(strcmp(what, "cpu") == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_REALTIME));
    return 0;
}
