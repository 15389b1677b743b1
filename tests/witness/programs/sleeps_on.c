// sleeps_on MICROSECONDS: sleeps so long, again and again, for ever.
#include "program.h"

int main(int argc, char **argv)
{
    for (;;)
        usleep((useconds_t)number(argc, argv, 1, 1));
}
