/* What a command leaves in its world besides segments: semaphores, message queues, files. */
#ifndef WITNESS_LEFTOVERS_H
#define WITNESS_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>

/* A look at the world; two of them are compared. */
struct world {
    long semaphores;
    long message_queues;
    char **files; /* paths in the working folder, /tmp and /dev/shm; only in a sandbox of our own */
    size_t file_count;
};

void world_look(struct world *world, bool with_files);
bool world_has_file(const struct world *world, const char *path);
void world_free(struct world *world);

#endif
