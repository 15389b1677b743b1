#define _GNU_SOURCE
#include "journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc_text.h"
#include "user.h"

#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15 /* shmctl(2): Linux 4.17 */
#endif

enum { LINE_SIZE = 64, NAME_SIZE = 64 };

/* A folder that only this user can write: others could order removals in it. */
static int open_folder(void)
{
    char name[NAME_SIZE];
    struct stat status;
    snprintf(name, sizeof name, "/dev/shm/witness-%u", (unsigned)geteuid());
    if (mkdir(name, 0700) != 0 && errno != EEXIST)
        return -1;
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder != -1 && (fstat(folder, &status) != 0 || status.st_uid != geteuid() ||
                         (status.st_mode & 077) != 0)) {
        close(folder);
        folder = -1;
    }
    return folder;
}

/* An id alone may have been given anew: the time of creation tells that it is the same segment. */
static int find(int id, struct shmid_ds *facts)
{
    struct shm_info info;
    int highest = shmctl(0, SHM_INFO, (struct shmid_ds *)&info);
    for (int index = 0; index <= highest; index++) {
        if (shmctl(index, SHM_STAT_ANY, facts) == id)
            return 0;
    }
    return -1;
}

static void remove_listed(int list)
{
    FILE *lines = fdopen(list, "r");
    char line[LINE_SIZE];
    if (lines == NULL) {
        close(list);
        return;
    }
    while (fgets(line, sizeof line, lines) != NULL) {
        int id;
        long long created;
        struct shmid_ds facts;
        if (!proc_text_segment(line, &id, &created) || find(id, &facts) != 0 ||
            facts.shm_ctime != created)
            continue;
        /* Of root's runs as another user: its creator may remove it, root perhaps not. */
        uid_t owner = geteuid() == 0 ? facts.shm_perm.cuid : 0;
        if (user_take(owner) == 0)
            shmctl(id, IPC_RMID, NULL);
        if (user_return(owner) != 0)
            break;
    }
    fclose(lines);
}

/* An id means a segment in one IPC namespace alone: each list bears the number of its own. */
static unsigned long world_number(void)
{
    struct stat status;
    return stat("/proc/self/ns/ipc", &status) == 0 ? status.st_ino : 0;
}

static void own_name(char name[static NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%lu-%d", world_number(), (int)getpid());
}

static bool is_of_this_world(const char *name)
{
    char *end;
    return strtoul(name, &end, 10) == world_number() && *end == '-';
}

/* A list whose lock can be had belongs to one that is gone. */
static void remove_orphans(int folder)
{
    int listed = dup(folder);
    DIR *lists = listed == -1 ? NULL : fdopendir(listed);
    if (lists == NULL) {
        if (listed != -1)
            close(listed);
        return;
    }
    for (const struct dirent *entry = readdir(lists); entry != NULL; entry = readdir(lists)) {
        if (!is_of_this_world(entry->d_name))
            continue;
        int list = openat(folder, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (list == -1)
            continue;
        if (flock(list, LOCK_EX | LOCK_NB) == 0) {
            unlinkat(folder, entry->d_name, 0);
            remove_listed(list);
        } else {
            close(list);
        }
    }
    closedir(lists);
}

int journal_open(void)
{
    char name[NAME_SIZE];
    int folder = open_folder();
    if (folder == -1)
        return -1;
    remove_orphans(folder);
    own_name(name);
    int journal;
    struct stat status;
    do { /* between the two calls another start may take the list for an orphan's */
        journal = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (journal == -1)
            break;
        status.st_nlink = 1;
        flock(journal, LOCK_EX);
        if (fstat(journal, &status) == 0 && status.st_nlink == 0)
            close(journal);
    } while (status.st_nlink == 0);
    close(folder);
    return journal;
}

void journal_add(int journal, int id)
{
    char line[LINE_SIZE];
    struct shmid_ds facts;
    if (journal == -1 || find(id, &facts) != 0)
        return;
    int length = snprintf(line, sizeof line, "%d %lld\n", id, (long long)facts.shm_ctime);
    if (write(journal, line, (size_t)length) != length)
        return; /* without the line a kill leaves this segment; nothing else depends on it */
}

void journal_close(int journal)
{
    char name[NAME_SIZE];
    int folder = journal == -1 ? -1 : open_folder();
    if (folder == -1)
        return;
    own_name(name);
    unlinkat(folder, name, 0);
    close(folder);
    close(journal);
}
