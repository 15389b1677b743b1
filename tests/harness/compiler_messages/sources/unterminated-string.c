#include <stdio.h>

int main(void)
{
    printf("total: %d\n, 0);
    return 0;
}
