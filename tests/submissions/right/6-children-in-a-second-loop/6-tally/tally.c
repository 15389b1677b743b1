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
// waits for all children that are still there, 1 if one of them failed
static int wait_all(void)
{
	int status;
	int bad = 0;

	while (wait(&status) > 0) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			bad = 1;
	}
	return bad;
}

static int tally(int count, const int values[])
{
	int shmid;
	int *slots;
	int *mine;
	int i;
	int sum = 0;
	pid_t pid;
	pid_t pids[64];
	int status;
	int bad = 0;

	shmid = shmget(KEY, 64 * sizeof(int), 0644 | IPC_CREAT);
	if (shmid == -1) {
		perror("shmget");
		exit(1);
	}
	slots = shmat(shmid, 0, 0);
	if (slots == (int *) -1) {
		perror("shmat");
		shmctl(shmid, IPC_RMID, 0);
		exit(1);
	}
	for (i = 0; i < count; i++) {
		pid = fork();
		if (pid < 0) {
			perror("fork");
			wait_all();
			shmdt(slots);
			shmctl(shmid, IPC_RMID, 0);
			exit(1);
		}
		if (pid == 0) {
			shmdt(slots);
			shmid = shmget(KEY, 64 * sizeof(int), 0644);
			if (shmid == -1) {
				perror("child shmget");
				exit(1);
			}
			mine = shmat(shmid, 0, 0);
			if (mine == (int *) -1) {
				perror("child shmat");
				exit(1);
			}
			mine[i] = values[i] * values[i];
			shmdt(mine);
			exit(0);
		}
		pids[i] = pid;
	}
	for (i = 0; i < count; i++) {
		waitpid(pids[i], &status, 0);
		if (status != 0)
			bad = 1;
	}
	if (bad) {
		fprintf(stderr, "a child failed\n");
		shmdt(slots);
		shmctl(shmid, IPC_RMID, 0);
		exit(1);
	}
	for (i = 0; i < count; i++)
		sum = sum + slots[i];
	printf("total: %d\n", sum);
	shmdt(slots);
	shmctl(shmid, IPC_RMID, 0);
	return 0;
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
