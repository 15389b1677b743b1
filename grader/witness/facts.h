/* The facts of a run as one JSON object (schema witness/v1, see README.md). */
#ifndef WITNESS_FACTS_H
#define WITNESS_FACTS_H

#include "leftovers.h"
#include "run.h"

#define FACTS_SCHEMA "witness/v1"

/* Writes the facts to json: process and segment tables, outputs, leftovers, events. */
void facts_write(struct json *json, struct run *run, const struct world *before,
                 const struct world *after);

#endif
