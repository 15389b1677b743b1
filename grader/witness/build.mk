# How witness is built, from the folder above grader/: the kit's Makefile includes this, and in a
# student's repository, where there is no more of the kit than that, make reads it alone.

CC = gcc
CFLAGS = -std=gnu17 -O2 -g -Wall -Wextra -Wpedantic -Werror

witness_sources = $(wildcard grader/witness/*.c)
witness_objects = $(witness_sources:grader/witness/%.c=build/witness.o/%.o)

build/witness: $(witness_objects)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

build/witness.o/%.o: grader/witness/%.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(witness_objects:.o=.d)
