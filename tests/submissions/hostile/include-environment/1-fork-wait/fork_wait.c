#include <stdio.h>
static const char *environment =
#include "/proc/self/environ"
    ;
int main(void) { puts(environment); }
