// COUNT questions to the clock: reads_clock COUNT
#include "program.h"
#include <time.h>

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 100000);
    struct timespec now;
    for (int i = 0; i < count; i++)
        sure(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
    return 0;
}
