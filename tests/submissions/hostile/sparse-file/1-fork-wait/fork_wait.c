#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
int main(void)
{
    int file = open("huge", O_RDWR | O_CREAT, 0600);
    printf("%d\n", ftruncate(file, 1L << 40));
    return 0;
}
