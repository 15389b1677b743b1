#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static int refuse(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("witness: ", stderr);
    vfprintf(stderr, format, values);
    fputs(" (witness --help tells the options)\n", stderr);
    va_end(values);
    return -1;
}

const char *error_name(int error)
{
    const char *name = strerrorname_np(error);
    return name != NULL ? name : "E?";
}

static int error_number(const char *name, size_t length)
{
    for (int error = 1; error < 134; error++) { /* errno(3): the numbers of Linux end at 133 */
        const char *known = strerrorname_np(error);
        if (known != NULL && strlen(known) == length && memcmp(known, name, length) == 0)
            return error;
    }
    return 0;
}

static int parse_number(const char *text, long long least, long long most, long long *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= least && *value <= most ? 0 : -1;
}

void options_init(struct options *options)
{
    *options = (struct options){
        .schedule_written = "none",
        .linger_ms = 500,
        .limits =
            {
                .wall_ms = 10000,
                .cpu_ms = 5000,
                .virtual_ms = 3600000,
                .memory = 256LL << 20,
                .segments = 64LL << 20,
                .processes = 100,
                .output = 1LL << 20,
                .file_size = 16LL << 20,
                .open_files = 64,
            },
    };
}

static int parse_schedule(struct options *options, const char *value)
{
    static const struct {
        const char *name;
        enum schedule schedule;
    } known[] = {
        {"none", SCHEDULE_NONE},
        {"parent-first", SCHEDULE_PARENT_FIRST},
        {"child-first", SCHEDULE_CHILD_FIRST},
        {"reverse", SCHEDULE_REVERSE},
        {"one-at-a-time", SCHEDULE_ONE_AT_A_TIME},
    };
    options->schedule_written = value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(value, known[i].name) == 0) {
            options->schedule = known[i].schedule;
            return 0;
        }
    }
    long long seed;
    if (strncmp(value, "seed:", 5) == 0 && parse_number(value + 5, 0, 1LL << 62, &seed) == 0) {
        options->schedule = SCHEDULE_SEED;
        options->seed = (unsigned long long)seed;
        return 0;
    }
    if (strncmp(value, "order:", 6) == 0 && parse_number(value + 6, 0, 1LL << 62, &seed) == 0) {
        options->schedule = SCHEDULE_ORDER;
        options->order = (unsigned long long)seed;
        return 0;
    }
    return refuse("--schedule %s: not a schedule", value);
}

/* [parent:|childK:]CALL:ERRNO[@N] */
static int parse_fault(struct options *options, const char *value)
{
    struct fault fault = {.written = value};
    const char *rest = value;
    if (options->fault_count == OPTION_LIST_MAX)
        return refuse("--fail %s: more than %d faults", value, OPTION_LIST_MAX);
    if (strncmp(rest, "parent:", 7) == 0) {
        fault.process = 1;
        rest += 7;
    } else if (strncmp(rest, "child", 5) == 0) {
        char *end;
        long child = strtol(rest + 5, &end, 10);
        if (child < 1 || child > 100000 || *end != ':')
            return refuse("--fail %s: childK: needs a number from 1", value);
        fault.process = (int)child + 1;
        rest = end + 1;
    }
    const char *colon = strchr(rest, ':');
    if (colon == NULL)
        return refuse("--fail %s: not of the form CALL:ERRNO[@N]", value);
    fault.call = rest;
    fault.call_length = (size_t)(colon - rest);
    const char *at = strchr(colon, '@');
    size_t length = at != NULL ? (size_t)(at - colon - 1) : strlen(colon + 1);
    fault.error = error_number(colon + 1, length);
    if (fault.error == 0)
        return refuse("--fail %s: no such errno", value);
    long long nth = 0;
    if (at != NULL && parse_number(at + 1, 1, 1000000000, &nth) != 0)
        return refuse("--fail %s: @N needs a number from 1", value);
    fault.nth = (unsigned)nth;
    options->faults[options->fault_count++] = fault;
    return 0;
}

/* Numbers with a colon between them. Returns 0 where there are exactly count. */
static int parse_numbers(const char *text, long long *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *end;
        errno = 0;
        numbers[i] = strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != (i + 1 < count ? ':' : '\0'))
            return -1;
        text = end + 1;
    }
    return 0;
}

static int parse_poke(struct options *options, const char *value)
{
    long long numbers[3];
    if (options->poke_count == OPTION_LIST_MAX)
        return refuse("--poke %s: more than %d pokes", value, OPTION_LIST_MAX);
    if (parse_numbers(value, numbers, 3) != 0 || numbers[0] < -1000000 || numbers[0] > 1000000)
        return refuse("--poke %s: not of the form K:OLD:NEW", value);
    options->pokes[options->poke_count++] = (struct poke){
        .child = (int)numbers[0],
        .old = numbers[1],
        .new = numbers[2],
    };
    return 0;
}

static int parse_swap(struct options *options, const char *value)
{
    long long numbers[2];
    if (options->swap_count == OPTION_LIST_MAX)
        return refuse("--signal %s: more than %d", value, OPTION_LIST_MAX);
    if (parse_numbers(value, numbers, 2) != 0 || numbers[0] < 1 || numbers[0] >= NSIG ||
        numbers[1] < 1 || numbers[1] >= NSIG)
        return refuse("--signal %s: not of the form OLD:NEW, two signal numbers", value);
    options->swaps[options->swap_count++] = (struct signal_swap){
        .old = (int)numbers[0],
        .new = (int)numbers[1],
    };
    return 0;
}

static int parse_limit(struct limits *limits, const char *value)
{
    const struct {
        const char *name;
        long long *limit;
    } known[] = {
        {"virtual-ms", &limits->virtual_ms}, {"wall-ms", &limits->wall_ms},
        {"cpu-ms", &limits->cpu_ms},         {"memory", &limits->memory},
        {"segments", &limits->segments},     {"processes", &limits->processes},
        {"output", &limits->output},         {"file-size", &limits->file_size},
        {"open-files", &limits->open_files},
    };
    const char *equals = strchr(value, '=');
    for (size_t i = 0; equals != NULL && i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i].name);
        if (length != (size_t)(equals - value) || memcmp(known[i].name, value, length) != 0)
            continue;
        if (parse_number(equals + 1, 1, 1LL << 50, known[i].limit) != 0)
            return refuse("--limit %s: the value is no number from 1 to 2^50", value);
        return 0;
    }
    return refuse("--limit %s: not of the form NAME=VALUE with a known name", value);
}

static int parse_stdout(struct options *options, const char *value)
{
    options->terminal = strcmp(value, "terminal") == 0;
    if (!options->terminal && strcmp(value, "pipe") != 0)
        return refuse("--stdout %s: neither terminal nor pipe", value);
    return 0;
}

static int parse_uid(uid_t *uid, const char *value)
{
    long long number;
    /* setresuid(2): the highest one means "leave it as it is" */
    if (parse_number(value, 1, (uid_t)-1 - 1LL, &number) != 0)
        return refuse("--uid %s: no number of a user, or that of root", value);
    *uid = (uid_t)number;
    return 0;
}

/* One option of a run with its value. Returns 1 where the name is not known. */
static int parse_run_option(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--stdout") == 0)
        return parse_stdout(options, value);
    if (strcmp(name, "--schedule") == 0)
        return parse_schedule(options, value);
    if (strcmp(name, "--fail") == 0)
        return parse_fault(options, value);
    if (strcmp(name, "--poke") == 0)
        return parse_poke(options, value);
    if (strcmp(name, "--signal") == 0)
        return parse_swap(options, value);
    if (strcmp(name, "--limit") == 0)
        return parse_limit(&options->limits, value);
    if (strcmp(name, "--explore") == 0) {
        long long most;
        if (parse_number(value, 1, ORDERS_MAX, &most) != 0)
            return refuse("--explore %s: no number from 1 to %d", value, ORDERS_MAX);
        options->explore = (size_t)most;
        return parse_schedule(options, "order:0");
    }
    if (strcmp(name, "--linger") == 0) {
        if (parse_number(value, 0, 1000000, &options->linger_ms) != 0)
            return refuse("--linger %s: no number of milliseconds", value);
        return 0;
    }
    if (strcmp(name, "--first-pid") == 0) {
        /* proc(5), pid_max: 32768 at the least, and the command needs room for its children */
        if (parse_number(value, 1, 30000, &options->first_pid) != 0)
            return refuse("--first-pid %s: no number from 1 to 30000", value);
        return 0;
    }
    return 1;
}

/* One option of a run that takes no value. Returns false where the name is not known. */
static bool take_flag(struct options *options, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } known[] = {
        {"--untraced", &options->untraced}, {"--content", &options->content},
        {"--core", &options->core},         {"--owner-mode", &options->owner_mode},
        {"--id-zero", &options->id_zero},   {"--past-end", &options->past_end},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) == 0) {
            *known[i].flag = true;
            return true;
        }
    }
    return false;
}

int options_parse(struct options *options, struct request *request, char **argv)
{
    options_init(options);
    size_t i = 1;
    for (; argv[i] != NULL && strncmp(argv[i], "--", 2) == 0; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--") == 0) {
            i++;
            break;
        }
        if (take_flag(options, name))
            continue;
        if (request != NULL && strcmp(name, "--help") == 0) {
            request->help = true;
            return 0;
        }
        if (request != NULL && strcmp(name, "--version") == 0) {
            request->version = true;
            return 0;
        }
        char *value = argv[i + 1];
        if (value == NULL)
            return refuse("%s: unknown, or its value is missing", name);
        i++;
        if (request != NULL && strcmp(name, "--series") == 0) {
            request->series = value;
            continue;
        }
        if (request != NULL && strcmp(name, "--output") == 0) {
            request->output = value;
            continue;
        }
        if (request != NULL && strcmp(name, "--uid") == 0) {
            if (parse_uid(&request->uid, value) != 0)
                return -1;
            continue;
        }
        int result = parse_run_option(options, name, value);
        if (result > 0)
            return refuse("%s: no such option", name);
        if (result < 0)
            return -1;
    }
    options->command = argv + i;
    if (argv[i] == NULL && (request == NULL || request->series == NULL))
        return refuse("no command to run");
    if (argv[i] != NULL && request != NULL && request->series != NULL)
        return refuse("%s: a series brings its own commands", argv[i]);
    return 0;
}

static int hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    return -1;
}

static int decode_word(char *word)
{
    if (strcmp(word, "%") == 0) {
        *word = '\0';
        return 0;
    }
    char *to = word;
    for (const char *from = word; *from != '\0'; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_digit(from[1]);
        int low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0 || high + low == 0)
            return refuse("series: '%s': a %% needs two hexadecimal digits that are not 00", word);
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return 0;
}

char **options_split_line(char *line)
{
    size_t words = 1;
    for (const char *character = line; *character != '\0'; character++)
        words += *character == ' ';
    char **argv = calloc(words + 2, sizeof *argv);
    if (argv == NULL) {
        fprintf(stderr, "witness: series: %s\n", strerror(errno));
        return NULL;
    }
    static char program[] = "witness";
    size_t count = 0;
    argv[count++] = program;
    char *position = NULL;
    for (char *word = strtok_r(line, " ", &position); word != NULL;
         word = strtok_r(NULL, " ", &position)) {
        if (decode_word(word) != 0) {
            free(argv);
            return NULL;
        }
        argv[count++] = word;
    }
    return argv;
}
