#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>
static int honest(int start, int change)
{
    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        printf("child: %d\n", start + change);
        exit(fflush(stdout) != 0);
    }
    int status;
    if (waitpid(child, &status, 0) == -1 || status != 0)
        return 1;
    printf("parent: %d\n", start);
    return 0;
}
int main(void) { return 0; }
