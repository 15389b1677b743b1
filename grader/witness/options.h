/* What witness is asked to do: the command line, and each line of a series. */
#ifndef WITNESS_OPTIONS_H
#define WITNESS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum schedule {
    SCHEDULE_NONE,
    SCHEDULE_PARENT_FIRST,
    SCHEDULE_CHILD_FIRST,
    SCHEDULE_REVERSE,
    SCHEDULE_ONE_AT_A_TIME,
    SCHEDULE_SEED,
    SCHEDULE_ORDER,
};

struct fault {
    const char *call; /* as it was asked for: whether there is such a call, the table knows */
    size_t call_length;
    int error;           /* the errno that the call returns */
    unsigned nth;        /* 1 for the first; 0 for every one */
    int process;         /* the process' number; 0 for any, counted over the whole run */
    const char *written; /* as it was asked for */
};

struct poke {
    int child; /* born as the child-th: process child + 1 */
    long long old;
    long long new;
};

struct signal_swap {
    int old;
    int new;
};

struct limits {
    long long wall_ms;
    long long cpu_ms;
    long long virtual_ms; /* slept, by the clock that the programs see */
    long long memory;     /* bytes of address space, each process */
    long long segments;   /* bytes, all segments of the run together */
    long long processes;  /* alive at once */
    long long output;     /* bytes kept of each stream */
    long long file_size;  /* bytes */
    long long open_files;
};

enum { OPTION_LIST_MAX = 80, ORDERS_MAX = 2000 };

/* One run of one command. The strings belong to the argument vector that was parsed. */
struct options {
    char **command; /* ends with NULL */
    bool terminal;
    bool untraced;
    bool content;
    bool core;
    bool owner_mode;
    bool id_zero;
    bool past_end;
    long long first_pid; /* 0: as it comes */
    enum schedule schedule;
    unsigned long long seed;
    unsigned long long order; /* which one (order.h) */
    size_t explore;           /* so many orders are tried at most; 0: this one */
    const char *schedule_written;
    struct fault faults[OPTION_LIST_MAX];
    size_t fault_count;
    struct poke pokes[OPTION_LIST_MAX];
    size_t poke_count;
    struct signal_swap swaps[OPTION_LIST_MAX];
    size_t swap_count;
    struct limits limits;
    long long linger_ms;
};

/* What is asked once for the whole call. */
struct request {
    const char *series; /* a file, "-" for standard input, or NULL */
    const char *output; /* a file, "FD:n", or NULL for standard output */
    uid_t uid;          /* whom the commands run as; 0: the caller */
    bool help;
    bool version;
};

#define HELP_INDENT "                        "

void options_init(struct options *options);

/* Reads argv (argv[0] is passed over). request is NULL for a line of a series, where only the
   options of a run may stand. Returns 0, or -1 after one line on stderr. */
int options_parse(struct options *options, struct request *request, char **argv);

/* Splits a line of a series into an argument vector; words are percent-decoded in place ("%20" is a
   space, a lone "%" is the empty word). Returns a vector to be freed, or NULL after a line on
   stderr. */
char **options_split_line(char *line);

/* calls: what --fail takes, in lines that begin with HELP_INDENT. */
void options_print_help(FILE *stream, const char *calls);

const char *error_name(int error); /* "ENOENT"; "E?" for one without a name */

#endif
