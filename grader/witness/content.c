#define _GNU_SOURCE
#include "content.h"

#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

#include "events.h"
#include "pages.h"

/* The process that alone can have changed the segment since the last look; 0 where there are
 * several. */
static int author_of(const struct run *run, const struct segment *segment)
{
    int author = 0;
    for (size_t i = 0; i < run->process_count; i++) {
        const struct process *process = run->processes[i];
        bool ran = process->quiet_since == 0 || process->quiet_since > segment->looked;
        if (!ran || process_attachment(process, segment) == NULL)
            continue;
        if (author != 0)
            return 0;
        author = process->number;
    }
    return author;
}

/* What was seen last is forgotten for what is there now. */
static void keep(struct run *run, struct segment *segment, struct pages *now)
{
    pages_free(segment->content);
    segment->content = now;
    segment->looked = run->moment;
}

void content_look(struct run *run, struct segment *segment, const struct process *process,
                  const char *when, bool always)
{
    if (!run->options->content)
        return;
    struct pages *now = pages_read(run, segment);
    if (now == NULL)
        return;
    bool changed = pages_differ(segment->content, now);
    if (changed || always) {
        int author = changed ? author_of(run, segment) : 0;
        struct json *event = event_open(run, process, "content");
        json_integer(event, "segment", segment->number);
        json_string(event, "when", when);
        json_integer(event, "size", (long long)segment->size);
        if (author != 0)
            json_integer(event, "author", author);
        else
            json_null(event, "author");
        pages_write(event, segment->content, now);
        event_close(run, false);
    }
    keep(run, segment, now);
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

static size_t find_places(const struct poke *poke, struct segment *segment, const struct page *page,
                          struct place *found, size_t known)
{
    const int32_t narrow = (int32_t)poke->old;
    const int64_t wide = poke->old;
    const unsigned char *bytes = page->bytes;
    for (size_t offset = 0; offset < PAGE_BYTES; offset += sizeof narrow) {
        size_t at = page->offset + offset;
        struct place place = {.segment = segment, .offset = at, .width = 0};
        if (offset % sizeof wide == 0 && at + sizeof wide <= segment->size) {
            if (memcmp(bytes + offset, &wide, sizeof wide) == 0)
                place.width = sizeof wide;
            else if (poke->old != 0 && holds_real(bytes + offset, (double)poke->old))
                place = (struct place){segment, at, sizeof wide, true};
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
        struct pages *pages = pages_read(run, segment);
        for (size_t k = 0; pages != NULL && k < pages->count; k++)
            found = find_places(poke, segment, &pages->list[k], &place, found);
        pages_free(pages);
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
        struct pages *now = pages_read(run, place.segment);
        if (now != NULL)
            keep(run, place.segment, now);
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
