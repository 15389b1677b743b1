"""What is left behind beside segments and processes."""

from __future__ import annotations

from grader.diagnose.case import Case, Said

REMOVERS = (
    ("POSIX message queue", "A POSIX message queue", "mq_unlink(name)"),
    ("semaphore", "A semaphore set", "semctl(id, 0, IPC_RMID)"),
    ("message queue", "A message queue", "msgctl(id, IPC_RMID, NULL)"),
    ("POSIX", "POSIX shared memory", "shm_unlink(name)"),
)


def other_kinds(case: Case) -> Said | None:
    message = case.message("removes")
    if "left behind" not in message:
        return None
    for word, what, call in REMOVERS:
        if word in message:
            return Said(
                f"{what} is left behind.",
                f"Like a segment it outlives the program, until it is removed: {call}, "
                "once, by the process that made it.",
                case.evidence("removes"),
                ("removes",),
            )
    return None
