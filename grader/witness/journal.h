/* Where witness is not alone in a namespace: a list of the segments that it has to remove, kept in
   a file, so that the next start can do it should this one be killed. */
#ifndef WITNESS_JOURNAL_H
#define WITNESS_JOURNAL_H

/* Removes what killed ones left, and begins a list. Returns its descriptor, or -1 where there is no
   place for one: segments are then removed at the end of the run only. */
int journal_open(void);

/* Takes in a segment that the run created. */
void journal_add(int journal, int id);

/* Nothing is left to remove: the list goes. */
void journal_close(int journal);

#endif
