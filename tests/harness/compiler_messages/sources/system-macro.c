#include <sys/wait.h>

int main(void)
{
    int status = 0;
    return WIFEXITED(statu) ? WEXITSTATUS(status) : 1;
}
