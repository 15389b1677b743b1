#include "slots.h"
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
typedef struct __attribute__((packed)) { char used; int64_t square; } slot_t;
static key_t key(void) { return ftok("tally.c", 't'); }
static bool bad(const char *s) { perror(s); return false; }
bool board_new(board_t *b, int count)
{
    b->count = count;
    b->id = shmget(key(), (count + !count) * sizeof(slot_t), IPC_CREAT | IPC_EXCL | 0600);
    return b->id != -1 || bad("create");
}
bool board_put(int k, int v)
{
    int id = shmget(key(), 0, 0);
    if (id == -1) return bad("access");
    slot_t *s = shmat(id, NULL, 0);
    if (s == (void *)-1) return bad("attach");
    s[k] = (slot_t){ 'x', (int64_t)v * v };
    shmdt(s);
    return true;
}
bool board_sum(board_t *b, long long *sum)
{
    slot_t *s = shmat(b->id, NULL, SHM_RDONLY);
    if (s == (void *)-1) return bad("attach");
    *sum = 0;
    for (int i = 0; i < b->count; i++) *sum += s[i].square;
    shmdt(s);
    return true;
}
void board_end(board_t *b) { shmctl(b->id, IPC_RMID, NULL); }
