// Two lines in one write.
#include "program.h"

int main(void)
{
    say("first: 1\nsecond: 2\n");
    return 0;
}
