#define _GNU_SOURCE
#include "group.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char variable[] = "WITNESS_CGROUP"; /* numbers of descriptors: ENTER[:ENTER]:KILLS */

static int parse(const char *text, int *numbers, size_t most, size_t *count)
{
    for (*count = 0; *count < most;) {
        char *end;
        long number = strtol(text, &end, 10);
        if (end == text || number < 0 || fcntl((int)number, F_SETFD, FD_CLOEXEC) != 0)
            return -1;
        numbers[(*count)++] = (int)number;
        if (*end == '\0')
            return 0;
        if (*end != ':')
            return -1;
        text = end + 1;
    }
    return -1;
}

int group_take(struct group *group)
{
    int numbers[GROUP_PLACES + 1];
    size_t count;
    *group = (struct group){0};
    const char *said = getenv(variable);
    if (said == NULL)
        return 0;
    if (parse(said, numbers, GROUP_PLACES + 1, &count) != 0 || count < 2)
        return -1;
    group->places = count - 1;
    memcpy(group->enter, numbers, group->places * sizeof *numbers);
    group->kills = numbers[count - 1];
    return unsetenv(variable);
}

int group_enter(const struct group *group)
{
    for (size_t i = 0; i < group->places; i++) {
        ssize_t written = write(group->enter[i], "0", 1); /* cgroups(7): whoever writes */
        if (written != 1)
            return -1;
    }
    return 0;
}

long long group_kills(const struct group *group)
{
    static const char key[] = "oom_kill ";
    char text[512];
    if (group->places == 0)
        return 0;
    ssize_t length = pread(group->kills, text, sizeof text - 1, 0);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    /* memory.oom_control of version 1 and memory.events of version 2 both have such a line */
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, sizeof key - 1) == 0)
            return strtoll(line + sizeof key - 1, NULL, 10);
    }
    return 0;
}
