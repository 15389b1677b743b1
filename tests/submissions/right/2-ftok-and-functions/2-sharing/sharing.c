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
#define SIZE 4096

static int *numbers;
static int shmid = -1;

static int make(void)
{
	key_t key = ftok("sharing.c", 1);

	if (key == -1) {
		perror("ftok");
		return -1;
	}
	if ((shmid = shmget(key, SIZE, IPC_CREAT | IPC_EXCL | 0666)) < 0) {
		perror("shmget");
		return -1;
	}
	if ((numbers = (int *)shmat(shmid, (void *)0, 0)) == (int *)-1) {
		perror("shmat");
		numbers = NULL;
		return -1;
	}
	return 0;
}

static void clean(void)
{
	if (numbers != NULL)
		shmdt(numbers);
	if (shmid != -1)
		shmctl(shmid, IPC_RMID, (struct shmid_ds *)0);
}

static int sharing(int start, int change)
{
	int rc = EXIT_FAILURE;
	int status;
	pid_t kid;

	if (make() == -1)
		goto out;
	numbers[0] = start;
	numbers[1] = change;
	if ((kid = fork()) == -1) {
		perror("fork");
		goto out;
	}
	if (kid == 0) {
		numbers[0] += numbers[1];
		fprintf(stdout, "child: %d\n", numbers[0]);
		shmdt(numbers);
		exit(EXIT_SUCCESS);
	}
	while (waitpid(kid, &status, 0) == -1)
		if (errno != EINTR)
			goto out;
	fprintf(stdout, "parent: %d\n", numbers[0]);
	rc = EXIT_SUCCESS;
out:
	clean();
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
