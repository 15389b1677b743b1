#define _GNU_SOURCE
#include "segments.h"

#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "journal.h"
#include "pages.h"
#include "processes.h"

/* shmctl(2) SHM_STAT_ANY: Linux 4.17; needs no read permission on the segment */
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif

enum { SEGMENTS_MAX = 500 };

void segments_use_up_id_zero(void)
{
    int id = shmget(IPC_PRIVATE, 1, 0600);
    if (id != -1)
        shmctl(id, IPC_RMID, NULL);
}

int segment_look_up(int id, struct shmid_ds *facts)
{
    struct shm_info info;
    if (id < 0)
        return -1;
    int highest = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
    for (int index = 0; index <= highest; index++) {
        if (shmctl(index, SHM_STAT_ANY, facts) == id)
            return 0;
    }
    return -1;
}

void segments_note_foreign(struct series *series)
{
    struct shm_info info;
    struct shmid_ds facts;
    int highest = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
    for (int index = 0; index <= highest; index++) {
        int id = shmctl(index, SHM_STAT_ANY, &facts);
        int *grown =
            id != -1 ? realloc(series->foreign, (series->foreign_count + 1) * sizeof *grown) : NULL;
        if (grown == NULL)
            continue;
        series->foreign = grown;
        series->foreign[series->foreign_count++] = id;
    }
}

static bool is_foreign(const struct run *run, int id)
{
    for (size_t i = 0; i < run->series->foreign_count; i++) {
        if (run->series->foreign[i] == id)
            return true;
    }
    return false;
}

struct segment *segment_meet_foreign(struct run *run, key_t key)
{
    for (size_t i = 0; i < run->series->foreign_count && key != IPC_PRIVATE; i++) {
        struct shmid_ds facts;
        if (segment_look_up(run->series->foreign[i], &facts) == 0 && facts.shm_perm.__key == key)
            return segment_meet(run, run->series->foreign[i], NULL);
    }
    return NULL;
}

struct segment *segment_known(const struct run *run, int id)
{
    for (size_t i = run->series->segment_count; i-- > 0;) {
        if (run->series->segments[i]->id == id && !run->series->segments[i]->gone)
            return run->series->segments[i];
    }
    return NULL;
}

void segments_begin(struct run *run)
{
    for (size_t i = 0; i < run->series->segment_count; i++) {
        struct segment *segment = run->series->segments[i];
        segment->gone |= segment->removed != 0 || !segment_is_left(segment);
        segment->met = false;
        segment->creator = 0;
        segment->created = 0;
        segment->looked = 0;
    }
}

/* A new one with the next number; NULL where there is no memory. */
static struct segment *add(struct series *series)
{
    struct segment **grown =
        realloc(series->segments, (series->segment_count + 1) * sizeof(struct segment *));
    if (grown == NULL)
        return NULL;
    series->segments = grown;
    struct segment *segment = calloc(1, sizeof *segment);
    if (segment == NULL)
        return NULL;
    grown[series->segment_count++] = segment;
    segment->number = (int)series->segment_count;
    return segment;
}

/* gcc's analyzer loses sight of the list behind two pointers, and takes it for a leak. */
#if __GNUC__ >= 10
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
struct segment *segment_meet(struct run *run, int id, const struct process *by)
{
    struct segment *segment = segment_known(run, id);
    if (segment != NULL) {
        segment->met = true;
        return segment;
    }
    struct shmid_ds facts;
    if (segment_look_up(id, &facts) != 0)
        return NULL;
    segment = add(run->series);
    if (segment == NULL)
        return NULL;
    segment->id = id;
    segment->key = facts.shm_perm.__key;
    segment->size = facts.shm_segsz;
    segment->mode = facts.shm_perm.mode & 0777;
    segment->met = true;
    segment->owner = facts.shm_perm.uid;
    segment->foreign = is_foreign(run, id);
    /* An id that nobody named before, made by this very process: the call that returned it made it.
     */
    if (by != NULL && facts.shm_cpid == by->pid && !segment->foreign) {
        segment->made_here = true;
        segment->creator = by->number;
        segment->created = run->sequence + 1;
        run->series->segment_bytes += (long long)segment->size;
        journal_add(run->series->journal, id);
    }
    return segment;
}
#if __GNUC__ >= 10
#pragma GCC diagnostic pop
#endif

bool segment_is_left(const struct segment *segment)
{
    struct shmid_ds facts;
    /* ipc(5): a segment that is marked to be destroyed has SHM_DEST in its mode */
    return segment_look_up(segment->id, &facts) == 0 && (facts.shm_perm.mode & SHM_DEST) == 0;
}

/* Each look at a segment walks through the kernel's table: thousands of tiny ones would keep
   witness busy for longer than the run may take (measured). */
static bool is_room_for_one_more(const struct run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->series->segment_count; i++)
        count += !run->series->segments[i]->gone && run->series->segments[i]->removed == 0;
    return count < SEGMENTS_MAX;
}

bool segments_fit(struct run *run, unsigned long long size)
{
    unsigned long long limit = (unsigned long long)run->options->limits.segments;
    if (!is_room_for_one_more(run))
        return false;
    if ((unsigned long long)run->series->segment_bytes + size <= limit && size <= limit)
        return true;
    run->series->segment_bytes = 0;
    for (size_t i = 0; i < run->series->segment_count; i++) {
        struct shmid_ds facts;
        if (!run->series->segments[i]->gone &&
            segment_look_up(run->series->segments[i]->id, &facts) == 0)
            run->series->segment_bytes += (long long)facts.shm_segsz;
    }
    return size <= limit && (unsigned long long)run->series->segment_bytes + size <= limit;
}

void segments_take_strays(struct run *run)
{
    struct shm_info info;
    struct shmid_ds facts;
    int highest = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
    for (int index = 0; index <= highest; index++) {
        int id = shmctl(index, SHM_STAT_ANY, &facts);
        const struct process *creator = id != -1 ? process_by_pid(run, facts.shm_cpid) : NULL;
        if (creator != NULL && segment_known(run, id) == NULL)
            segment_meet(run, id, creator);
    }
}

int segments_remove_leftovers(struct series *series)
{
    int removed = 0;
    for (size_t i = 0; i < series->segment_count; i++) {
        const struct segment *segment = series->segments[i];
        if (!segment->gone && segment->made_here && shmctl(segment->id, IPC_RMID, NULL) == 0)
            removed++;
    }
    return removed;
}

void segments_free(struct series *series)
{
    for (size_t i = 0; i < series->segment_count; i++) {
        pages_free(series->segments[i]->content);
        free(series->segments[i]);
    }
    free(series->segments);
    free(series->foreign);
    series->segments = NULL;
    series->foreign = NULL;
    series->foreign_count = 0;
    series->segment_count = 0;
}
