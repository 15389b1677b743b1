#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    for (int i = 0; i < 700; i++) {
        siginfo_t told;
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        if (child == -1) {
            perror("fork");
            return 1;
        }
        waitid(P_PID, child, &told, WEXITED | WNOWAIT); /* it has ended, and stays in the table */
    }
    return 1;
}
