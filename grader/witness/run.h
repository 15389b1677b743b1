/* The state of a series and of one run in it, owned by main and handed down: processes, tasks,
   segments, events. */
#ifndef WITNESS_RUN_H
#define WITNESS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sem.h>
#include <sys/types.h>

#include "call.h"
#include "json.h"
#include "made.h"
#include "options.h"
#include "refusal.h"
#include "stacks.h"

enum verdict {
    VERDICT_ENDED,
    VERDICT_WALL_TIME,
    VERDICT_CPU_TIME,
    VERDICT_MEMORY,
    VERDICT_PROCESSES,
    VERDICT_OUTPUT,
    VERDICT_FILE_SIZE,
    VERDICT_OPEN_FILES,
    VERDICT_SEGMENTS,
    VERDICT_EVENTS,
    VERDICT_DEADLOCK,
    VERDICT_FAULT, /* witness itself or the machine failed */
};

/* A segment that the run met. Lives as long as the series. */
struct segment {
    int number; /* from 1, in order of appearance */
    int id;
    key_t key;
    size_t size;
    unsigned mode;
    int creator; /* process number, 0: made before this command */
    long created;
    int removed_by;
    long removed;
    bool made_here; /* created by this series */
    bool foreign;   /* it was there before the series */
    bool filled;    /* --past-end: its last page holds something past its end */
    uid_t owner;
    bool met;              /* some call of this command named it */
    bool gone;             /* a former command removed it: its number is not used again */
    struct pages *content; /* what was seen last; NULL before the first look */
    long looked;           /* the moment of that look */
};

enum object_kind { OBJECT_SET, OBJECT_QUEUE };

/* A semaphore set or a message queue that a call named. Lives as long as the series. */
struct object {
    enum object_kind kind;
    int number; /* from 1 for each kind, in order of appearance */
    int id;
    key_t key;
    int creator; /* process number, 0: made before this command */
    long created;
    int removed_by;
    long removed;
    bool met;  /* some call of this command named it */
    bool gone; /* a former command removed it */
};

struct attachment {
    struct segment *segment;
    unsigned long long address;
    bool read_only;
    bool inherited;
};

struct fault_place {
    bool happened;
    unsigned long long address;
    bool write_denied; /* it was a write to memory that is mapped, but not for writing */
    struct segment *segment;
    bool read_only;
};

/* An event that may come again, and where the facts tell how often it did (events.c). */
struct repeat {
    size_t start, length; /* of what is the same each time */
    size_t told;          /* where its numbers are */
    long times;
    long era;
};

enum { REPEATS_KEPT = 8 };

struct process {
    int number; /* from 1, in order of birth */
    pid_t pid;
    struct process *parent; /* NULL for the first */
    const char *how;        /* start, fork, vfork, clone */
    bool shares_memory;
    long born;
    long ended; /* 0: not yet */
    int status; /* as wait4 gives it; valid once ended */
    bool killed_by_witness;
    long reaped;
    int reaped_by;
    bool forges;   /* it sent itself the signal of a fault with made-up facts: believed no more */
    bool outlived; /* alive when process 1 ended */
    struct fault_place fault;
    struct attachment *attachments;
    size_t attachment_count;
    long long cpu_us;
    long max_rss_kb;
    int asks;     /* questions and sleeps in a row, for virtual_time.c */
    bool alarmed; /* witness sent it the signal of an alarm */
    int polls;    /* calls in a row that found nothing, sleeps between them or not */
    long calls;   /* traced stops so far; with the next two: does it spin? */
    long calls_seen;
    long long cpu_ns_seen;
    int spin_looks; /* in a row that saw it run without a traced call */
    bool spins;
    long quiet_since; /* the moment it was held, blocked in a traced call or ended; 0: it may run */
    unsigned fault_hits[OPTION_LIST_MAX];
    int order; /* K of childK: born as the K-th child of the run */
    bool poked;
    bool has_views; /* it may see segments that it has not attached, by the books */
    char doing[48];
    struct repeat repeats[REPEATS_KEPT]; /* its last minor events that differ */
    size_t repeat_next;                  /* the one that gives way */
};

enum task_state {
    TASK_RUNNING,
    TASK_STOPPED,   /* being handled, or its first stop came before its parent's event */
    TASK_HELD,      /* witness keeps it stopped */
    TASK_LISTENING, /* stopped by a signal (group stop) */
};

enum hold_kind {
    HOLD_NONE,
    HOLD_BIRTH,   /* a new child, until its parent waits */
    HOLD_NEWBORN, /* a parent on return from fork, until its child stopped for the first time */
    HOLD_PARENT,  /* a parent on return from fork, until that child ended */
    HOLD_TURN,    /* one at a time: not its turn */
    HOLD_WRITER,  /* another one writes to the same output */
    HOLD_MAKER,   /* another one may be making the same set or queue */
    HOLD_EXIT,    /* a wait that knows of a child's end before its tracer does */
    HOLD_KINDS,
};

enum { OPERATIONS_TOLD = 8 };

/* One thread, as the kernel traces them. */
struct task {
    pid_t tid;
    struct process *process; /* NULL until the parent's event names it */
    enum task_state state;
    enum hold_kind hold;
    int resume_request; /* how to go on from a hold: PTRACE_CONT or PTRACE_SYSCALL */
    int resume_signal;
    long long held_since_ns;         /* in virtual time */
    const struct process *waits_for; /* HOLD_PARENT, HOLD_NEWBORN, HOLD_EXIT: the child */
    enum hold_kind lets_in; /* HOLD_TURN: where others may be meanwhile, and not it: HOLD_WRITER,
                               HOLD_MAKER */
    long held_result;       /* HOLD_EXIT: what the call returned */

    const struct call *call; /* the call that it is in, NULL: none */
    unsigned long long arguments[6];
    long began;
    bool restarting;    /* a signal interrupted it and the kernel will make it again */
    long long sleep_ms; /* of a timed sleep: how long it was to be; -1: not told */
    struct sembuf operations[OPERATIONS_TOLD]; /* of a semop: the first ones */
    size_t operation_count;
    long message_type;      /* of a msgsnd */
    int stream;             /* of a write: 1 stdout, 2 stderr, 0 another descriptor, -1 unknown */
    long long drained;      /* bytes of this write that were read before it returned */
    struct task *new_child; /* between the fork event and the return of the call */
    bool started;           /* its first stop was seen */
    bool leaving;           /* its last one was: it is about to end */
    bool repeatable;        /* its last call ended with EINTR and may be made again */
    bool interrupted;       /* asked to stop, since it spins out of its turn */
    int swaps;              /* signals that were replaced */

    long long deadline_ns; /* in virtual time: when its call is over; 0: never */
    bool endless;          /* the kernel was asked to wait without an end (timed.c) */
    bool woken;            /* it was interrupted, as that is over */

    int blocked_ticks;  /* looks in a row at which it was blocked */
    bool blocked_timed; /* at the last look: it will go on by itself */
};

struct output {
    int master;  /* what witness reads: non-blocking */
    int program; /* what the program writes to; kept open, so that no end of file comes early */
    dev_t device;
    ino_t inode;
    dev_t terminal; /* its number as a device; 0: it is a pipe */
    char *kept;
    size_t kept_count;
    long long total;
    long pieces_beyond; /* writes that were not kept */
};

/* What the machine granted to a process at that moment; -1: without an end, or not told. */
struct bounds {
    long long processes; /* of this user, others' among them */
    long long address_space;
    long long private_memory;
    long long open_files;
};

/* A call that failed for want of something, and what the run had then (shortage.c). */
struct shortage {
    long seq; /* of its event */
    int process;
    const char *call;
    int error;
    bool own_limits;          /* a process of the run had changed such a limit before */
    bool own_arguments;       /* what it asked for may fail on any machine */
    long long size;           /* bytes that were asked for */
    long long tasks;          /* processes and threads, those that nobody waited for among them */
    long long private_memory; /* of all processes */
    long long address_space;  /* of the one that called */
    long long segments;       /* those that this series made */
    long long segment_bytes;
    struct bounds bounds;
};

enum { SHORTAGES_MAX = 16 };

enum { CANDIDATES_MAX = 16, DECISIONS_MAX = 256, STEPS_MAX = 1024, NO_DECISION = -1 };

/* Several processes could go on, and one was chosen (order.h). */
struct decision {
    size_t choice; /* its place among the candidates */
    size_t count;
    int candidates[CANDIDATES_MAX]; /* their numbers */
};

/* What a process did from one decision to the next. */
struct step {
    int process;
    int decision; /* that it was chosen at; NO_DECISION: nobody else could go on */
    bool blocks;  /* it does nothing but begin to wait */
    unsigned touches;
};

/* The order that a run is in, and what was decided on its way. */
struct order {
    unsigned long long rest; /* of its number: the digits of the decisions to come */
    struct decision *decisions;
    int decision_count;
    struct step *steps;
    size_t step_count;
    size_t births; /* processes that were there at the last question */
    bool goes_on;  /* somebody was given the turn, and is about to go on; */
    int chosen_at; /* by this decision, or NO_DECISION */
    bool gives_way;
    bool is_long; /* too many steps, decisions or candidates to be kept */
};

enum { CLOCKS = 12 }; /* clock_gettime(2): CLOCK_REALTIME is 0, CLOCK_TAI 11 */

/* What outlives a command: a series runs several in one world. */
struct series {
    uid_t uid; /* whom the commands run as; 0: the caller */
    const struct group *group;
    int results;             /* where the facts go */
    int journal;             /* the list of segments to remove, -1: none */
    struct refusal *refused; /* shared with the child until its exec */
    bool id_zero_is_used;    /* so that the first segment gets another one */

    long long virtual_ns;            /* the time that the programs see (virtual_time.c) */
    long long clock_base_ns[CLOCKS]; /* what the clocks showed when it began */

    struct task **tasks;     /* by tid, PID_LIMIT places: those that exist */
    struct process **by_pid; /* PID_LIMIT places: the newest process of that pid */

    struct segment **segments;
    size_t segment_count;
    long long segment_bytes; /* created and perhaps not destroyed yet */
    int *foreign;            /* ids of the segments that were there before the first command */
    size_t foreign_count;
    struct object **objects;
    size_t object_count;
};

/* The write event that more of the same may be added to. */
struct last_write {
    size_t end;                    /* of its text; 0: there is none */
    size_t told;                   /* where its last moment is */
    const struct process *process; /* who wrote it */
    const char *stream;
};

/* One command, from its start to its facts. */
struct run {
    struct series *series;
    const struct options *options;
    long long group_kills; /* before this command */
    const char *verdict_detail;
    enum verdict verdict;
    bool ending; /* everything is being killed */
    bool tracing;
    bool executed;        /* the command was started */
    dev_t program_device; /* of the file that it was started from */
    ino_t program_inode;
    bool all_asleep;  /* at the last look: nobody could have gone on, however fast */
    bool holds_over;  /* a limit is near: nobody is held any more */
    bool sets_limits; /* a process changed a limit of its own that may be why a call failed */
    const char *distrust[8];
    size_t distrust_count;

    struct process **processes; /* by number - 1 */
    size_t process_count;
    size_t alive;
    struct task **live; /* all tasks that exist */
    size_t live_count, live_capacity;

    const struct world *before; /* what was there before this command */
    struct task *maker;         /* the one that may be making a set or a queue now */

    struct output outputs[3]; /* 1: stdout, 2: stderr */
    struct task *writer;      /* the one that is writing to an output now */

    struct json events;
    struct stacks stacks;
    size_t event_start;            /* where the event that is being written begins */
    size_t event_body;             /* and what of it is the same if it comes again */
    struct process *event_process; /* whose it is; NULL: nobody's */
    long event_count;
    long event_era; /* counts the events that are not minor */
    struct last_write last_write;
    long sequence;
    long moment; /* counts the stops: a clock for who may have changed what */

    long long slept_ns; /* virtual time in which nobody could go on */
    int endless;        /* tasks whose call has virtual time (timed.c) */
    struct timer *timers;
    size_t timer_count;

    long long started_ns;
    long long linger_until_ns;      /* 0: process 1 still runs */
    long long linger_until_then_ns; /* the same in virtual time */
    long long wall_us;
    struct made made; /* of a run that is not traced */
    long long ticked_ns;
    long long real_ns;      /* since the start, without what the machine slept through */
    long long own_ns;       /* of these: somebody computed, or all slept */
    long long cpu_seen_us;  /* at the last look, of all processes */
    long long cpu_used_us;  /* of the limit */
    long long cpu_us_ended; /* of the processes that ended */
    long max_rss_kb;
    unsigned fault_hits[OPTION_LIST_MAX];
    struct task *turn;      /* one at a time: who may run */
    long long turn_free_ns; /* since when nobody has it; 0: somebody has */
    int last_turn;          /* its process number, for the order */
    struct order order;
    struct explored *explored; /* the orders of this program; NULL: only this one is tried */
    unsigned long long random;
    struct shortage shortages[SHORTAGES_MAX];
    size_t shortage_count;
    int stuck_ticks;          /* looks in a row at which nobody could go on */
    long long stuck_since_ns; /* the first of these */
};

enum { PID_LIMIT = 4194304 }; /* proc(5), /proc/sys/kernel/pid_max: 2^22 at most */

#endif
