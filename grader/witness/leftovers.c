#define _GNU_SOURCE
#include "leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

/* semctl(2), msgctl(2): Linux 4.17; need no read permission */
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

enum { FILES_MAX = 200, FOLDERS_OPEN = 8 };

static const char working_folder[] = ".";

static void take_files(struct world *world, const char *folder, const char *shown, uid_t uid)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return;
    int inside = dirfd(entries);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            world->file_count == FILES_MAX)
            continue;
        if (uid != 0 &&
            (inside == -1 || fstatat(inside, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
             status.st_uid != uid))
            continue;
        if (asprintf(&world->files[world->file_count], "%s%s", shown, entry->d_name) != -1)
            world->file_count++;
    }
    closedir(entries);
}

static void take_id(struct ids *ids, int id, uid_t creator, uid_t uid)
{
    if (id == -1 || (uid != 0 && creator != uid))
        return;
    int *grown = realloc(ids->ids, (ids->count + 1) * sizeof *grown);
    if (grown == NULL)
        return;
    ids->ids = grown;
    ids->ids[ids->count++] = id;
}

static void take_ids(struct world *world, uid_t uid)
{
    struct seminfo semaphores;
    struct msginfo queues;
    /* the INFO commands return the highest index in use */
    int highest = semctl(0, 0, SEM_INFO, &semaphores);
    for (int index = 0; index <= highest; index++) {
        struct semid_ds facts = {0};
        int id = semctl(index, 0, SEM_STAT_ANY, &facts);
        take_id(&world->semaphores, id, facts.sem_perm.cuid, uid);
    }
    highest = msgctl(0, MSG_INFO, (struct msqid_ds *)&queues);
    for (int index = 0; index <= highest; index++) {
        struct msqid_ds facts = {0};
        int id = msgctl(index, MSG_STAT_ANY, &facts);
        take_id(&world->message_queues, id, facts.msg_perm.cuid, uid);
    }
}

bool world_find(bool semaphores, int id, key_t *key)
{
    struct seminfo sets;
    struct msginfo queues;
    int highest = semaphores ? semctl(0, 0, SEM_INFO, &sets)
                             : msgctl(0, MSG_INFO, (struct msqid_ds *)&queues);
    for (int index = 0; index <= highest; index++) {
        struct semid_ds set = {0};
        struct msqid_ds queue = {0};
        int found =
            semaphores ? semctl(index, 0, SEM_STAT_ANY, &set) : msgctl(index, MSG_STAT_ANY, &queue);
        if (found == id) {
            *key = semaphores ? set.sem_perm.__key : queue.msg_perm.__key;
            return true;
        }
    }
    return false;
}

void world_look(struct world *world, bool with_files, uid_t uid)
{
    *world = (struct world){0};
    take_ids(world, uid);
    world->files = with_files || uid != 0 ? calloc(FILES_MAX, sizeof *world->files) : NULL;
    if (world->files == NULL)
        return;
    take_files(world, working_folder, "", uid);
    take_files(world, "/tmp", "/tmp/", uid);
    take_files(world, "/dev/shm", "/dev/shm/", uid);
    take_files(world, "/dev/mqueue", "/dev/mqueue/", uid);
}

bool world_has_file(const struct world *world, const char *path)
{
    for (size_t i = 0; i < world->file_count; i++) {
        if (strcmp(world->files[i], path) == 0)
            return true;
    }
    return false;
}

bool ids_have(const struct ids *ids, int id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->ids[i] == id)
            return true;
    }
    return false;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path); /* what cannot go stays; the rest is tried all the same */
    return 0;
}

void world_restore(const struct world *before, uid_t uid)
{
    struct world now;
    if (uid == 0)
        return;
    world_look(&now, true, uid);
    for (size_t i = 0; i < now.semaphores.count; i++) {
        if (!ids_have(&before->semaphores, now.semaphores.ids[i]))
            semctl(now.semaphores.ids[i], 0, IPC_RMID);
    }
    for (size_t i = 0; i < now.message_queues.count; i++) {
        if (!ids_have(&before->message_queues, now.message_queues.ids[i]))
            msgctl(now.message_queues.ids[i], IPC_RMID, NULL);
    }
    for (size_t i = 0; i < now.file_count; i++) {
        if (now.files[i][0] == '/' && !world_has_file(before, now.files[i]))
            nftw(now.files[i], remove_entry, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    }
    world_free(&now);
}

void world_free(struct world *world)
{
    for (size_t i = 0; i < world->file_count; i++)
        free(world->files[i]);
    free(world->files);
    free(world->semaphores.ids);
    free(world->message_queues.ids);
    *world = (struct world){0};
}
