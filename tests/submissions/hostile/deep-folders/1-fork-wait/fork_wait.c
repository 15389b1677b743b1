#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/stat.h>
int main(void)
{
    for (int depth = 0; depth < 1200; depth++)
        if (mkdir("folder", 0700) == -1 || chdir("folder") == -1)
            return 1;
    for (int depth = 0; depth < 1200; depth++) {
        if (chdir("..") == -1)
            return 1;
        chmod("folder", 0);
    }
    return 0;
}
