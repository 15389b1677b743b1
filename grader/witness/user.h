/* root runs a command as another user: who witness is while the run goes on. */
#ifndef WITNESS_USER_H
#define WITNESS_USER_H

#include <sys/types.h>

/* Each does nothing where uid is 0 (the run is the caller's own), and returns 0, or -1 with errno.
 */

/* Takes the effective uid and gid of the run. The real and the saved ones stay, so the run can
   neither signal nor trace witness. */
int user_take(uid_t uid);

/* Is root again, to fork and to seize. */
int user_return(uid_t uid);

/* For good, in the child that becomes the command: no other group, no capability. */
int user_become(uid_t uid);

#endif
