#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
int main(void)
{
    struct rlimit most = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_NOFILE, &most);
    setrlimit(RLIMIT_AS, &most);
    while (open("/dev/null", O_RDONLY) != -1 && open("/dev/ptmx", O_RDWR) != -1 && inotify_init() != -1 &&
           eventfd(0, 0) != -1 && timerfd_create(0, 0) != -1)
        ;
    puts("no more");
    return 0;
}
