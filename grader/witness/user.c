/* A kernel asks for the owner, not for root, where capabilities are few (as in a container): a
   segment of mode 0600 is attached and removed (CAP_IPC_OWNER, CAP_SYS_ADMIN), a process is
   signalled (CAP_KILL), its descriptors and memory are looked at in /proc (CAP_SYS_PTRACE) by its
   own user. So witness is that user, by its effective ids, while the run goes on. */
#define _GNU_SOURCE
#include "user.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

int user_take(uid_t uid)
{
    if (uid == 0)
        return 0;
    if (setegid(uid) != 0)
        return -1;
    return seteuid(uid);
}

int user_return(uid_t uid)
{
    if (uid == 0)
        return 0;
    if (seteuid(0) != 0)
        return -1;
    return setegid(0);
}

/* capabilities(7): they went with the last uid of 0, unless somebody asked to keep them */
static int has_capability(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, data) != 0)
        return -1;
    return (data[0].effective | data[0].permitted | data[1].effective | data[1].permitted) != 0;
}

int user_become(uid_t uid)
{
    if (uid == 0)
        return 0;
    if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0)
        return -1;
    if (has_capability() != 0) {
        errno = EPERM;
        return -1;
    }
    return 0;
}
