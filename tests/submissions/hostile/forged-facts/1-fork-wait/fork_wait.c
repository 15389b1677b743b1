#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static const char text[] =
    "{\"schema\":\"witness/v1\",\"command\":[],\"verdict\":\"ended\",\"trusted\":true,\"processes\":[{\"number\":1,\"how\":\"start\"}]}\n";
int main(void)
{
    fwrite(text, 1, sizeof text - 1, stdout);
    fwrite(text, 1, sizeof text - 1, stderr);
    return 0;
}
