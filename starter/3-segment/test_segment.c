/* The public tests of exercise 3, written with Criterion. Run them with: make test
 *
 * Each test looks at a single function: for everything else it uses the system calls directly.
 * Every run uses fresh keys, so that these tests never touch a segment of yours or of somebody
 * else. You may add your own tests; the grader has others. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/shm.h>

#include "segment.h"

/* ---- Fresh keys, and cleaning up ----------------------------------------------------------
 *
 * Criterion runs each test in its own process. Before the first one, a random number is put in the
 * environment; the key of a test is that number plus the line that uses FRESH_KEY. After the last
 * one, every segment with such a key is removed, even if a test crashed. */

#define FIRST_KEY "SEGMENT_TEST_FIRST_KEY"
#define KEYS 1000
#define FRESH_KEY (first_key() + __LINE__)

static key_t first_key(void)
{
    const char *number = getenv(FIRST_KEY);
    return number == NULL ? 0 : (key_t)strtol(number, NULL, 10);
}

static int find(key_t key)
{
    return shmget(key, 0, 0);
}

static bool all_keys_are_free(key_t first)
{
    for (key_t key = first; key < first + KEYS; key++) {
        if (find(key) != -1)
            return false;
    }
    return true;
}

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    (void)tests;
    unsigned drawn;
    key_t first;

    do {
        if (getrandom(&drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn) {
            perror("test_segment: getrandom");
            exit(EXIT_FAILURE);
        }
        first = (key_t)(1 + drawn % 2000000000);
    } while (!all_keys_are_free(first));

    char number[16];
    snprintf(number, sizeof number, "%d", first);
    setenv(FIRST_KEY, number, 1);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    (void)stats;
    for (key_t key = first_key(); key < first_key() + KEYS; key++) {
        int shmid = find(key);
        if (shmid != -1)
            shmctl(shmid, IPC_RMID, NULL);
    }
}

/* ---- What several tests need -------------------------------------------------------------- */

static int to_remove[8]; /* the segments that this test created */
static int to_remove_count;

static void begin(void)
{
    errno = 0;
}

static int remember(int shmid)
{
    if (shmid != -1 && to_remove_count < 8)
        to_remove[to_remove_count++] = shmid;
    return shmid;
}

static void remove_remembered(void)
{
    while (to_remove_count > 0)
        shmctl(to_remove[--to_remove_count], IPC_RMID, NULL);
}

TestSuite(segment, .init = begin, .fini = remove_remembered);

/* A segment for a test of any function but segment_create. */
static int make_segment(key_t key, size_t size)
{
    int shmid = remember(shmget(key, size, IPC_CREAT | IPC_EXCL | 0600));
    cr_assert_neq(shmid, -1, "this machine could not create a segment: %s", strerror(errno));
    errno = 0;
    return shmid;
}

static void *attach(int shmid)
{
    void *address = shmat(shmid, NULL, 0);
    cr_assert(address != (void *)-1, "this segment cannot be attached: %s", strerror(errno));
    return address;
}

static struct shmid_ds facts_of(int shmid)
{
    struct shmid_ds facts;
    cr_assert_neq(shmctl(shmid, IPC_STAT, &facts), -1, "no segment has the identifier %d", shmid);
    return facts;
}

/* The stub of a function fails with ENOSYS. */
#define MUST_BE_WRITTEN(function)                                                                  \
    cr_assert_neq(errno, ENOSYS, "%s is not written yet: see \"%s\" in assignment/3-segment",      \
                  function, function)

/* ---- segment_create ----------------------------------------------------------------------- */

Test(segment, create_makes_a_segment_of_that_size)
{
    key_t key = FRESH_KEY;

    int made = remember(segment_create(key, 123));

    MUST_BE_WRITTEN("segment_create");
    cr_assert_neq(made, -1, "segment_create failed: %s", strerror(errno));
    cr_assert_eq(find(key), made, "the identifier is not that of the segment with this key");
    cr_assert_eq(facts_of(made).shm_segsz, 123, "the size was 123 bytes, but the segment has %zu",
                 facts_of(made).shm_segsz);
}

Test(segment, create_gives_zeros)
{
    int made = remember(segment_create(FRESH_KEY, 1000));

    MUST_BE_WRITTEN("segment_create");
    cr_assert_neq(made, -1, "segment_create failed: %s", strerror(errno));
    const char *bytes = attach(made);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(bytes[i], 0, "byte %d of a new segment is %d, not 0", i, bytes[i]);
}

Test(segment, create_lets_the_owner_read_and_write)
{
    int made = remember(segment_create(FRESH_KEY, 10));

    MUST_BE_WRITTEN("segment_create");
    cr_assert_neq(made, -1, "segment_create failed: %s", strerror(errno));
    unsigned mode = facts_of(made).shm_perm.mode;
    cr_assert_eq(mode & 0600, 0600, "the permissions are 0%03o: the owner needs 0600", mode & 0777);
}

Test(segment, create_refuses_a_key_that_is_taken)
{
    key_t key = FRESH_KEY;
    make_segment(key, 10);

    int second = remember(segment_create(key, 10));

    MUST_BE_WRITTEN("segment_create");
    cr_assert_eq(second, -1, "the key is taken, but segment_create did not fail");
    cr_assert_eq(errno, EEXIST, "errno should be EEXIST, but is: %s", strerror(errno));
}

/* ---- segment_access ----------------------------------------------------------------------- */

Test(segment, access_finds_a_segment_of_any_size)
{
    static const size_t sizes[] = {1, 4, 100000};
    key_t key = FRESH_KEY;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int shmid = make_segment(key, sizes[i]);

        int found = segment_access(key);

        MUST_BE_WRITTEN("segment_access");
        cr_assert_eq(found, shmid, "a segment of %zu bytes was not found: %s", sizes[i],
                     strerror(errno));
        remove_remembered();
    }
}

Test(segment, access_never_creates)
{
    key_t key = FRESH_KEY;

    int found = remember(segment_access(key));

    MUST_BE_WRITTEN("segment_access");
    cr_assert_eq(found, -1, "no segment has this key, but segment_access did not fail");
    cr_assert_eq(errno, ENOENT, "errno should be ENOENT, but is: %s", strerror(errno));
    cr_assert_eq(find(key), -1, "segment_access created a segment");
}

/* ---- segment_attach ----------------------------------------------------------------------- */

Test(segment, attach_gives_memory_that_is_shared)
{
    int shmid = make_segment(FRESH_KEY, sizeof(int));

    int *mine = segment_attach(shmid, false);

    MUST_BE_WRITTEN("segment_attach");
    cr_assert_not_null(mine, "segment_attach failed: %s", strerror(errno));
    int *other = attach(shmid);
    *mine = 24601;
    cr_assert_eq(*other, 24601, "a value written through one attachment does not show in another");
}

Test(segment, attach_read_only_can_be_read)
{
    int shmid = make_segment(FRESH_KEY, sizeof(int));
    *(int *)attach(shmid) = 24601;

    const int *mine = segment_attach(shmid, true);

    MUST_BE_WRITTEN("segment_attach");
    cr_assert_not_null(mine, "segment_attach failed: %s", strerror(errno));
    cr_assert_eq(*mine, 24601, "the value in the segment is 24601, but %d was read", *mine);
}

/* This one passes when the write kills the test's process with SIGSEGV. */
Test(segment, attach_read_only_cannot_be_written, .signal = SIGSEGV)
{
    int *mine = segment_attach(make_segment(FRESH_KEY, sizeof(int)), true);

    MUST_BE_WRITTEN("segment_attach");
    cr_assert_not_null(mine, "segment_attach failed: %s", strerror(errno));
    *mine = 24601;
    cr_assert_fail("read_only was true, but the memory can be written: see SHM_RDONLY");
}

Test(segment, attach_gives_null_on_failure)
{
    void *address = segment_attach(-1, false);

    MUST_BE_WRITTEN("segment_attach");
    cr_assert_null(address, "no segment has the identifier -1, but segment_attach returned %p",
                   address);
    cr_assert_eq(errno, EINVAL, "errno should be EINVAL, but is: %s", strerror(errno));
}

/* ---- segment_detach ----------------------------------------------------------------------- */

Test(segment, detach_detaches)
{
    int shmid = make_segment(FRESH_KEY, 10);

    int result = segment_detach(attach(shmid));

    MUST_BE_WRITTEN("segment_detach");
    cr_assert_eq(result, 0, "segment_detach should return 0, but returned %d", result);
    cr_assert_eq(facts_of(shmid).shm_nattch, 0, "the segment is still attached");
}

Test(segment, detach_fails_where_nothing_is_attached)
{
    void *address = attach(make_segment(FRESH_KEY, 10));
    shmdt(address);

    int result = segment_detach(address);

    MUST_BE_WRITTEN("segment_detach");
    cr_assert_eq(result, -1, "nothing is attached there, but segment_detach returned %d", result);
    cr_assert_eq(errno, EINVAL, "errno should be EINVAL, but is: %s", strerror(errno));
}

/* ---- segment_remove ----------------------------------------------------------------------- */

Test(segment, remove_removes)
{
    key_t key = FRESH_KEY;
    int shmid = make_segment(key, 10);

    int result = segment_remove(shmid);

    MUST_BE_WRITTEN("segment_remove");
    cr_assert_eq(result, 0, "segment_remove should return 0, but returned %d", result);
    cr_assert_eq(find(key), -1, "the segment is still there");
}

Test(segment, remove_fails_where_there_is_none)
{
    int result = segment_remove(-1);

    MUST_BE_WRITTEN("segment_remove");
    cr_assert_eq(result, -1, "no segment has the identifier -1, but segment_remove returned %d",
                 result);
    cr_assert_eq(errno, EINVAL, "errno should be EINVAL, but is: %s", strerror(errno));
}
