#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static const char text[] =
    "\033[2J\033[1;1H\033]0;100/100\007\033[8m hidden \033[0m\r100 / 100\n\u202e001 / 001\u202c\u2066x\u2069\n\x9b2J\b\b\b\n";
int main(void)
{
    fwrite(text, 1, sizeof text - 1, stdout);
    fwrite(text, 1, sizeof text - 1, stderr);
    return 0;
}
