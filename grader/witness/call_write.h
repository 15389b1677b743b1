/* write(2) and all that does the same: whose bytes come out where. */
#ifndef WITNESS_CALL_WRITE_H
#define WITNESS_CALL_WRITE_H

#include "call.h"

call_enter enter_write;
call_leave leave_write;

#endif
