// The five operations, linked statically.
#include "segment_life.c"
