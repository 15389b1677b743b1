/* What stands in a segment: its pages that hold anything, read from outside.

   A page that nobody touched yet is not read, so that looking at a large segment does not commit
   it (mincore(2): which pages are there). */
#ifndef WITNESS_PAGES_H
#define WITNESS_PAGES_H

#include "json.h"
#include "run.h"

enum {
    PAGE_BYTES = 4096,
    PAGES_READ = 1024, /* how many pages of one segment are read at most, of those there are */
};

/* A page with something else than zeros in it. */
struct page {
    size_t offset; /* in the segment */
    unsigned char bytes[PAGE_BYTES];
};

/* Sorted by offset; owned. */
struct pages {
    struct page *list;
    size_t count;
};

/* Reads the segment through a process that has it attached, or attaches it for a moment where it is
   larger than a page or nobody has. Returns NULL where it may not be read or memory ran out; else
   the caller frees it. */
struct pages *pages_read(const struct run *run, const struct segment *segment);

/* --past-end: fills what follows the segment on its last page, so that a program that reads too far
   finds something else than the zeros of a fresh page. pages_read shows zeros there. */
void pages_fill_past_end(struct segment *segment);

void pages_free(struct pages *pages);

/* NULL stands for a segment of zeros. */
bool pages_differ(const struct pages *before, const struct pages *now);

/* Writes "bytes", the first page without its last zeros; "further", what stands behind it, in
   pieces [offset, hex] with no long row of zeros in them; "changed", the ranges [offset, length]
   that differ. */
void pages_write(struct json *event, const struct pages *before, const struct pages *now);

#endif
