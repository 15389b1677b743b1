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
    char name[40];
    for (int number = 0; number < 20000; number++) {
        snprintf(name, sizeof name, "f%d", number);
        int file = open(name, O_WRONLY | O_CREAT, 0600);
        if (file == -1)
            break;
        close(file);
    }
    return 0;
}
