#include "asked.h"

#include "rest.h"
#include "virtual_time.h"

void asked(struct run *run, const struct task *task)
{
    if (rest_of_others(run, task))
        virtual_time_asked(run, task->process);
}
