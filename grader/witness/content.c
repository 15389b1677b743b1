#define _GNU_SOURCE
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include "events.h"

static const struct attachment *attachment_of(const struct process *process,
                                              const struct segment *segment)
{
    for (size_t i = 0; i < process->attachment_count; i++) {
        if (process->attachments[i].segment == segment)
            return &process->attachments[i];
    }
    return NULL;
}

/* ptrace(2), access mode checks: process_vm_readv goes by the real uid, /proc by the effective one.
 */
static ssize_t read_by_proc(pid_t tid, unsigned long long address, void *bytes, size_t count)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/mem", tid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory == -1)
        return -1;
    ssize_t got = pread(memory, bytes, count, (off_t)address);
    close(memory);
    return got;
}

/* Reads through a process that has the segment attached, so that its count of attachments stays as
   the program expects it; else attaches for a moment. Returns the number of bytes, or -1. */
static ssize_t read_bytes(const struct run *run, const struct segment *segment, void *bytes)
{
    /* shmget(2): sizes are rounded up to pages, and a program that asked for too little may use
     * them */
    const size_t wanted = SEGMENT_BYTES;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct process *process = run->live[i]->process;
        const struct attachment *attachment =
            process != NULL && process->ended == 0 ? attachment_of(process, segment) : NULL;
        if (attachment == NULL)
            continue;
        struct iovec here = {.iov_base = bytes, .iov_len = wanted};
        struct iovec there = {.iov_base = (void *)(uintptr_t)attachment->address,
                              .iov_len = wanted};
        pid_t tid = run->live[i]->tid;
        ssize_t got = process_vm_readv(tid, &here, 1, &there, 1, 0);
        if (got == -1 && errno == EPERM)
            got = read_by_proc(tid, attachment->address, bytes, wanted);
        if (got == (ssize_t)wanted)
            return got;
    }
    const void *address = shmat(segment->id, NULL, SHM_RDONLY);
    if (address == (void *)-1)
        return -1;
    memcpy(bytes, address, wanted);
    shmdt(address);
    return (ssize_t)wanted;
}

/* The process that alone can have changed the segment since the last look; 0 where there are
 * several. */
static int author_of(const struct run *run, const struct segment *segment)
{
    int author = 0;
    for (size_t i = 0; i < run->process_count; i++) {
        const struct process *process = run->processes[i];
        bool ran = process->quiet_since == 0 || process->quiet_since > segment->looked;
        if (!ran || attachment_of(process, segment) == NULL)
            continue;
        if (author != 0)
            return 0;
        author = process->number;
    }
    return author;
}

static void write_changes(struct json *event, const unsigned char *old, size_t old_count,
                          const unsigned char *new, size_t new_count)
{
    json_open(event, "changed", '[');
    for (size_t i = 0; i < new_count; i++) {
        size_t start = i;
        while (i < new_count && new[i] != (i < old_count ? old[i] : 0))
            i++;
        if (i == start)
            continue;
        json_open(event, NULL, '[');
        json_integer(event, NULL, (long long)start);
        json_integer(event, NULL, (long long)(i - start));
        json_close(event, ']');
    }
    json_close(event, ']');
}

void content_look(struct run *run, struct segment *segment, const struct process *process,
                  const char *when, bool always)
{
    unsigned char bytes[SEGMENT_BYTES];
    if (!run->options->content)
        return;
    ssize_t count = read_bytes(run, segment, bytes);
    if (count < 0)
        return;
    size_t shown = (size_t)count;
    while (shown > 0 && bytes[shown - 1] == 0)
        shown--;
    size_t compared = shown > segment->byte_count ? shown : segment->byte_count;
    unsigned char before[SEGMENT_BYTES] = {0};
    if (segment->bytes != NULL)
        memcpy(before, segment->bytes, segment->byte_count);
    bool changed = memcmp(before, bytes, compared) != 0;
    if (changed || always) {
        int author = changed ? author_of(run, segment) : 0;
        struct json *event = event_open(run, process, "content");
        json_integer(event, "segment", segment->number);
        json_string(event, "when", when);
        json_hex(event, "bytes", bytes, shown);
        json_integer(event, "size", (long long)segment->size);
        if (author != 0)
            json_integer(event, "author", author);
        else
            json_null(event, "author");
        write_changes(event, before, compared, bytes, compared);
        event_close(run, false);
    }
    if (changed) {
        unsigned char *kept = realloc(segment->bytes, shown > 0 ? shown : 1);
        if (kept == NULL)
            return;
        memcpy(kept, bytes, shown);
        segment->bytes = kept;
        segment->byte_count = shown;
    }
    segment->looked = run->moment;
}

void content_look_all(struct run *run, const struct process *process, const char *when, bool always)
{
    if (!run->options->content)
        return;
    for (size_t i = 0; i < process->attachment_count; i++)
        content_look(run, process->attachments[i].segment, process, when, always);
}

/* One place of a segment that holds the old value. */
struct place {
    struct segment *segment;
    size_t offset;
    size_t width;
    bool real; /* a double */
};

static bool holds_real(const unsigned char *bytes, double wanted)
{
    double real;
    memcpy(&real, bytes, sizeof real);
    return real == wanted;
}

static size_t find_places(const struct poke *poke, struct segment *segment,
                          const unsigned char *bytes, size_t count, struct place *found,
                          size_t known)
{
    const int32_t narrow = (int32_t)poke->old;
    const int64_t wide = poke->old;
    for (size_t offset = 0; offset + sizeof narrow <= count; offset += sizeof narrow) {
        struct place place = {.segment = segment, .offset = offset, .width = 0};
        if (offset % sizeof wide == 0 && offset + sizeof wide <= segment->size) {
            if (memcmp(bytes + offset, &wide, sizeof wide) == 0)
                place.width = sizeof wide;
            else if (poke->old != 0 && holds_real(bytes + offset, (double)poke->old))
                place = (struct place){segment, offset, sizeof wide, true};
        }
        if (place.width == 0 && narrow == poke->old &&
            memcmp(bytes + offset, &narrow, sizeof narrow) == 0)
            place.width = sizeof narrow;
        if (place.width == 0)
            continue;
        *found = place;
        known++;
        if (place.width == sizeof wide)
            offset += sizeof narrow;
    }
    return known;
}

static void write_value(unsigned char *bytes, const struct place *place, long long value)
{
    const int32_t narrow = (int32_t)value;
    const double real = (double)value;
    if (place->real)
        memcpy(bytes + place->offset, &real, sizeof real);
    else if (place->width == sizeof value)
        memcpy(bytes + place->offset, &value, sizeof value);
    else
        memcpy(bytes + place->offset, &narrow, sizeof narrow);
}

static void poke_one(struct run *run, const struct process *waiter, const struct poke *poke)
{
    struct place place = {0};
    size_t found = 0;
    for (size_t i = 0; i < run->segment_count; i++) {
        struct segment *segment = run->segments[i];
        if (!segment->met || segment->gone)
            continue;
        unsigned char *bytes = shmat(segment->id, NULL, 0);
        if (bytes == (void *)-1)
            continue;
        found = find_places(poke, segment, bytes, SEGMENT_BYTES, &place, found);
        shmdt(bytes);
    }
    struct json *event;
    unsigned char *bytes = found == 1 ? shmat(place.segment->id, NULL, 0) : (void *)-1;
    if (bytes != (void *)-1) {
        content_look(run, place.segment, waiter, "poke", false);
        write_value(bytes, &place, poke->new);
        shmdt(bytes);
    }
    event = event_open(run, waiter, "poke");
    json_integer(event, "found", (long long)found);
    if (bytes != (void *)-1) {
        json_integer(event, "segment", place.segment->number);
        json_integer(event, "offset", (long long)place.offset);
        json_integer(event, "width", (long long)place.width);
        json_integer(event, "old", poke->old);
        json_integer(event, "new", poke->new);
    }
    event_close(run, false);
    if (bytes != (void *)-1 && run->options->content) {
        /* What witness changed is nobody's doing: look at it without naming an author. */
        unsigned char now[SEGMENT_BYTES];
        ssize_t count = read_bytes(run, place.segment, now);
        if (count > 0) {
            unsigned char *kept = realloc(place.segment->bytes, (size_t)count);
            if (kept != NULL) {
                memcpy(kept, now, (size_t)count);
                place.segment->bytes = kept;
                place.segment->byte_count = (size_t)count;
                place.segment->looked = run->moment;
            }
        }
    }
}

void content_poke(struct run *run, const struct process *waiter, struct process *child)
{
    if (child->poked)
        return;
    child->poked = true;
    for (size_t i = 0; i < run->options->poke_count; i++) {
        if (run->options->pokes[i].child == child->order)
            poke_one(run, waiter, &run->options->pokes[i]);
    }
}
