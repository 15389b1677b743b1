// Each way to wait for a time, linked statically (the Makefile does so by this file's name).
#include "waits_timed.c"
