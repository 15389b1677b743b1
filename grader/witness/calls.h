/* The table of traced calls: it drives the filter, the decoding, the faults and the names in the
   facts. To trace another call is to add a row, with functions where it means something of its
   own. */
#ifndef WITNESS_CALLS_H
#define WITNESS_CALLS_H

#include <stddef.h>

#include "call.h"

extern const struct call calls[];
extern const size_t call_count;

#endif
