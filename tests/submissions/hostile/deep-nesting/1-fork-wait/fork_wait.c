int main(void)
{
    return
#include "nest.h"
        ;
}
