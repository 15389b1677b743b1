/* tally [VALUE ...]: one child for each value, one segment with a slot for each child.
 * The page to this exercise: assignment/6-tally */
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
#define MAX_VALUES 64
/* squares of ints are exact in a double */
static int child(int k, double value)
{
	int id;
	double *p;

	if ((id = shmget(KEY, 0, 0)) < 0 || (p = shmat(id, 0, 0)) == (double *)-1) {
		perror("child");
		return 3;
	}
	*(p + k) = value * value;
	return shmdt(p) < 0 ? 4 : 0;
}

static int tally(int count, const int values[])
{
	int id, k, n, st = 0, failed = 0;
	double *p, sum = 0.0;

	if (count == 0) {
		puts("total: 0");
		return 0;
	}
	if ((id = shmget(KEY, sizeof(double[count]), IPC_CREAT | IPC_EXCL | 0600)) < 0) {
		perror("shmget");
		return 1;
	}
	for (n = 0; n < count && !failed; n++)
		switch (fork()) {
		case 0:
			exit(child(n, values[n]));
		case -1:
			perror("fork");
			failed = 1;
		}
	while (wait(&st) != -1 || errno == EINTR)
		if (st != 0)
			failed = 1;
	if (!failed && (p = shmat(id, 0, 0)) == (double *)-1) {
		perror("shmat");
		failed = 1;
	}
	if (!failed) {
		for (k = 0; k < count; k++)
			sum += p[k];
		printf("total: %.0f\n", sum);
		shmdt(p);
	}
	shmctl(id, IPC_RMID, 0);
	return failed;
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

/* Reads a VALUE: a decimal number whose square fits in an int. */
static bool read_value(const char *text, int *value)
{
    return read_int(text, value) && *value >= -46340 && *value <= 46340;
}

int main(int argc, char *argv[])
{
    int values[MAX_VALUES];
    int count = argc - 1;

    bool right = count >= 0 && count <= MAX_VALUES;
    for (int i = 0; right && i < count; i++)
        right = read_value(argv[i + 1], &values[i]);
    if (!right) {
        fputs("usage: tally [VALUE ...] (at most 64 decimal numbers, -46340 to 46340)\n", stderr);
        return 2;
    }
    return tally(count, values);
}
