#include <stdio.h>
#include <unistd.h>

int main(void)
{
    if (fork() == 0)
        return 0;
    wait(NULL);
    printf("total: %d\n", 0);
    return 0;
}
