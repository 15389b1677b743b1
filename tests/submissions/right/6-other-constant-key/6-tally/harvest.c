#include "harvest.h"

#include <sys/wait.h>

int harvest(int children)
{
    int failed = 0;
    int status;

    while (children-- > 0)
        if (wait(&status) == -1 || status != 0)
            failed++;
    return failed;
}
