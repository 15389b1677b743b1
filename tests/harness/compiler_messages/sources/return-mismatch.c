#include <stdio.h>

static int say(void)
{
    puts("total: 0");
    return;
}

int main(void)
{
    say();
    return 0;
}
