/* relay START COUNT: COUNT children, one after the other, each add 1 to a number that they share.
 * The page for this exercise: assignment/7-relay */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

static int run_leg(int *baton)
{
    pid_t child = fork();
    if (child == -1) {
        perror("relay: fork");
        return -1;
    }
    if (child == 0) {
        *baton += 1;
        exit(shmdt(baton) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }

    int status;
    if (waitpid(child, &status, 0) == -1) {
        perror("relay: waitpid");
        return -1;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int relay(int start, int count)
{
    int shmid = shmget(IPC_PRIVATE, sizeof(int), IPC_CREAT | 0600);
    if (shmid == -1) {
        perror("relay: shmget");
        return EXIT_FAILURE;
    }

    int result = EXIT_FAILURE;
    int *baton = shmat(shmid, NULL, 0);
    if (baton == (void *)-1) {
        perror("relay: shmat");
    } else {
        *baton = start;
        int done = 0;
        while (done < count && run_leg(baton) == 0)
            done++;
        if (done == count) {
            printf("total: %d\n", *baton);
            result = EXIT_SUCCESS;
        }
        shmdt(baton);
    }
    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("relay: shmctl");
        return EXIT_FAILURE;
    }
    return result;
}

int main(int argc, char *argv[])
{
    if (argc != 3) {
        fputs("usage: relay START COUNT\n", stderr);
        return 2;
    }
    return relay(atoi(argv[1]), atoi(argv[2]));
}
