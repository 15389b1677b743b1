#define _GNU_SOURCE
#include "made.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>

/* The kernel gives out places 0 to 63 in turn, as long as no more than 42 segments stand, and
   counts the rounds: ipc/util.c, ipc_idr_alloc(). */
enum { PLACES = 64, PLACE_BITS = 15, MOST_AT_ONCE = 42 };

static long long last_pid(void)
{
    char text[32];
    FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "re");
    if (file == NULL)
        return -1;
    bool told = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    return told ? strtoll(text, NULL, 10) : -1;
}

static long long segments_so_far(void)
{
    struct shm_info info;
    int id = shmget(IPC_PRIVATE, 1, 0600);
    if (id == -1)
        return -1;
    shmctl(id, IPC_RMID, NULL);
    int place = id & ((1 << PLACE_BITS) - 1);
    bool in_turn = shmctl(0, SHM_INFO, (struct shmid_ds *)&info) != -1 &&
                   info.used_ids < MOST_AT_ONCE && place < PLACES;
    return in_turn ? (long long)(id >> PLACE_BITS) * PLACES + place : -1;
}

struct made made_so_far(void)
{
    if (getpid() != 1)
        return (struct made){.processes = -1, .segments = -1};
    return (struct made){.processes = last_pid(), .segments = segments_so_far()};
}

static long long between(long long before, long long after)
{
    return before == -1 || after <= before ? -1 : after - before - 1;
}

struct made made_between(const struct made *before, const struct made *after)
{
    return (struct made){.processes = between(before->processes, after->processes),
                         .segments = between(before->segments, after->segments)};
}
