#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    long result = 0;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(2) : "memory"); /* fork */
    if (result == 0)
        puts("child: 19");
    __asm__ volatile("syscall" : "=a"(result) : "a"(0x40000039) : "rcx", "r11", "memory"); /* x32 */
    printf("parent: 12\n");
    return 0;
}
