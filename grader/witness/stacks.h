/* What is on the stack of a process at an event, so that its line can be told afterwards: the
   registers, and those words that may be a place in code or on the stack. Only copied here: who
   reads the facts unwinds it. A program can forge all of it. */
#ifndef WITNESS_STACKS_H
#define WITNESS_STACKS_H

#include <sys/types.h>

#include "json.h"

enum { STACKS_CODES = 16 };

/* Mapped code, as /proc tells it. */
struct code_range {
    unsigned long long start, end;
};

struct stacks {
    struct json text; /* the finished entries */
    long count;
    struct code_range codes[STACKS_CODES];
    int code_count;
    int maps_read;
};

/* Of an event of this kind of a process that is stopped: takes its stack in. Takes no more where
   there are many. */
void stacks_note(struct stacks *stacks, long seq, pid_t tid, const char *kind);

/* Writes the key "stacks", a list of {"maps": [[start, end, offset, path], ...]}, which holds for
   what follows, and [seq, pc, sp, [register by DWARF's number, value, ...], [offset, word, ...]].
 */
void stacks_write(struct json *json, const struct stacks *stacks);

void stacks_free(struct stacks *stacks);

#endif
