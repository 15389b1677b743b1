#include <signal.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/msg.h>
/* sharing START CHANGE: a shared memory segment is memory that parent and child both use.
 * The page to this exercise: assignment/2-sharing */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601


static int sharing(int start, int change)
{
    int result = EXIT_FAILURE;
    /*0*/
    int d = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (d == -1) { perror("sharing: shmget"); return EXIT_FAILURE; }
    int *p = shmat(d, NULL, 0);
    if (p == (void *)-1) { perror("sharing: shmat"); shmctl(d, IPC_RMID, NULL); return EXIT_FAILURE; }
    *p = start;
    /*1*/
    pid_t c = fork();
    if (c == -1) { perror("sharing: fork"); /*F*/goto out; }
    if (c == 0) {
        /*C*/
        *p -= change;
        printf("child: %d\n", *p);
        /*c*/
        shmdt(p);
        exit(EXIT_SUCCESS);
    }
    int st = 0;
    /*2*/
    if (waitpid(c, &st, 0) == -1) { perror("sharing: wait"); goto out; }
    /*3*/
    if (!WIFEXITED(st) || WEXITSTATUS(st)) { fprintf(stderr, "child failed\n"); goto out; }
    printf("parent: %d\n", *p);
    result = EXIT_SUCCESS;
out:
    shmdt(p); /*4*/
    shmctl(d, IPC_RMID, NULL); /*5*/
    return result;
}
/* ---- Given: from here on nothing is left to write. --------------------------------------- */

/* Reads a decimal int: "12" and "-7", but not "", "7x", " 7" or a number that does not fit. */
static bool read_int(const char *text, int *number)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;

    errno = 0;
    long value = strtol(text, NULL, 10);
    if (errno != 0 || value < INT_MIN || value > INT_MAX)
        return false;

    *number = (int)value;
    return true;
}

/* Reads START and CHANGE; their sum must fit in an int too. */
static bool read_arguments(int argc, char *argv[], int *start, int *change)
{
    if (argc != 3 || !read_int(argv[1], start) || !read_int(argv[2], change))
        return false;

    long long sum = (long long)*start + *change;
    return sum >= INT_MIN && sum <= INT_MAX;
}

int main(int argc, char *argv[])
{
    int start;
    int change;

    if (!read_arguments(argc, argv, &start, &change)) {
        fputs("usage: sharing START CHANGE (decimal numbers; their sum fits in an int)\n", stderr);
        return 2;
    }
    return sharing(start, change);
}
