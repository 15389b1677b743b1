/* What a command leaves in its world besides segments: semaphores, message queues, files. */
#ifndef WITNESS_LEFTOVERS_H
#define WITNESS_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ids {
    int *ids;
    size_t count;
};

/* A look at the world; two of them are compared. */
struct world {
    struct ids semaphores;
    struct ids message_queues;
    char **files; /* in the working folder, /tmp, /dev/shm, /dev/mqueue; only where nobody else's
                     are */
    size_t file_count;
};

/* With a uid only what belongs to that user; 0: all of a namespace, files only with_files. */
void world_look(struct world *world, bool with_files, uid_t uid);
bool world_has_file(const struct world *world, const char *path);
bool ids_have(const struct ids *ids, int id);

/* Whether a semaphore set, or else a message queue, of this id is there now, and its key. */
bool world_find(bool semaphores, int id, key_t *key);

void world_free(struct world *world);

/* Removes what the run's own user has now and had not before: semaphores, queues, and files outside
   of the working folder, which is the caller's. */
void world_restore(const struct world *before, uid_t uid);

#endif
