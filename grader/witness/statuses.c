#define _GNU_SOURCE
#include "statuses.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* Room for one more; -1: there is no memory. */
static int make_room(struct statuses *statuses)
{
    if (statuses->count < statuses->capacity)
        return 0;
    size_t capacity = statuses->capacity * 2 + 16;
    struct status *grown = realloc(statuses->taken, capacity * sizeof *grown);
    if (grown == NULL)
        return -1;
    statuses->taken = grown;
    statuses->capacity = capacity;
    return 0;
}

/* It comes to an end: nobody goes on meanwhile, so that a task has one stop and its end to tell. */
int statuses_take(struct statuses *statuses)
{
    statuses->count = 0;
    for (;;) {
        if (make_room(statuses) != 0)
            return statuses->count > 0 ? 0 : -1; /* these first: the others stay where they are */
        struct status *next = &statuses->taken[statuses->count];
        next->tid = wait4(-1, &next->status, __WALL | WNOHANG, &next->usage);
        if (next->tid == 0)
            return 0;
        if (next->tid > 0) {
            statuses->count++;
        } else if (errno == ECHILD) {
            statuses->nobody_left = true;
            return 0;
        } else if (errno != EINTR) {
            return -1;
        }
    }
}

bool status_is_overtaken(const struct status *status)
{
    siginfo_t next = {0};
    return WIFSTOPPED(status->status) &&
           waitid(P_PID, (id_t)status->tid, &next,
                  WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) == 0 &&
           next.si_pid != 0;
}

void statuses_free(struct statuses *statuses)
{
    free(statuses->taken);
    *statuses = (struct statuses){0};
}
