"""What is left behind besides segments and processes."""

from __future__ import annotations

from grader.diagnose.case import Case, RuleMatch
from grader.facts.records import MESSAGE_QUEUE, SEMAPHORE_SET
from grader.judge import codes

# For each kind, as the finding names it: the words for a sentence, and the call that removes it.
REMOVERS = {
    SEMAPHORE_SET: ("A semaphore set", "semctl(id, 0, IPC_RMID)"),
    MESSAGE_QUEUE: ("A message queue", "msgctl(id, IPC_RMID, NULL)"),
    "POSIX shared memory": ("POSIX shared memory", "shm_unlink(name)"),
    "POSIX message queue": ("A POSIX message queue", "mq_unlink(name)"),
}


def other_kinds(case: Case) -> RuleMatch | None:
    cause = case.cause("removes")
    if cause.code != codes.LEAVES_OTHER:
        return None
    what, call = REMOVERS[cause.detail]
    return RuleMatch(
        f"{what} is left behind.",
        f"Like a segment, it outlives the program until it is removed: {call}, once, by the "
        "process that created it.",
        case.evidence("removes"),
        ("removes",),
    )
