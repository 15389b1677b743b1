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
    int d = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600), h, st, rc = 1, *p; volatile int *flag;
    if (d == -1) { perror("shmget"); return 1; }
    h = shmget(IPC_PRIVATE, sizeof(int), 0600);
    if (h == -1) { perror("shmget"); shmctl(d, IPC_RMID, 0); return 1; }
    p = shmat(d, 0, 0); flag = shmat(h, 0, 0);
    if (p == (void *)-1 || flag == (void *)-1) perror("shmat");
    else {
      *p = start; pid_t c = fork();
      if (c == 0) { *p += change; printf("child: %d\n", *p); *flag = 1; shmdt(p); shmdt((void *)flag); exit(0); }
      if (c == -1) perror("fork"); else if (waitpid(c, &st, 0) == -1 || st || !*flag) fprintf(stderr, "child\n");
      else { printf("parent: %d\n", *p); rc = 0; }
    }
    if (p != (void *)-1) shmdt(p);
    if (flag != (void *)-1) shmdt((void *)flag);
    shmctl(d, IPC_RMID, 0); shmctl(h, IPC_RMID, 0);
    return rc;
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
