// A right program of exercise 1: the child changes its own copy, the parent waits.
#include "program.h"

int main(int argc, char **argv)
{
    int value = number(argc, argv, 1, 5);
    pid_t child = sure(fork(), "fork");
    if (child == 0) {
        value += 2;
        printf("child: %d\n", value);
        exit(0);
    }
    sure(waitpid(child, NULL, 0), "waitpid");
    printf("parent: %d\n", value);
    return 0;
}
