/* keeper create|write|read|remove: a segment outlives the program that made it.
 * The page to this exercise: assignment/4-keeper */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "segment.h"
/* i use the system calls themselves, it is shorter for me */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int find(key_t key)
{
	int id = shmget(key, 0, 0);
	if (id == -1)
		die("shmget");
	return id;
}

static int keeper_create(key_t key, size_t size)
{
	int id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
	if (id == -1)
		die("shmget");
	return 0;
}

static int keeper_write(key_t key, const char *text)
{
	struct shmid_ds info;
	int id = find(key);

	if (shmctl(id, IPC_STAT, &info) == -1)
		die("shmctl");
	if (strlen(text) >= info.shm_segsz) {
		fprintf(stderr, "text too long\n");
		exit(1);
	}
	char *p = shmat(id, NULL, 0);
	if (p == (char *) -1)
		die("shmat");
	memcpy(p, text, strlen(text) + 1);
	if (shmdt(p) == -1)
		die("shmdt");
	return 0;
}

static int keeper_read(key_t key)
{
	int id = find(key);
	char *p = shmat(id, NULL, SHM_RDONLY);

	if (p == (char *) -1)
		die("shmat");
	printf("value: %s\n", p);
	if (shmdt(p) == -1)
		die("shmdt");
	return 0;
}

static int keeper_remove(key_t key)
{
	int id = find(key);

	if (shmctl(id, IPC_RMID, NULL) == -1)
		die("shmctl");
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

int main(int argc, char *argv[])
{
    const char *command = argc >= 3 ? argv[1] : "";
    int key = 0; /* no key at all: 0 is IPC_PRIVATE */
    int size;

    if (argc >= 3 && read_int(argv[2], &key) && key != 0) {
        if (strcmp(command, "create") == 0 && argc == 4 && read_int(argv[3], &size) && size >= 0)
            return keeper_create(key, (size_t)size);
        if (strcmp(command, "write") == 0 && argc == 4)
            return keeper_write(key, argv[3]);
        if (strcmp(command, "read") == 0 && argc == 3)
            return keeper_read(key);
        if (strcmp(command, "remove") == 0 && argc == 3)
            return keeper_remove(key);
    }

    fputs("usage: keeper create KEY SIZE | write KEY TEXT | read KEY | remove KEY"
          " (decimal numbers; KEY is not 0)\n",
          stderr);
    return 2;
}
