// The right program of exercise 1, linked statically (the Makefile does so by this file's name).
#include "copies.c"
