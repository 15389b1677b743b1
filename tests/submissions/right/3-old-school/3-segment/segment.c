#include "segment.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>

int segment_create (key_t key, size_t size)
{
        register int id, flags;

        flags  = 00400;         /* read by owner */
        flags |= 00200;         /* write by owner */
        flags |= IPC_CREAT;
        flags |= IPC_EXCL;
        id = shmget (key, size, flags);
        return (id);
}

int segment_access (key_t key)
{
        return (shmget (key, (size_t) 1, 0));
}

void *segment_attach (int descriptor, bool read_only)
{
        char *where;

        if (read_only)
                where = (char *) shmat (descriptor, (char *) 0, SHM_RDONLY);
        else
                where = (char *) shmat (descriptor, (char *) 0, 0);
        if (where == (char *) -1)
                where = (char *) 0;
        return ((void *) where);
}

int segment_detach (const void *address)
{
        if (shmdt (address) < 0)
                return (-1);
        else
                return (0);
}

int segment_remove (int descriptor)
{
        if (shmctl (descriptor, IPC_RMID, (struct shmid_ds *) 0) < 0)
                return (-1);
        else
                return (0);
}
