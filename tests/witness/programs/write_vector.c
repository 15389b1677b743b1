// One line by one writev.
#include "program.h"
#include <sys/uio.h>

int main(void)
{
    struct iovec parts[] = {{"vec", 3}, {"tor: ", 5}, {"1\n", 2}};
    sure(writev(STDOUT_FILENO, parts, 3), "writev");
    return 0;
}
