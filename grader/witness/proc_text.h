/* The text of files in /proc, which hold names that a program chose, and of the list of segments.
 */
#ifndef WITNESS_PROC_TEXT_H
#define WITNESS_PROC_TEXT_H

#include <stdbool.h>
#include <sys/types.h>

/* proc(5), stat: 'S' for sleeping and so on; '?' where the text is no such line. */
char proc_text_state(const char *stat);

/* proc(5), stat: the device number of the terminal that a process belongs to; 0: of none. */
dev_t proc_text_terminal(const char *stat);

/* proc(5), syscall: the number of the call that a task sleeps in, and its arguments; -1 where it
   cannot be told ("running"). */
long proc_text_call(const char *call, unsigned long long arguments[6]);

/* proc(5), status: the mask of signals of a line such as "SigCgt:", bit signal - 1. 0 without one.
 */
unsigned long long proc_text_mask(const char *status, const char *name);

/* The number behind a name at the beginning of a line (proc(5): limits, meminfo; with an empty name
   a setting below sys). -1 where there is none, or "unlimited". */
long long proc_text_number(const char *text, const char *name);

/* proc(5), fdinfo: whose pidfd it is; 0 where it is none, or the process is gone. */
pid_t proc_text_pid(const char *fdinfo);

/* proc(5), maps: a line of code that is mapped from a file; its path begins at *path, and ends
   where the line does. */
bool proc_text_code(const char *line, unsigned long long *start, unsigned long long *end,
                    unsigned long long *offset, const char **path);

/* A line of the list of segments: "ID CREATED". */
bool proc_text_segment(const char *line, int *id, long long *created);

#endif
