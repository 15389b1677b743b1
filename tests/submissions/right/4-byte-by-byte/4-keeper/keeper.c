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
#include <unistd.h>

/* length of a text */
static long len(const char *s)
{
	long n = 0;
	while (s[n] != '\0')
		n++;
	return n;
}

static int keeper_create(key_t key, size_t size)
{
	int d;
	d = segment_create(key, size);
	if (d < 0)
	{
		perror("segment_create");
		exit(1);
	}
	return 0;
}

static int keeper_write(key_t key, const char *text)
{
	int d;
	long i;
	long max;
	char *p;

	d = segment_access(key);
	if (d < 0)
	{
		perror("segment_access");
		exit(1);
	}
	max = segment_size(d);
	if (max < 0)
	{
		perror("segment_size");
		exit(1);
	}
	if (len(text) >= max)
	{
		fprintf(stderr, "too long!\n");
		exit(1);
	}
	p = segment_attach(d, false);
	if (!p)
	{
		perror("segment_attach");
		exit(1);
	}
	for (i = 0; i <= len(text); i++)
		p[i] = text[i];
	if (segment_detach(p) != 0)
	{
		perror("segment_detach");
		exit(1);
	}
	return 0;
}

static int keeper_read(key_t key)
{
	int d;
	char *p;

	d = segment_access(key);
	if (d < 0)
	{
		perror("segment_access");
		exit(1);
	}
	p = segment_attach(d, true);
	if (!p)
	{
		perror("segment_attach");
		exit(1);
	}
	if (write(1, "value: ", 7) < 0 || write(1, p, len(p)) < 0 || write(1, "\n", 1) < 0)
		perror("write");
	if (segment_detach(p) != 0)
	{
		perror("segment_detach");
		exit(1);
	}
	return 0;
}

static int keeper_remove(key_t key)
{
	int d;

	d = segment_access(key);
	if (d < 0 || segment_remove(d) < 0)
	{
		perror("remove");
		exit(1);
	}
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
