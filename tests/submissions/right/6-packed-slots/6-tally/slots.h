#ifndef SLOTS_H
#define SLOTS_H
#include <stdbool.h>
#include <stdint.h>
typedef struct { int id, count; } board_t;
bool board_new(board_t *, int);
bool board_put(int, int);
bool board_sum(board_t *, long long *);
void board_end(board_t *);
#endif
