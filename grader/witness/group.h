/* The cgroup that bounds a command's processes in sum. Whoever calls witness makes it, with bounds,
   and hands descriptors down: witness itself stays outside, so that no bound ever strikes it. */
#ifndef WITNESS_GROUP_H
#define WITNESS_GROUP_H

#include <stddef.h>

enum { GROUP_PLACES = 2 }; /* cgroups(7): in version 1 memory and pids are hierarchies apart */

struct group {
    int enter[GROUP_PLACES]; /* writable: `tasks` in version 1, `cgroup.procs` in version 2 */
    size_t places;           /* 0: there is no group */
    int kills;               /* readable: the file that counts the group's OOM kills */
};

/* Takes what WITNESS_CGROUP names out of the environment, which the command inherits. Returns -1
   where that cannot be used; none at all is fine. */
int group_take(struct group *group);

/* Moves the caller there, which must have one thread alone. Returns 0, or -1 with errno. */
int group_enter(const struct group *group);

/* How often the kernel ended a process because the group had used up its memory; 0 without one. */
long long group_kills(const struct group *group);

#endif
