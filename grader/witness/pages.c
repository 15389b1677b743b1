#define _GNU_SOURCE
#include "pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "memory.h"
#include "processes.h"

enum {
    PAGES_SMALL = 16,        /* so few are read without asking which are there */
    PIECE_GAP = 16,          /* so many zeros end a piece; pieces begin and end at 8 bytes */
    FURTHER_BYTES = 1 << 16, /* of what stands behind the first page, so much is written */
    PAST_END = 0x5A,         /* --past-end: as an int a large number, as a text "ZZZZ" */
};

static const unsigned char zeros[PAGE_BYTES];

/* Reads the first page through a process that has the segment attached, so that its count of
   attachments stays as the program expects it. */
static bool read_first(const struct run *run, const struct segment *segment, void *bytes)
{
    for (size_t i = 0; i < run->live_count; i++) {
        const struct process *process = run->live[i]->process;
        if (process == NULL || process->ended != 0)
            continue;
        const struct attachment *attachment = process_attachment(process, segment);
        if (attachment == NULL)
            continue;
        ssize_t got = memory_read(run->live[i]->tid, attachment->address, bytes, PAGE_BYTES);
        if (got == PAGE_BYTES)
            return true;
    }
    return false;
}

/* What witness itself put past the segment's end is not the program's. */
static void hide_filling(const struct segment *segment, struct page *page)
{
    size_t own = segment->size > page->offset ? segment->size - page->offset : 0;
    for (size_t i = own; segment->filled && i < PAGE_BYTES; i++) {
        if (page->bytes[i] == PAST_END)
            page->bytes[i] = 0;
    }
}

static bool add_page(const struct segment *segment, struct pages *pages, size_t offset,
                     const unsigned char *bytes)
{
    if (memcmp(bytes, zeros, PAGE_BYTES) == 0)
        return true;
    struct page *grown = realloc(pages->list, (pages->count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    pages->list = grown;
    struct page *page = &pages->list[pages->count++];
    page->offset = offset;
    memcpy(page->bytes, bytes, PAGE_BYTES);
    hide_filling(segment, page);
    if (memcmp(page->bytes, zeros, PAGE_BYTES) == 0)
        pages->count--;
    return true;
}

static bool add_attached(const struct segment *segment, struct pages *pages,
                         const unsigned char *address)
{
    const size_t size = segment->size;
    /* shmget(2): sizes are rounded up to pages, and a program that asked for too little may use
     * them */
    size_t count = (size + PAGE_BYTES - 1) / PAGE_BYTES;
    unsigned char *there = malloc(count);
    if (there == NULL)
        return false;
    memset(there, 1, count);
    bool done = count <= PAGES_SMALL || mincore((void *)(uintptr_t)address, size, there) == 0;
    size_t left = PAGES_READ;
    for (size_t i = 0; done && i < count && left > 0; i++) {
        if ((there[i] & 1) == 0)
            continue;
        done = add_page(segment, pages, i * PAGE_BYTES, address + i * PAGE_BYTES);
        left--;
    }
    free(there);
    return done;
}

static bool read_attached(const struct segment *segment, struct pages *pages)
{
    unsigned char *address = shmat(segment->id, NULL, SHM_RDONLY);
    if (address == (void *)-1)
        return false;
    bool done = add_attached(segment, pages, address);
    shmdt(address);
    return done;
}

struct pages *pages_read(const struct run *run, const struct segment *segment)
{
    struct pages *pages = calloc(1, sizeof *pages);
    if (pages == NULL)
        return NULL;
    unsigned char first[PAGE_BYTES];
    bool done = segment->size <= PAGE_BYTES && read_first(run, segment, first)
                    ? add_page(segment, pages, 0, first)
                    : read_attached(segment, pages);
    if (!done) {
        pages_free(pages);
        return NULL;
    }
    return pages;
}

void pages_fill_past_end(struct segment *segment)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t used = segment->size % page;
    unsigned char *address = used != 0 ? shmat(segment->id, NULL, 0) : (void *)-1;
    if (address == (void *)-1)
        return;
    memset(address + segment->size, PAST_END, page - used);
    shmdt(address);
    segment->filled = true;
}

void pages_free(struct pages *pages)
{
    if (pages == NULL)
        return;
    free(pages->list);
    free(pages);
}

bool pages_differ(const struct pages *before, const struct pages *now)
{
    size_t before_count = before == NULL ? 0 : before->count;
    size_t now_count = now == NULL ? 0 : now->count;
    if (before_count != now_count)
        return true;
    return now_count > 0 && memcmp(before->list, now->list, now_count * sizeof *now->list) != 0;
}

static void write_offset(struct json *event, size_t offset)
{
    json_integer(event, NULL, (long long)offset);
}

static void write_ranges(struct json *event, size_t offset, const unsigned char *old,
                         const unsigned char *new)
{
    for (size_t i = 0; i < PAGE_BYTES; i++) {
        size_t start = i;
        while (i < PAGE_BYTES && new[i] != old[i])
            i++;
        if (i == start)
            continue;
        json_open(event, NULL, '[');
        write_offset(event, offset + start);
        write_offset(event, i - start);
        json_close(event, ']');
    }
}

static void write_changes(struct json *event, const struct pages *before, const struct pages *now)
{
    const struct page *old = before == NULL ? NULL : before->list;
    const struct page *old_end = before == NULL ? NULL : before->list + before->count;
    const struct page *new = now->list;
    const struct page *new_end = now->list + now->count;
    json_open(event, "changed", '[');
    while (old != old_end || new != new_end) {
        bool in_old = old != old_end && (new == new_end || old->offset <= new->offset);
        bool in_new = new != new_end && (old == old_end || new->offset <= old->offset);
        write_ranges(event, in_old ? old->offset : new->offset, in_old ? old->bytes : zeros,
                     in_new ? new->bytes : zeros);
        old += in_old;
        new += in_new;
    }
    json_close(event, ']');
}

/* Writes the pieces of one page; returns how many bytes they have. */
static size_t write_pieces(struct json *event, const struct page *page)
{
    size_t written = 0;
    for (size_t i = 0; i < PAGE_BYTES;) {
        if (page->bytes[i] == 0) {
            i++;
            continue;
        }
        size_t start = i & ~(size_t)7;
        size_t end = i;
        while (i < PAGE_BYTES && i - end <= PIECE_GAP) {
            if (page->bytes[i++] != 0)
                end = i;
        }
        size_t stop = (end + 7) & ~(size_t)7;
        json_open(event, NULL, '[');
        write_offset(event, page->offset + start);
        json_hex(event, NULL, page->bytes + start, stop - start);
        json_close(event, ']');
        written += stop - start;
    }
    return written;
}

void pages_write(struct json *event, const struct pages *before, const struct pages *now)
{
    const unsigned char *first =
        now->count > 0 && now->list[0].offset == 0 ? now->list[0].bytes : zeros;
    size_t shown = PAGE_BYTES;
    while (shown > 0 && first[shown - 1] == 0)
        shown--;
    json_hex(event, "bytes", first, shown);
    json_open(event, "further", '[');
    size_t written = 0;
    for (size_t i = 0; i < now->count && written < FURTHER_BYTES; i++) {
        if (now->list[i].offset != 0)
            written += write_pieces(event, &now->list[i]);
    }
    json_close(event, ']');
    write_changes(event, before, now);
}
