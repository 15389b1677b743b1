/* The segments that a series met: which call created which, what is left, what has to go. */
#ifndef WITNESS_SEGMENTS_H
#define WITNESS_SEGMENTS_H

#include "run.h"

#include <sys/shm.h>

/* In a fresh namespace the first segment has id 0, which trips a program that tests `if (!id)`: use
 * it up. */
void segments_use_up_id_zero(void);

/* Takes note of what is there before the first command: it is not the series' own, whoever uses it.
 */
void segments_note_foreign(struct series *series);

/* Of those that were there before: the one of this key, taken in, or NULL. */
struct segment *segment_meet_foreign(struct run *run, key_t key);

/* A new command of the series begins: what stands now was made before it. */
void segments_begin(struct run *run);

/* The segment of that id, which a call of the run just named; taken in where it is new. by is the
   process whose shmget may have created it, or NULL. NULL where there is no such segment. */
struct segment *segment_meet(struct run *run, int id, const struct process *by);

/* Of those that are known; NULL else. */
struct segment *segment_known(const struct run *run, int id);

/* Whether creating size more bytes stays within the limit for all segments together. */
bool segments_fit(struct run *run, unsigned long long size);

/* Finds the segment's facts without any right on it. Returns 0, or -1 where it does not exist. */
int segment_look_up(int id, struct shmid_ds *facts);

/* Calls see for every segment that exists now and that the run met or made. */
bool segment_is_left(const struct segment *segment);

/* Takes in what the run's processes created without living to tell: a call that a kill cut off. */
void segments_take_strays(struct run *run);

/* Removes what the series created and left. Returns how many. */
int segments_remove_leftovers(struct series *series);

void segments_free(struct series *series);

#endif
