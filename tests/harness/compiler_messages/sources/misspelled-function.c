#include <stdio.h>

int main(void)
{
    pritnf("total: %d\n", 0);
    return 0;
}
