#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
int main(void)
{
    int terminal = open("/dev/tty", O_RDWR);
    setsid();
    for (int file = 0; file < 3; file++) {
        ioctl(file, TIOCSCTTY, 1);
        ioctl(file, TIOCSTI, "x");
        ioctl(file, TIOCNOTTY, 0);
        struct termios mode = {0};
        tcsetattr(file, TCSANOW, &mode);
    }
    if (terminal != -1) {
        ioctl(terminal, TIOCSTI, "\n");
        puts("a terminal");
    }
    return 0;
}
