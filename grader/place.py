"""The line of the student's file that a mistake hangs on: where the call stands that it is of."""

import re
from collections.abc import Mapping

SHMGET, SHMAT, SHMDT, SHMCTL = (
    ("shmget", "segment_create"),
    ("shmat", "segment_attach"),
    ("shmdt", "segment_detach"),
    ("shmctl", "segment_remove"),
)
FORK, WAIT, PRINT = ("fork",), ("wait", "waitpid", "waitid"), ("printf", "puts", "write")
CALLS = {
    "attached-again": SHMAT,
    "changed-before-fork": FORK,
    "child-fell-through": FORK,
    "hard-coded": PRINT,
    "lost-in-buffer": PRINT,
    "mode-unusable": SHMGET,
    "never-detached": SHMAT,
    "never-waited": FORK,
    "no-ipc-creat": SHMGET,
    "no-ipc-excl": SHMGET,
    "not-copied": ("vfork", "clone", "pthread_create", "posix_spawn"),
    "null-compare": SHMAT,
    "parent-computed": PRINT,
    "printed-twice": FORK,
    "read-before-wait": WAIT,
    "read-only-missing": SHMAT,
    "removed-by-another": SHMCTL,
    "removed-too-early": SHMCTL,
    "removed-twice": SHMCTL,
    "segment-left": SHMGET,
    "segment-too-small": SHMGET,
    "status-not-decoded": WAIT,
    "too-many-children": FORK,
    "two-segments": SHMGET,
    "waited-for-one-only": WAIT,
    "waited-too-late": WAIT,
    "wrong-size-flags": SHMGET,
}
HIDDEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def place_of(diagnosis: str, exercise: str, sources: Mapping[str, str]) -> str:
    """ "2-sharing/sharing.c:31", or nothing where no such call is found."""
    names = CALLS.get(diagnosis)
    if not names:
        return ""
    call = re.compile(rf"\b(?:{'|'.join(names)})\s*\(")
    for file, text in sources.items():
        plain = HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        found = call.search(plain)
        if found:
            return f"{exercise}/{file}:{plain.count(chr(10), 0, found.start()) + 1}"
    return ""
