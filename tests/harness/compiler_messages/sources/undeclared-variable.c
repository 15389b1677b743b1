#include <stdio.h>

int main(void)
{
    printf("total: %d\n", totl);
    return 0;
}
