#include "objects.h"

#include <stdlib.h>

const char *object_kind_name(enum object_kind kind)
{
    return kind == OBJECT_SET ? "semaphore set" : "message queue";
}

static const struct ids *ids_of(const struct world *world, enum object_kind kind)
{
    return kind == OBJECT_SET ? &world->semaphores : &world->message_queues;
}

void objects_begin(struct run *run)
{
    for (size_t i = 0; i < run->series->object_count; i++) {
        struct object *object = run->series->objects[i];
        object->gone |=
            object->removed != 0 || !ids_have(ids_of(run->before, object->kind), object->id);
        object->met = false;
        object->creator = 0;
        object->created = 0;
    }
}

struct object *object_known(const struct run *run, enum object_kind kind, int id)
{
    for (size_t i = run->series->object_count; i-- > 0;) {
        struct object *object = run->series->objects[i];
        if (object->kind == kind && object->id == id && !object->gone)
            return object;
    }
    return NULL;
}

static int next_number(const struct run *run, enum object_kind kind)
{
    int number = 1;
    for (size_t i = 0; i < run->series->object_count; i++)
        number += run->series->objects[i]->kind == kind;
    return number;
}

struct object *object_meet(struct run *run, enum object_kind kind, int id)
{
    struct object *object = object_known(run, kind, id);
    key_t key;
    if (object != NULL) {
        object->met = true;
        return object;
    }
    if (!world_find(kind == OBJECT_SET, id, &key))
        return NULL;
    struct object **grown =
        realloc(run->series->objects, (run->series->object_count + 1) * sizeof(struct object *));
    if (grown == NULL)
        return NULL;
    run->series->objects = grown;
    object = calloc(1, sizeof *object);
    if (object == NULL)
        return NULL;
    object->kind = kind;
    object->number = next_number(run, kind);
    object->id = id;
    object->key = key;
    object->met = true;
    run->series->objects[run->series->object_count++] = object;
    return object;
}

bool object_is_made(struct run *run, enum object_kind kind, int id, const struct process *by)
{
    bool known = object_known(run, kind, id) != NULL;
    struct object *object = object_meet(run, kind, id);
    if (known || object == NULL || ids_have(ids_of(run->before, kind), id))
        return false;
    object->creator = by->number;
    object->created = run->sequence + 1;
    return true;
}

void object_removed(struct run *run, enum object_kind kind, int id, const struct process *by)
{
    struct object *object = object_known(run, kind, id);
    if (object == NULL || object->removed != 0)
        return;
    object->removed = run->sequence;
    object->removed_by = by->number;
}

static bool is_left(const struct object *object, const struct world *after)
{
    return object->removed == 0 && ids_have(ids_of(after, object->kind), object->id);
}

static void write_number(struct json *json, const char *key, long number)
{
    if (number != 0)
        json_integer(json, key, number);
    else
        json_null(json, key);
}

void objects_write(struct json *json, const struct run *run, const struct world *after)
{
    json_open(json, "objects", '[');
    for (size_t i = 0; i < run->series->object_count; i++) {
        const struct object *object = run->series->objects[i];
        if (object->gone || !object->met)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "kind", object_kind_name(object->kind));
        json_integer(json, "number", object->number);
        json_integer(json, "id", object->id);
        json_integer(json, "key", object->key);
        write_number(json, "creator", object->creator);
        write_number(json, "created", object->created);
        json_boolean(json, "preexisting", object->creator == 0);
        write_number(json, "removed", object->removed);
        write_number(json, "removed_by", object->removed_by);
        json_boolean(json, "left", is_left(object, after));
        json_close(json, '}');
    }
    json_close(json, ']');
}

void objects_write_left(struct json *json, const struct run *run, const struct world *after)
{
    json_open(json, "objects", '[');
    for (size_t i = 0; i < run->series->object_count; i++) {
        const struct object *object = run->series->objects[i];
        if (object->gone || object->creator == 0 || !is_left(object, after))
            continue;
        json_open(json, NULL, '{');
        json_string(json, "kind", object_kind_name(object->kind));
        json_integer(json, "number", object->number);
        json_integer(json, "by", object->creator);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void objects_free(struct series *series)
{
    for (size_t i = 0; i < series->object_count; i++)
        free(series->objects[i]);
    free(series->objects);
    series->objects = NULL;
    series->object_count = 0;
}
