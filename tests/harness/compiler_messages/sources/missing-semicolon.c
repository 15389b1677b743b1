#include <stdio.h>

int main(void)
{
    int total = 1
    printf("total: %d\n", total);
    return 0;
}
