#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <sys/syscall.h>
int main(void)
{
    struct io_uring_params params = {0};
    long ring = syscall(SYS_io_uring_setup, 8, &params);
    printf("%s\n", ring == -1 ? strerror(errno) : "a ring");
    return 0;
}
