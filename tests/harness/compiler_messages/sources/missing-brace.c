#include <stdio.h>

int main(void)
{
    for (int child = 0; child < 2; child++) {
        printf("child: %d\n", child);
    return 0;
}
