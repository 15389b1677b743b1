/* The one clock that witness reads: it neither jumps nor goes back. */
#ifndef WITNESS_CLOCK_H
#define WITNESS_CLOCK_H

long long now_ns(void);

#endif
