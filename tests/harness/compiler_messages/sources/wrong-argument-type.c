#include <sys/types.h>

struct slot {
    int value;
};

static int square(int value)
{
    return value * value;
}

int main(void)
{
    struct slot first = {3};
    return square(first);
}
