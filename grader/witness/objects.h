/* Semaphore sets and message queues: the kernel does not tell who made one, so the calls that name
   it are followed. */
#ifndef WITNESS_OBJECTS_H
#define WITNESS_OBJECTS_H

#include "leftovers.h"
#include "run.h"

/* "semaphore set", "message queue" */
const char *object_kind_name(enum object_kind kind);

/* A new command of the series begins: what stands now was made before it. */
void objects_begin(struct run *run);

/* The one of that id, of those that a call of the run named; NULL where none did. */
struct object *object_known(const struct run *run, enum object_kind kind, int id);

/* The same, taken in where it is new; NULL where there is none. */
struct object *object_meet(struct run *run, enum object_kind kind, int id);

/* A call returned this id, and could have made what it stands for: did it? Who does, is kept. */
bool object_is_made(struct run *run, enum object_kind kind, int id, const struct process *by);

void object_removed(struct run *run, enum object_kind kind, int id, const struct process *by);

/* All that the command named; and of these what it made and left, with who made it. */
void objects_write(struct json *json, const struct run *run, const struct world *after);
void objects_write_left(struct json *json, const struct run *run, const struct world *after);

void objects_free(struct series *series);

#endif
