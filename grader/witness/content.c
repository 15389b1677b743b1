#define _GNU_SOURCE
#include "content.h"

#include <errno.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>

#include "events.h"
#include "pages.h"
#include "processes.h"
#include "verdict.h"

/* The process that alone can have changed the segment since the last look; 0 where there are
 * several, or where nobody knows what it sees. */
static int author_of(const struct run *run, const struct segment *segment)
{
    int author = 0;
    for (size_t i = 0; i < run->process_count; i++) {
        const struct process *process = run->processes[i];
        bool ran = process->quiet_since == 0 || process->quiet_since > segment->looked;
        if (!ran || (process_attachment(process, segment) == NULL && !process->has_views))
            continue;
        if (author != 0 || process->has_views)
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

enum { UNMISTAKABLE = 1 << 16 }; /* a smaller number may be the end of a larger one */

/* How a C program stores a number. */
union stored {
    int32_t narrow;
    int64_t wide;
    double real;
    long double extended;
    unsigned char bytes[sizeof(long double)];
};

enum form { NARROW, WIDE, REAL, EXTENDED, FORMS };

static const size_t widths[FORMS] = {
    [NARROW] = sizeof(int32_t),
    [WIDE] = sizeof(int64_t),
    [REAL] = sizeof(double),
    [EXTENDED] = LDBL_MANT_DIG == 64 ? 10 : sizeof(long double), /* without what only fills */
};

/* One place of a segment that holds the old value. */
struct place {
    struct segment *segment;
    size_t offset;
    enum form form;
};

static union stored stored_as(enum form form, long long value)
{
    union stored stored = {.bytes = {0}};
    if (form == NARROW)
        stored.narrow = (int32_t)value;
    else if (form == WIDE)
        stored.wide = value;
    else if (form == REAL)
        stored.real = (double)value;
    else
        stored.extended = (long double)value;
    return stored;
}

/* In which form the value stands here; FORMS: in none. `room`: for all but an int, which may lie
 * behind the end of its segment. */
static enum form form_at(const unsigned char *bytes, size_t room, long long value)
{
    static const enum form order[] = {WIDE, REAL, EXTENDED, NARROW};
    for (size_t i = 0; i < FORMS; i++) {
        enum form form = order[i];
        if ((form == NARROW && (int32_t)value != value) || (form > WIDE && value == 0))
            continue; /* it does not fit, or all zeros are an integer */
        if (form != NARROW && widths[form] > room)
            continue;
        union stored stored = stored_as(form, value);
        if (memcmp(bytes, stored.bytes, widths[form]) == 0)
            return form;
    }
    return FORMS;
}

/* What a poke came to. */
struct poked {
    size_t found;
    size_t changed;
    struct place first; /* of those that were changed */
};

static void write_value(unsigned char *bytes, const struct place *place, long long value)
{
    union stored stored = stored_as(place->form, value);
    memcpy(bytes + place->offset, stored.bytes, widths[place->form]);
}

/* At the places where C aligns a number, or at all others, as in a packed struct. `bytes`: where
   the segment is attached; NULL: it cannot be. */
static void poke_page(const struct poke *poke, struct segment *segment, const struct page *page,
                      bool aligned, unsigned char *bytes, struct poked *done)
{
    for (size_t offset = 0; offset + sizeof(int32_t) <= PAGE_BYTES; offset++) {
        if (aligned != (offset % sizeof(int32_t) == 0))
            continue;
        size_t at = page->offset + offset;
        size_t room = segment->size > at ? segment->size - at : 0;
        if (room > PAGE_BYTES - offset)
            room = PAGE_BYTES - offset;
        if (aligned && offset % sizeof(int64_t) != 0)
            room = 0; /* only an int may begin here */
        enum form form = form_at(page->bytes + offset, room, poke->old);
        if (form == FORMS)
            continue;
        struct place place = {segment, at, form};
        done->found++;
        if (bytes != NULL) {
            write_value(bytes, &place, poke->new);
            if (done->changed++ == 0)
                done->first = place;
        }
        offset += widths[form] - 1;
    }
}

/* shmat(2): a segment that is gone, or whose mode shuts its owner out, is the program's doing. */
static unsigned char *attach_to_poke(struct run *run, const struct segment *segment)
{
    unsigned char *bytes = shmat(segment->id, NULL, 0);
    if (bytes != (void *)-1)
        return bytes;
    if (errno != EINVAL && errno != EIDRM && errno != EACCES)
        run_end(run, VERDICT_FAULT, "a segment could not be attached to change it");
    return NULL;
}

static void poke_segment(struct run *run, const struct process *waiter, const struct poke *poke,
                         struct segment *segment, bool aligned, struct poked *done)
{
    size_t found = done->found;
    struct pages *pages = pages_read(run, segment);
    for (size_t k = 0; pages != NULL && k < pages->count; k++)
        poke_page(poke, segment, &pages->list[k], aligned, NULL, done);
    unsigned char *bytes = done->found > found ? attach_to_poke(run, segment) : NULL;
    if (bytes != NULL) {
        content_look(run, segment, waiter, "poke", false);
        done->found = found;
        for (size_t k = 0; k < pages->count; k++)
            poke_page(poke, segment, &pages->list[k], aligned, bytes, done);
        shmdt(bytes);
        /* What witness changed is nobody's doing: look at it without naming an author. */
        struct pages *now = run->options->content ? pages_read(run, segment) : NULL;
        if (now != NULL)
            keep(run, segment, now);
    }
    pages_free(pages);
}

static void poke_everywhere(struct run *run, const struct process *waiter, const struct poke *poke,
                            bool aligned, struct poked *done)
{
    for (size_t i = 0; i < run->series->segment_count; i++) {
        struct segment *segment = run->series->segments[i];
        if (segment->met && !segment->gone)
            poke_segment(run, waiter, poke, segment, aligned, done);
    }
}

/* Every place that holds the value is changed: of several nobody knows which one will be read. */
static void poke_one(struct run *run, const struct process *waiter, const struct poke *poke)
{
    struct poked done = {0};
    poke_everywhere(run, waiter, poke, true, &done);
    if (done.found == 0 && llabs(poke->old) >= UNMISTAKABLE)
        poke_everywhere(run, waiter, poke, false, &done);
    struct json *event = event_open(run, waiter, "poke");
    json_integer(event, "found", (long long)done.found);
    json_integer(event, "changed", (long long)done.changed);
    if (done.changed > 0) {
        json_integer(event, "segment", done.first.segment->number);
        json_integer(event, "offset", (long long)done.first.offset);
        json_integer(event, "width", (long long)widths[done.first.form]);
        json_integer(event, "old", poke->old);
        json_integer(event, "new", poke->new);
    }
    event_close(run, false);
}

void content_poke_before(struct run *run, const struct process *child)
{
    for (size_t i = 0; i < run->options->poke_count; i++) {
        if (child->order > 0 && run->options->pokes[i].child == -child->order)
            poke_one(run, child, &run->options->pokes[i]);
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
