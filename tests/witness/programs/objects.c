// objects set|queue MAKER REMOVER: who of parent and child makes it, and who of parent, child and
// nobody removes it. The child ends before the parent goes on.
#include "program.h"

#include <sys/msg.h>
#include <sys/sem.h>

static bool is_set;
static int id = -1;

static void act(const char *who, const char *maker, const char *remover)
{
    const key_t key = 0x6b69;
    if (strcmp(who, maker) == 0)
        id = (int)sure(is_set ? semget(key, 2, IPC_CREAT | IPC_EXCL | 0600)
                              : msgget(key, IPC_CREAT | IPC_EXCL | 0600),
                       "make");
    else if (id == -1)
        id = (int)sure(is_set ? semget(key, 0, 0) : msgget(key, 0), "find");
    if (strcmp(who, remover) == 0)
        sure(is_set ? semctl(id, 0, IPC_RMID) : msgctl(id, IPC_RMID, NULL), "remove");
}

int main(int argc, char **argv)
{
    const char *maker = argc > 2 ? argv[2] : "parent", *remover = argc > 3 ? argv[3] : "parent";
    is_set = argc > 1 && strcmp(argv[1], "set") == 0;
    if (strcmp(maker, "parent") == 0)
        act("parent", maker, "nobody");
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        act("child", maker, remover);
        return 0;
    }
    sure(waitpid(child, NULL, 0), "waitpid");
    if (strcmp(remover, "parent") == 0)
        act("parent", "", remover);
    return 0;
}
