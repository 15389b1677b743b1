#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void)
{
    struct rlimit one = {1, 1};
    setrlimit(RLIMIT_NPROC, &one);
    if (fork() == -1)
        perror("fork");
    return 1;
}
