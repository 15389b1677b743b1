/* Calls one function of segment.c in a process of its own, so that witness sees what it does.
 *
 * usage: driver TOKEN COMMAND KEY [ARGUMENT ...]
 *        driver TOKEN each COMMAND ... , COMMAND ...
 *
 * What the function returned, and the errno that it left, exist only in here: they are handed over
 * in one write that begins with TOKEN. What a function needs beforehand is arranged with the system
 * calls themselves, so that a mistake in one function costs there alone. */
#include "segment.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_ARRANGED = 3, MOST_TIMES = 100 };

static const char *token;

/* One line: TOKEN FUNCTION RESULT ERRNO SEEN, where SEEN is a value read from the segment. */
static void hand_over(const char *function, long long result, int error, int seen)
{
    char line[200];
    int length =
        snprintf(line, sizeof line, "%s %s %lld %d %d\n", token, function, result, error, seen);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(NOT_ARRANGED);
}

/* An errno of before, as a caller may have it: a function that succeeds says so by its result
 * alone. It comes with the random token, and no call of a segment sets one of these. */
static int an_old_error(void)
{
    static const int errors[] = {EIO, ENXIO, ECHILD, ENOTTY, ESPIPE, EPIPE, EDOM, ERANGE};
    unsigned sum = 0;
    for (const char *at = token; *at != '\0'; at++)
        sum += (unsigned char)*at;
    return errors[sum % (sizeof errors / sizeof errors[0])];
}

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

/* The shmid of the segment with this key, whatever segment_access does. */
static int find(const char *key)
{
    int shmid = shmget(number(key), 0, 0);
    if (shmid == -1)
        exit(NOT_ARRANGED);
    return shmid;
}

/* An attachment, whatever segment_attach does. */
static void *attach(int shmid, int flags)
{
    void *address = shmat(shmid, NULL, flags);
    if (address == (void *)-1)
        exit(NOT_ARRANGED);
    return address;
}

/* arrange KEY SIZE VALUE: a segment that begins with VALUE. */
static void arrange(char *arguments[])
{
    size_t size = (size_t)number(arguments[1]);
    int value = number(arguments[2]);
    int shmid = shmget(number(arguments[0]), size, IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1)
        exit(NOT_ARRANGED);
    void *address = attach(shmid, 0);
    memcpy(address, &value, size < sizeof value ? size : sizeof value);
    shmdt(address);
}

/* peek KEY: attach and detach, so that witness tells the bytes. */
static void peek(char *arguments[])
{
    shmdt(attach(find(arguments[0]), SHM_RDONLY));
}

static int create_segment(const char *key, const char *size)
{
    errno = an_old_error();
    int result = segment_create(number(key), (size_t)number(size));
    hand_over("create", result, errno, 0);
    return result;
}

/* create KEY SIZE */
static void create(char *arguments[])
{
    create_segment(arguments[0], arguments[1]);
}

/* access KEY */
static void access_it(char *arguments[])
{
    errno = an_old_error();
    int result = segment_access(number(arguments[0]));
    hand_over("access", result, errno, 0);
}

/* Returns what segment_attach returned, with the first value in the segment handed over. */
static volatile int *attached(const char *key, bool read_only)
{
    int shmid = find(key);
    errno = an_old_error();
    volatile int *address = segment_attach(shmid, read_only);
    int error = errno;
    bool valid = address != NULL && (intptr_t)address != -1;
    hand_over("attach", (long long)(intptr_t)address, error, valid ? *address : 0);
    return valid ? address : NULL;
}

/* attach KEY VALUE: attach for reading and writing, and put VALUE there. */
static void attach_to_write(char *arguments[])
{
    volatile int *address = attached(arguments[0], false);
    if (address != NULL)
        *address = number(arguments[1]);
}

/* attach_read_only KEY VALUE: try to put VALUE there all the same. */
static void attach_read_only(char *arguments[])
{
    volatile int *address = attached(arguments[0], true);
    if (address != NULL)
        *address = number(arguments[1]);
}

static void detach_address(const void *address)
{
    errno = an_old_error();
    int result = segment_detach(address);
    hand_over("detach", result, errno, 0);
}

/* detach KEY */
static void detach(char *arguments[])
{
    detach_address(attach(find(arguments[0]), 0));
}

static void remove_segment(int shmid)
{
    errno = an_old_error();
    int result = segment_remove(shmid);
    hand_over("remove", result, errno, 0);
}

/* remove KEY */
static void remove_it(char *arguments[])
{
    remove_segment(find(arguments[0]));
}

/* detach_nothing KEY: an address where nothing is attached any more, and none at all. */
static void detach_nothing(char *arguments[])
{
    const void *address = attach(find(arguments[0]), 0);
    shmdt(address);
    detach_address(address);
    detach_address(NULL);
}

/* remove_attached KEY: while it is attached. */
static void remove_attached(char *arguments[])
{
    int shmid = find(arguments[0]);
    attach(shmid, 0);
    remove_segment(shmid);
}

/* create_two KEY SIZE KEY SIZE */
static void create_two(char *arguments[])
{
    create(arguments);
    create(arguments + 2);
}

/* access_two KEY KEY */
static void access_two(char *arguments[])
{
    access_it(arguments);
    access_it(arguments + 1);
}

/* attach_two KEY KEY: attach both, and detach them in the same order. */
static void attach_two(char *arguments[])
{
    volatile int *first = attached(arguments[0], false);
    volatile int *second = attached(arguments[1], false);
    if (first == NULL || second == NULL)
        return;
    detach_address((const void *)first);
    detach_address((const void *)second);
}

/* detach_two KEY KEY */
static void detach_two(char *arguments[])
{
    const void *first = attach(find(arguments[0]), 0);
    const void *second = attach(find(arguments[1]), 0);
    detach_address(first);
    detach_address(second);
}

/* remove_first KEY SIZE KEY SIZE: create both, remove the first. */
static void remove_first(char *arguments[])
{
    int first = segment_create(number(arguments[0]), (size_t)number(arguments[1]));
    segment_create(number(arguments[2]), (size_t)number(arguments[3]));
    remove_segment(first);
}

/* attach_often KEY TIMES: attach it so often, and then detach each of them. */
static void attach_often(char *arguments[])
{
    const void *addresses[MOST_TIMES];
    int shmid = find(arguments[0]);
    int times = number(arguments[1]);

    for (int i = 0; i < times && i < MOST_TIMES; i++) {
        errno = an_old_error();
        addresses[i] = segment_attach(shmid, false);
        hand_over("attach", (long long)(intptr_t)addresses[i], errno, 0);
        if (addresses[i] == NULL)
            return;
    }
    for (int i = 0; i < times && i < MOST_TIMES; i++)
        detach_address(addresses[i]);
}

/* Attach by segment_attach, and put VALUE there; the end of the program detaches. */
static void attach_and_put(int shmid, const char *value)
{
    errno = an_old_error();
    volatile int *address = segment_attach(shmid, false);
    hand_over("attach", (long long)(intptr_t)address, errno, 0);
    if (address != NULL && (intptr_t)address != -1)
        *address = number(value);
}

/* create_and_attach KEY SIZE VALUE: the functions of one program, one after the other. */
static void create_and_attach(char *arguments[])
{
    attach_and_put(create_segment(arguments[0], arguments[1]), arguments[2]);
}

/* access_and_attach KEY VALUE */
static void access_and_attach(char *arguments[])
{
    errno = an_old_error();
    int shmid = segment_access(number(arguments[0]));
    hand_over("access", shmid, errno, 0);
    attach_and_put(shmid, arguments[1]);
}

/* create_and_remove KEY SIZE: create, look up, remove, and look up again. */
static void create_and_remove(char *arguments[])
{
    int shmid = create_segment(arguments[0], arguments[1]);
    access_it(arguments);
    remove_segment(shmid);
    access_it(arguments);
}

static const struct command {
    const char *name;
    int arguments;
    void (*run)(char *arguments[]);
} commands[] = {
    {"arrange", 3, arrange},
    {"peek", 1, peek},
    {"create", 2, create},
    {"access", 1, access_it},
    {"attach", 2, attach_to_write},
    {"attach_read_only", 2, attach_read_only},
    {"detach", 1, detach},
    {"remove", 1, remove_it},
    {"detach_nothing", 1, detach_nothing},
    {"remove_attached", 1, remove_attached},
    {"create_two", 4, create_two},
    {"access_two", 2, access_two},
    {"attach_two", 2, attach_two},
    {"detach_two", 2, detach_two},
    {"remove_first", 4, remove_first},
    {"attach_often", 2, attach_often},
    {"create_and_remove", 2, create_and_remove},
    {"create_and_attach", 3, create_and_attach},
    {"access_and_attach", 2, access_and_attach},
};

/* COMMAND KEY [ARGUMENT ...]; returns the status to exit with. */
static int run_command(int count, char *words[])
{
    for (size_t i = 0; count >= 2 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) == 0 && count == 1 + commands[i].arguments) {
            commands[i].run(words + 1);
            return 0;
        }
    }
    fputs("usage: driver TOKEN COMMAND KEY [ARGUMENT ...]\n", stderr);
    return 2;
}

/* Each command in a process of its own, one after the other. */
static int run_each(int count, char *words[])
{
    for (int first = 0, end; first < count; first = end + 1) {
        for (end = first; end < count && strcmp(words[end], ",") != 0; end++)
            ;
        pid_t child = fork();
        if (child == 0)
            exit(run_command(end - first, words + first));
        if (child == -1 || waitpid(child, NULL, 0) == -1)
            return NOT_ARRANGED;
    }
    return 0;
}

int main(int argc, char *argv[])
{
    token = argc > 1 ? argv[1] : "";
    if (argc > 3 && strcmp(argv[2], "each") == 0)
        return run_each(argc - 3, argv + 3);
    return run_command(argc - 2, argv + 2);
}
