#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static const char text[] =
    "\0\0child: 1\0\xff\xfe\xc3\x28\xed\xa0\x80\xf4\x90\x80\x80\n";
int main(void)
{
    fwrite(text, 1, sizeof text - 1, stdout);
    fwrite(text, 1, sizeof text - 1, stderr);
    return 0;
}
