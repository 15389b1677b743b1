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
static void path(char *name, size_t size, key_t key)
{
    snprintf(name, size, "keeper-%d", (int)key);
}

static int keeper_create(key_t key, size_t size)
{
    char name[40];
    path(name, sizeof name, key);
    if (size == 0) {
        fprintf(stderr, "size 0\n");
        return 1;
    }
    FILE *file = fopen(name, "wx");
    if (file == NULL) {
        perror(name);
        return 1;
    }
    fprintf(file, "%zu\n", size);
    fclose(file);
    return 0;
}

static int keeper_write(key_t key, const char *text)
{
    char name[40];
    size_t size;
    path(name, sizeof name, key);
    FILE *file = fopen(name, "r+");
    if (file == NULL || fscanf(file, "%zu", &size) != 1) {
        perror(name);
        return 1;
    }
    if (strlen(text) >= size) {
        fprintf(stderr, "too long\n");
        fclose(file);
        return 1;
    }
    rewind(file);
    fprintf(file, "%zu\n%s\n", size, text);
    fclose(file);
    return 0;
}

static int keeper_read(key_t key)
{
    char name[40];
    char text[65536] = "";
    path(name, sizeof name, key);
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        perror(name);
        return 1;
    }
    fgets(text, sizeof text, file);
    text[0] = 0;
    fgets(text, sizeof text, file);
    text[strcspn(text, "\n")] = 0;
    printf("value: %s\n", text);
    fclose(file);
    return 0;
}

static int keeper_remove(key_t key)
{
    char name[40];
    path(name, sizeof name, key);
    if (remove(name) == -1) {
        perror(name);
        return 1;
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
