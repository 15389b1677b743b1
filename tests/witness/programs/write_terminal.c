// The parent writes to /dev/tty, the terminal that stdout is, and its child the rest of the line.
#include "program.h"

#include <sys/ioctl.h>

int main(void)
{
    ioctl(STDOUT_FILENO, TIOCSCTTY, 0);
    int terminal = (int)sure(open("/dev/tty", O_WRONLY), "open");
    sure(write(terminal, "one ", 4), "write");
    if (sure(fork(), "fork") == 0) {
        say("two\n");
        _exit(0);
    }
    sure(wait(NULL), "wait");
    return 0;
}
