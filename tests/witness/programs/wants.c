// Wants something and says what it got: wants children N | zombies N | threads N | attachments |
// far | huge-pages | segment BYTES | mapping BYTES | heap BYTES | own-LIMIT [how].
// Each tells the errno of the call that failed first.
#include "program.h"
#include <pthread.h>
#include <sys/resource.h>

static int told(const char *call)
{
    printf("%s: %s\n", call, strerrorname_np(errno));
    return 1;
}

static void *pause_in_thread(void *nothing)
{
    pause();
    return nothing;
}

// The children stay until the end of what they read.
static int want_children(int count)
{
    int ends[2], status = 0;
    char byte;
    sure(pipe(ends), "pipe");
    for (int i = 0; i < count && status == 0; i++) {
        pid_t child = fork();
        if (child == 0) {
            close(ends[1]);
            _exit((int)read(ends[0], &byte, 1));
        }
        if (child == -1)
            status = told("fork");
    }
    close(ends[1]);
    while (wait(NULL) > 0)
        ;
    return status;
}

static int want_zombies(int count)
{
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        if (child == -1)
            return told("fork");
    }
    return 0;
}

static int want_threads(int count)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, &small, pause_in_thread, NULL);
        if (errno != 0)
            return told("clone");
    }
    return 0;
}

static int want_attachments(void)
{
    int id = (int)sure(shmget(IPC_PRIVATE, 16 << 20, 0600), "shmget");
    while (shmat(id, NULL, 0) != (void *)-1)
        ;
    told("shmat");
    return (int)shmctl(id, IPC_RMID, NULL);
}

static int want_far(void)
{
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    if (shmat(id, (void *)-4096, 0) == (void *)-1)
        told("shmat");
    return (int)shmctl(id, IPC_RMID, NULL);
}

static int want_segment(size_t size, int flags)
{
    int id = shmget(IPC_PRIVATE, size, 0600 | flags);
    return id == -1 ? told("shmget") : (int)shmctl(id, IPC_RMID, NULL);
}

static int want_mapping(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? told("mmap") : 0;
}

static int want_heap(size_t size)
{
    return sbrk((intptr_t)size) == (void *)-1 ? told("brk") : 0;
}

static void set_limit(int resource, rlim_t value, const char *how)
{
    const struct rlimit limit = {value, value};
    if (strcmp(how, "by-call") == 0) {
        sure(syscall(SYS_setrlimit, resource, &limit), "setrlimit");
    } else if (strcmp(how, "by-child") == 0) {
        pid_t child = (pid_t)sure(fork(), "fork");
        if (child == 0) {
            pid_t parent = getppid();
            _exit(prlimit(parent, (__rlimit_resource_t)resource, &limit, NULL) == 0 ? 0 : 99);
        }
        int status;
        sure(waitpid(child, &status, 0), "waitpid");
        sure(status == 0 ? 0 : -1, "prlimit");
    } else {
        sure(setrlimit((__rlimit_resource_t)resource, &limit), "setrlimit");
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "";
    if (strcmp(what, "children") == 0)
        return want_children(atoi(how));
    if (strcmp(what, "zombies") == 0)
        return want_zombies(atoi(how));
    if (strcmp(what, "threads") == 0)
        return want_threads(atoi(how));
    if (strcmp(what, "attachments") == 0)
        return want_attachments();
    if (strcmp(what, "far") == 0)
        return want_far();
    if (strcmp(what, "huge-pages") == 0)
        return want_segment(4, SHM_HUGETLB);
    if (strcmp(what, "segment") == 0)
        return want_segment((size_t)atoll(how), 0);
    if (strcmp(what, "mapping") == 0)
        return want_mapping((size_t)atoll(how));
    if (strcmp(what, "heap") == 0)
        return want_heap((size_t)atoll(how));
    if (strcmp(what, "own-processes") == 0) {
        set_limit(RLIMIT_NPROC, 1, how);
        return want_children(3);
    }
    if (strcmp(what, "own-memory") == 0) {
        set_limit(RLIMIT_AS, 8 << 20, how);
        return want_attachments();
    }
    return 99;
}
