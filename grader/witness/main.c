/* witness: runs a command and tells, as JSON, what its processes and its segments did. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "explored.h"
#include "facts.h"
#include "faults.h"
#include "group.h"
#include "journal.h"
#include "leftovers.h"
#include "made.h"
#include "objects.h"
#include "options.h"
#include "order.h"
#include "output.h"
#include "processes.h"
#include "refusal.h"
#include "run.h"
#include "segments.h"
#include "spawn.h"
#include "timers.h"
#include "trace.h"
#include "user.h"
#include "virtual_time.h"

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_FAULT = 4 };

static volatile int interrupted; /* set by the handler, read by the loop: the one mutable global */

/* A program that is not traced may signal process 1 of its namespace; it counts only what comes
   from outside (there it has no number) by kill(2), whose facts cannot be made up, or from a
   terminal. */
static void on_interrupt(int number, siginfo_t *told, void *context)
{
    (void)context;
    if (told->si_code == SI_KERNEL ||
        (told->si_code == SI_USER && (getpid() != 1 || told->si_pid == 0)))
        interrupted = number;
}

static void on_child(int number)
{
    (void)number; /* only there to end a ppoll */
}

static void install_handlers(void)
{
    struct sigaction action = {.sa_sigaction = on_interrupt, .sa_flags = SA_SIGINFO};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_flags = 0;
    action.sa_handler = on_child;
    sigaction(SIGCHLD, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int open_results(const char *where)
{
    if (where == NULL)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (strncmp(where, "FD:", 3) == 0) {
        char *end;
        long descriptor = strtol(where + 3, &end, 10);
        if (end == where + 3 || *end != '\0' || descriptor < 0 || descriptor > 1000000) {
            errno = EINVAL;
            return -1;
        }
        return fcntl((int)descriptor, F_SETFD, FD_CLOEXEC) == 0 ? (int)descriptor : -1;
    }
    return open(where, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static int write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written == -1 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

/* A table by pid that costs only the pages that are used. */
static void *sparse_table(size_t places)
{
    void *table = mmap(NULL, places * sizeof(void *), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return table == MAP_FAILED ? NULL : table;
}

static int report(const struct run *run, const char *what, int error)
{
    fprintf(stderr, "witness: %s '%s': %s\n", what, run->options->command[0], strerror(error));
    return EXIT_FAULT;
}

static int report_refusal(const struct run *run)
{
    const struct refusal *refused = run->series->refused;
    if (refused->need == NEED_OTHER)
        return report(run, refused->what, refused->error);
    struct surroundings around;
    char why[512];
    refusal_look(&around);
    refusal_explain(why, sizeof why, refused->need, refused->error, &around);
    fprintf(stderr, "witness: %s programs: %s: %s\n", refused->what, strerror(refused->error), why);
    return EXIT_REFUSED;
}

/* Runs one command from its start to its facts; in one of the orders that are tried, or NULL. */
static int run_once(struct series *series, const struct options *options, struct explored *explored)
{
    struct run command = {
        .series = series,
        .options = options,
        .tracing = !options->untraced,
        .group_kills = group_kills(series->group),
        .random = (options->seed + 1) * 0x9E3779B97F4A7C15ULL,
        .explored = explored,
    };
    struct run *run = &command;
    *series->refused = (struct refusal){.what = NULL};
    if (!options->id_zero && !series->id_zero_is_used) {
        segments_use_up_id_zero();
        series->id_zero_is_used = true;
    }
    if (options->untraced && getpid() != 1) {
        fputs(
            "witness: --untraced: only as the first process of a PID namespace: what is not traced "
            "could not be ended elsewhere\n",
            stderr);
        return EXIT_USAGE;
    }
    if (user_take(series->uid) != 0)
        return report(run, "cannot become the user of", errno);
    struct made made = {.processes = -1, .segments = -1};
    if (options->untraced)
        made = made_so_far();
    struct world before, after;
    world_look(&before, getpid() == 1, series->uid);
    run->before = &before;
    segments_begin(run);
    objects_begin(run);
    if (order_begin(run) != 0 || output_open(run) != 0) {
        int error = errno;
        order_free(run);
        output_close(run);
        world_free(&before);
        return report(run, "cannot open a pipe or terminal for", error);
    }
    json_open(&run->events, NULL, '[');
    json_open(&run->stacks.text, NULL, '[');
    run->started_ns = now_ns();
    pid_t first = spawn_command(run);
    if (first == -1) {
        output_close(run);
        world_free(&before);
        json_free(&run->events);
        stacks_free(&run->stacks);
        return report_refusal(run);
    }
    trace_run(run, first, &interrupted);
    timers_free(run);
    if (explored != NULL)
        explored_learn(explored, run);
    run->wall_us = (now_ns() - run->started_ns) / 1000;
    json_close(&run->events, ']');
    if (options->untraced) {
        struct made until_now = made_so_far();
        run->made = made_between(&made, &until_now);
    }
    json_close(&run->stacks.text, ']');
    segments_take_strays(run);
    world_look(&after, getpid() == 1, series->uid);
    struct json facts = {0};
    int result = EXIT_DONE;
    if (series->refused->what != NULL) /* what came then, the command did not do */
        result = report_refusal(run);
    else
        facts_write(&facts, run, &before, &after);
    if (result == EXIT_DONE &&
        (facts.failed || write_all(series->results, facts.text, facts.length) != 0 ||
         write_all(series->results, "\n", 1) != 0)) {
        fprintf(stderr, "witness: cannot write the facts: %s\n",
                facts.failed ? "no memory" : strerror(errno));
        result = EXIT_FAULT;
    }
    json_free(&facts);
    json_free(&run->events);
    stacks_free(&run->stacks);
    output_close(run);
    order_free(run);
    processes_free(run);
    world_free(&before);
    world_free(&after);
    return interrupted != 0 ? EXIT_FAULT : result;
}

/* Runs one command, or one after the other in all of its orders. */
static int run_command(struct series *series, const struct options *options)
{
    if (options->explore == 0)
        return run_once(series, options, NULL);
    struct options one = *options;
    struct explored explored;
    char written[32];
    int result;
    one.schedule_written = written;
    explored_begin(&explored, options->explore);
    do {
        one.order = explored_next(&explored);
        snprintf(written, sizeof written, "order:%llu", one.order);
        result = run_once(series, &one, &explored);
    } while (result == EXIT_DONE && !explored_is_over(&explored));
    explored_free(&explored);
    return result;
}

/* Reads all lines first, so that a mistake in the last one is told before the first command runs.
 */
static int run_series(struct series *series, const char *path)
{
    const bool from_stdin = strcmp(path, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(path, "re");
    if (file == NULL) {
        fprintf(stderr, "witness: cannot read the series '%s': %s\n", path, strerror(errno));
        return EXIT_USAGE;
    }
    struct item {
        char *line;
        char **argv;
        struct options options;
    } *items = NULL;
    size_t count = 0, capacity = 0;
    int result = EXIT_DONE;
    char *line = NULL;
    for (;;) {
        size_t size = 0;
        line = NULL;
        ssize_t length = getline(&line, &size, file);
        if (length <= 0)
            break;
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (line[0] == '\0') {
            free(line);
            continue;
        }
        if (count == capacity) {
            capacity = capacity * 2 + 8;
            struct item *grown = realloc(items, capacity * sizeof *items);
            if (grown == NULL) {
                result = EXIT_FAULT;
                break;
            }
            items = grown;
        }
        items[count] = (struct item){.line = line};
        items[count].argv = options_split_line(line);
        count++;
        line = NULL;
        if (items[count - 1].argv == NULL ||
            options_parse(&items[count - 1].options, NULL, items[count - 1].argv) != 0 ||
            faults_check(&items[count - 1].options) != 0) {
            result = EXIT_USAGE;
            break;
        }
    }
    free(line);
    if (result == EXIT_DONE && count == 0) {
        fprintf(stderr, "witness: the series '%s' has no command\n", path);
        result = EXIT_USAGE;
    }
    for (size_t i = 0; i < count && result == EXIT_DONE; i++)
        result = run_command(series, &items[i].options);
    for (size_t i = 0; i < count; i++) {
        free(items[i].argv);
        free(items[i].line);
    }
    free(items);
    if (!from_stdin)
        fclose(file);
    return result;
}

/* Before anything is begun: what does not go is told in one line. */
static int try_user(uid_t uid)
{
    const char *advice = geteuid() != 0 ? " (only root can run a command as another user)" : "";
    if (geteuid() == 0 && user_take(uid) == 0 && user_return(uid) == 0)
        return 0;
    fprintf(stderr, "witness: --uid %u: %s%s\n", (unsigned)uid,
            strerror(geteuid() != 0 ? EPERM : errno), advice);
    return -1;
}

int main(int argc, char **argv)
{
    struct options options;
    struct request request = {0};
    (void)argc;
    if (options_parse(&options, &request, argv) != 0 || faults_check(&options) != 0)
        return EXIT_USAGE;
    if (request.help) {
        char calls[FAULT_NAMES_SIZE];
        faults_names(calls, sizeof calls, "\n" HELP_INDENT, 56);
        options_print_help(stdout, calls);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAULT;
    }
    if (request.version) {
        puts("witness, facts of schema " FACTS_SCHEMA);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAULT;
    }
    if (request.uid != 0 && try_user(request.uid) != 0)
        return EXIT_REFUSED;
    int results = open_results(request.output);
    if (results == -1) {
        fprintf(stderr, "witness: --output %s: %s\n", request.output, strerror(errno));
        return EXIT_USAGE;
    }
    struct group group;
    if (group_take(&group) != 0) {
        fputs(
            "witness: WITNESS_CGROUP: not of the form ENTER[:ENTER]:KILLS with open descriptors\n",
            stderr);
        return EXIT_USAGE;
    }
    struct series series = {
        .tasks = sparse_table(PID_LIMIT),
        .by_pid = sparse_table(PID_LIMIT),
        .uid = request.uid,
        .group = &group,
        .results = results,
        .journal = -1,
        .refused = refusal_shared(),
    };
    if (series.tasks == NULL || series.by_pid == NULL || series.refused == NULL) {
        fprintf(stderr, "witness: no memory: %s\n", strerror(errno));
        return EXIT_FAULT;
    }
    virtual_time_begin(&series);
    install_handlers();
    prctl(PR_SET_CHILD_SUBREAPER, 1L);
    prctl(PR_SET_TIMERSLACK, 1L); /* it waits for short times only */
    segments_note_foreign(&series);
    struct world first;
    world_look(&first, false, series.uid);
    if (getpid() != 1)
        series.journal = journal_open();
    int result = request.series != NULL ? run_series(&series, request.series)
                                        : run_command(&series, &options);
    segments_remove_leftovers(&series);
    world_restore(&first, series.uid);
    world_free(&first);
    if (user_return(series.uid) != 0)
        return EXIT_FAULT; /* the journal stays: the next start removes what is left */
    journal_close(series.journal);
    segments_free(&series);
    objects_free(&series);
    return result;
}
