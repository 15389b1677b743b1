#include "proc_text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* "pid (name) S ..."; the name may hold anything, so the last parenthesis counts. */
char proc_text_state(const char *stat)
{
    const char *end = strrchr(stat, ')');
    if (end == NULL || end[1] != ' ' || end[2] == '\0')
        return '?';
    return end[2];
}

/* "pid (name) S parent group session terminal ..." */
dev_t proc_text_terminal(const char *stat)
{
    enum { BEFORE = 4 }; /* fields between the name and the terminal */
    const char *field = strrchr(stat, ')');
    for (int passed = 0; field != NULL && passed <= BEFORE; passed++)
        field = strchr(field + 1, ' ');
    unsigned long number = field != NULL ? strtoul(field, NULL, 10) : 0;
    return makedev((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00));
}

/* "number argument ... argument stack instruction" */
long proc_text_call(const char *call, unsigned long long arguments[6])
{
    char *rest, *end;
    long number = strtol(call, &rest, 10);
    if (rest == call || number < 0)
        return -1;
    for (int i = 0; i < 6; i++) {
        arguments[i] = strtoull(rest, &end, 16);
        if (end == rest)
            return -1;
        rest = end;
    }
    return number;
}

/* What follows the name at the beginning of a line; NULL without such a line. */
static const char *behind(const char *text, const char *name)
{
    size_t length = strlen(name);
    const char *line = text;
    while (line != NULL && strncmp(line, name, length) != 0) {
        line = strchr(line, '\n'); /* the first line is the name of the program: whole lines only */
        line = line != NULL ? line + 1 : NULL;
    }
    return line != NULL ? line + length : NULL;
}

unsigned long long proc_text_mask(const char *status, const char *name)
{
    const char *mask = behind(status, name);
    return mask != NULL ? strtoull(mask, NULL, 16) : 0;
}

long long proc_text_number(const char *text, const char *name)
{
    const char *number = behind(text, name);
    char *end;
    if (number == NULL)
        return -1;
    number += strspn(number, " \t");
    long long value = strtoll(number, &end, 10);
    return end != number && value >= 0 ? value : -1;
}

pid_t proc_text_pid(const char *fdinfo)
{
    static const char name[] = "\nPid:";
    const char *line = strstr(fdinfo, name);
    long pid = line != NULL ? strtol(line + sizeof name - 1, NULL, 10) : 0;
    return pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

bool proc_text_segment(const char *line, int *id, long long *created)
{
    char *rest, *end;
    errno = 0;
    long number = strtol(line, &rest, 10);
    if (rest == line || *rest != ' ' || number < 0 || number > INT_MAX)
        return false;
    *id = (int)number;
    *created = strtoll(rest, &end, 10);
    return errno == 0 && end != rest && *end == '\n';
}

bool proc_text_code(const char *line, unsigned long long *start, unsigned long long *end,
                    unsigned long long *offset, const char **path)
{
    char *rest;
    *start = strtoull(line, &rest, 16);
    if (*rest != '-')
        return false;
    *end = strtoull(rest + 1, &rest, 16);
    if (strncmp(rest, " r-x", 4) != 0 && strncmp(rest, " rwx", 4) != 0 &&
        strncmp(rest, " --x", 4) != 0)
        return false;
    if (rest[4] == '\0' || rest[5] != ' ')
        return false;
    *offset = strtoull(rest + 5, &rest, 16);
    *path = strchr(rest, '/'); /* what is between has none: the device and the inode */
    return *path != NULL;
}
