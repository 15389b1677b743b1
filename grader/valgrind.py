"""What valgrind says of a program: invalid reads and writes and uninitialised values, with the student's own line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MemoryProblem:
    """One message of valgrind, at the innermost frame that lies in the student's files."""

    kind: str  # valgrind's kind: InvalidRead, InvalidWrite, UninitValue, UninitCondition, SyscallParam, Leak_...
    what: str  # valgrind's sentence
    file: str  # "" where no frame lies in the student's files
    line: int


@dataclass(frozen=True)
class Memory:
    """All that valgrind found: errors cost, leaks are notes."""

    errors: tuple[MemoryProblem, ...] = ()
    leaks: tuple[MemoryProblem, ...] = ()
