"""What each diagnosis is about in one general sentence: it tells the missing idea and nothing of a
run, for a teacher who wants no evidence shown."""

from __future__ import annotations

IDEAS = {
    "not-started": "Not started: the file is still the stub.",
    "not-read": "The file could not be read.",
    "does-not-build": "The program does not compile.",
    "access-creates": "Only segment_create makes a segment.",
    "attached-again": "Each process attaches the segment once.",
    "changed-before-fork": "After fork each process has its own copy of the variable.",
    "child-fell-through": "A child ends when its work is done; it does not go on like the parent.",
    "crashed": "The program used memory that it may not use.",
    "errno-lost": "After a failure errno stays as the system call set it.",
    "error-ignored": "A failing call is noticed, told on stderr, and ends the program with 1.",
    "error-leaves-segment": "Also a program that fails leaves nothing behind.",
    "faked-crash": "It is the write to read-only memory that ends the child.",
    "hard-coded": "The program works with the arguments that it is given.",
    "limit-hit": "The program comes to its end, within its limits.",
    "lost-in-buffer": "Nothing that was printed stays in a buffer and is lost.",
    "mode-unusable": "The owner of a segment may read and write it.",
    "never-detached": "Each process detaches what it attached.",
    "never-waited": "The parent waits for its child.",
    "no-fork": "fork makes a second process.",
    "no-ipc-creat": "IPC_CREAT creates a segment; without it shmget only finds one.",
    "no-ipc-excl": "IPC_EXCL makes a taken key a failure.",
    "no-segment": "The value goes through a shared memory segment.",
    "not-copied": "fork makes a copy; a thread or vfork does not.",
    "not-looked-up": "Each child looks the segment up by its key.",
    "null-compare": "shmat fails with (void *) -1, not with NULL.",
    "one-sum": "Each child has a slot of its own.",
    "parent-computed": "The parent prints what it reads from the segment.",
    "printed-twice": "What is in a buffer when fork copies it is printed twice.",
    "prints-nothing": "The results are printed.",
    "read-before-wait": "The parent waits first, and reads the segment afterwards.",
    "read-only-missing": "SHM_RDONLY attaches a segment for reading only.",
    "removed-by-another": "Who created the segment removes it.",
    "removed-too-early": "A segment stays until nobody needs it any more.",
    "removed-twice": "The segment is removed once.",
    "segment-left": "A segment outlives the program: it has to be removed.",
    "segment-too-small": "The segment is as large as what is stored in it.",
    "status-not-decoded": "The wait status says how the child ended.",
    "text-does-not-fit": "A text needs room for its ending zero.",
    "too-many-children": "Each call of fork makes one more process.",
    "two-segments": "All processes share one segment.",
    "value-not-shared": "The child's result reaches the segment.",
    "waited-for-one-only": "One wait is for one child.",
    "waited-too-late": "The parent waits before it prints.",
    "wrong-process-printed": "Each line is printed by the process that was asked for.",
    "wrong-size-flags": "A segment is found whatever its size.",
    "zero-descriptor": "Only -1 means that shmget failed; 0 is a descriptor like any other.",
}


def idea_of(diagnosis: str) -> str:
    """The idea behind a diagnosis; of one that is not listed, its name in words."""
    return IDEAS.get(diagnosis) or f"{diagnosis.replace('-', ' ').capitalize()}."
