#include <stdio.h>
#include <sys/wait.h>

int main(void)
{
    long status = 0;
    if (wait(&status) == -1)
        perror("wait");
    return 0;
}
