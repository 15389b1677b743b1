#include "segmnt.h"

int main(void)
{
    return 0;
}
