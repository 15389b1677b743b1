#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    int unused;
    int total;
    if (argc = 3)
        printf("%d\n", argv[1]);
    for (unsigned child = 0; child < argc; child++)
        if (child)
            total += child;
    return total
        ;
}
