"""All rules in order: the first that explains a failed test names the mistake.

A rule counts only if it explains a failed test that no rule before it explained, so two mistakes
give two diagnoses, and consequences of a mistake give none. If no rule fits, there is none.

To add a diagnosis, add a row: its name, the concept behind it in one general sentence (which is all
that a student sees if the instructor shows no evidence), the call that it belongs to, the function
that finds it, and what it needs of an exercise. A row explains tests by their names: tests of
the same thing have the same name in every exercise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.base.exercise import Exercise
from grader.diagnose import (
    build,
    creation,
    errors,
    fork_wait,
    functions,
    keeper,
    leftovers,
    numbers,
    output,
    removal,
    segments,
    sharing,
    surroundings,
)
from grader.diagnose.arrows import pointed
from grader.diagnose.case import Case, Diagnosis, Find
from grader.diagnose.needs import (
    anything,
    child_crashes,
    forks,
    has_slots,
    is_commands,
    is_functions,
    programs,
    shares,
    shares_or_commands,
    states_a_size,
    uses_segments,
)
from grader.facts.records import Run
from grader.report.model import TestResult

SECTIONS = "assignment/"

# The calls that a mistake belongs to, by their names in a student's file.
SHMGET = ("shmget", "segment_create")
SHMAT = ("shmat", "segment_attach")
SHMCTL = ("shmctl", "segment_remove")
FORK = ("fork",)
COPIES_NOTHING = ("vfork", "clone", "pthread_create", "posix_spawn")
WAIT = ("wait", "waitpid", "waitid")
PRINT = ("printf", "puts", "write")


@dataclass(frozen=True)
class Mistake:
    """A mistake that has a name."""

    id: str
    concept: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One row: what finds a mistake, in the exercises that have what it needs."""

    mistake: Mistake
    find: Find
    needs: Callable[[Exercise], bool] = anything


# ---- the rows

NOT_STARTED = Mistake("not-started", "Not started: the file is still the stub.")
NOT_READ = Mistake("not-read", "The file could not be read.")
DOES_NOT_BUILD = Mistake("does-not-build", "The program does not compile.")
READ_ONLY_MISSING = Mistake(
    "read-only-missing", "SHM_RDONLY attaches a segment for reading only.", SHMAT
)
NEVER_DETACHED = Mistake("never-detached", "Each process detaches what it attached.", SHMAT)
SEGMENT_LEFT = Mistake(
    "segment-left", "A segment outlives the program, so the program must remove it.", SHMGET
)
SIZE_IGNORED = Mistake(
    "size-ignored", "Create the segment with exactly the size that was asked for."
)
NO_IPC_EXCL = Mistake("no-ipc-excl", "With IPC_EXCL, shmget fails if the key is taken.", SHMGET)
LOOK_UP_CREATES = Mistake("access-creates", "Only create creates a segment.", SHMGET)
ERROR_IGNORED = Mistake(
    "error-ignored", "Check each call: report its failure on stderr and exit with status 1."
)

RULES: tuple[Rule, ...] = (
    Rule(
        Mistake("size-and-flags-exchanged", "shmget takes key, size, flags, in that order."),
        creation.exchanged,
        uses_segments,
    ),
    Rule(
        Mistake("key-and-size-exchanged", "shmget takes key, size, flags, in that order.", SHMGET),
        creation.key_and_size_exchanged,
        uses_segments,
    ),
    Rule(
        Mistake(
            "no-ipc-creat",
            "IPC_CREAT creates a segment; without it shmget only looks one up.",
            SHMGET,
        ),
        creation.no_ipc_creat,
        uses_segments,
    ),
    Rule(
        Mistake(
            "mode-unusable", "The owner of a segment must be able to read and write it.", SHMGET
        ),
        creation.mode_unusable,
        uses_segments,
    ),
    Rule(
        Mistake(
            "segment-too-small",
            "The segment must have room for everything that is stored in it.",
            SHMGET,
        ),
        creation.too_small,
        states_a_size,
    ),
    Rule(
        Mistake("two-segments", "All processes share one segment.", SHMGET),
        creation.two_segments,
        shares,
    ),
    Rule(
        Mistake(
            "child-fell-through",
            "A child exits when its work is done; it does not run the parent's code.",
            FORK,
        ),
        fork_wait.fell_through,
        forks,
    ),
    Rule(
        Mistake("removed-too-early", "Remove the segment when nobody needs it any more.", SHMCTL),
        removal.removed_too_early,
        shares_or_commands,
    ),
    Rule(
        Mistake("no-segment", "The value must travel through a shared memory segment."),
        creation.no_segment,
        shares_or_commands,
    ),
    Rule(
        Mistake("not-copied", "fork makes a copy; a thread or vfork does not.", COPIES_NOTHING),
        fork_wait.not_copied,
        forks,
    ),
    Rule(
        Mistake("waits-once-more", "One wait collects one child.", WAIT),
        fork_wait.waits_once_more,
        forks,
    ),
    Rule(Mistake("no-fork", "fork makes a second process."), fork_wait.no_fork, forks),
    Rule(
        Mistake("too-many-children", "Each call of fork makes one more process.", FORK),
        fork_wait.too_many,
        forks,
    ),
    Rule(
        Mistake("printed-before-fork", "First fork, then wait, then print the result."),
        output.printed_before_fork,
        forks,
    ),
    Rule(
        Mistake(
            "printed-twice",
            "fork copies the output buffer: what is still in it is printed twice.",
            FORK,
        ),
        output.printed_twice,
        forks,
    ),
    Rule(
        Mistake("faked-crash", "The write to read-only memory must be what ends the child."),
        fork_wait.faked_crash,
        child_crashes,
    ),
    Rule(READ_ONLY_MISSING, segments.read_only_missing, child_crashes),
    Rule(
        Mistake("always-read-only", "Pass SHM_RDONLY only if the caller wants read-only memory."),
        functions.always_read_only,
        is_functions,
    ),
    Rule(
        Mistake("child-lives", "A write to memory that is attached read-only ends the process."),
        fork_wait.child_lives,
        child_crashes,
    ),
    Rule(
        Mistake("reads-past-end", "Read only the bytes that belong to the segment."),
        surroundings.reads_past_the_end,
        shares,
    ),
    Rule(
        Mistake(
            "id-for-status", "wait stores the status; what it returns is the child's process ID."
        ),
        surroundings.id_for_status,
        forks,
    ),
    Rule(
        Mistake("limit-hit", "The program must finish, within its limits."),
        build.limit_hit,
        anything,
    ),
    Rule(
        Mistake("crashed", "The program used memory that does not belong to it."),
        build.crashed,
        anything,
    ),
    Rule(
        Mistake("no-newline", "Each result is a line of its own, with a newline at its end."),
        output.no_newline,
        forks,
    ),
    Rule(
        Mistake("start-after-fork", "What the child needs must be there before the fork."),
        sharing.start_put_late,
        shares,
    ),
    Rule(
        Mistake("wrong-label", "Spell each line exactly as the page does."),
        output.wrong_label,
        programs,
    ),
    Rule(
        Mistake(
            "wrong-process-printed",
            "The child prints the child's line, the parent prints the parent's.",
        ),
        output.wrong_process,
        forks,
    ),
    Rule(
        Mistake("waited-too-late", "The parent waits before it prints.", WAIT),
        fork_wait.waited_too_late,
        forks,
    ),
    Rule(
        Mistake("waited-for-one-only", "Each wait collects one child.", WAIT),
        fork_wait.waited_for_some,
        forks,
    ),
    Rule(
        Mistake("never-waited", "The parent waits for its child.", FORK),
        fork_wait.never_waited,
        forks,
    ),
    Rule(
        Mistake("not-looked-up", "Each child looks the segment up by its key."),
        segments.not_looked_up,
        has_slots,
    ),
    Rule(Mistake("prints-nothing", "Print the results on stdout."), output.prints_nothing, forks),
    Rule(
        Mistake("lost-in-buffer", "Flush what you printed before the process ends.", PRINT),
        output.lost_in_buffer,
        forks,
    ),
    Rule(
        Mistake(
            "changed-before-fork", "After fork each process has its own copy of the variable.", FORK
        ),
        sharing.changed_before_fork,
        forks,
    ),
    Rule(
        Mistake("number-cut", "A number needs a type that is large enough for it."),
        numbers.number_cut,
        forks,
    ),
    Rule(Mistake("not-exact", "A float cannot hold every int exactly."), numbers.not_exact, forks),
    Rule(
        Mistake("parent-computed", "The parent prints what it reads from the segment.", PRINT),
        sharing.parent_computed,
        shares,
    ),
    Rule(
        Mistake("child-computed", "The child reads the value from the segment."),
        sharing.child_computed,
        shares,
    ),
    Rule(Mistake("one-sum", "Each child has its own slot."), sharing.one_sum, has_slots),
    Rule(
        Mistake("read-before-wait", "The parent waits first, then reads the segment.", WAIT),
        sharing.read_before_wait,
        shares,
    ),
    Rule(
        Mistake("no-number", "The segment holds the number itself: no text, and no pointer."),
        sharing.no_number,
        shares,
    ),
    Rule(
        Mistake("uninitialized", "A variable has no value until you give it one."),
        build.uninitialized,
        has_slots,
    ),
    Rule(
        Mistake("depends-on-luck", "Between fork and wait, processes run in any order.", WAIT),
        sharing.depends_on_luck,
        shares,
    ),
    Rule(
        Mistake("hard-coded", "Use the program's arguments; every run has different ones.", PRINT),
        output.hard_coded,
        forks,
    ),
    Rule(
        Mistake(
            "start-not-put",
            "The parent puts START into the segment, and the child adds CHANGE to it.",
        ),
        sharing.start_not_put,
        shares,
    ),
    Rule(
        Mistake("value-not-shared", "The child must store its result in the segment."),
        sharing.not_shared,
        shares,
    ),
    Rule(
        Mistake("status-not-decoded", "The wait status says how the child ended.", WAIT),
        fork_wait.not_decoded,
        child_crashes,
    ),
    Rule(
        Mistake("attached-again", "Each process attaches the segment once.", SHMAT),
        segments.attached_again,
        shares,
    ),
    Rule(NEVER_DETACHED, segments.never_detached, shares),
    Rule(SEGMENT_LEFT, removal.segment_left, shares),
    Rule(
        Mistake("removed-twice", "The segment is removed once.", SHMCTL),
        removal.removed_twice,
        shares,
    ),
    Rule(
        Mistake(
            "other-kind-left",
            "Semaphores, message queues, and POSIX shared memory outlive a program too.",
        ),
        leftovers.other_kinds,
        shares,
    ),
    Rule(
        Mistake("removed-by-another", "The process that created the segment removes it.", SHMCTL),
        removal.removed_by_another,
        shares,
    ),
    Rule(
        Mistake("key-ignored", "Create the segment with the key that the caller gives."),
        functions.key_ignored,
        is_functions,
    ),
    Rule(
        Mistake("returns-truth", "0 means success and -1 failure: it isn't a yes or no."),
        functions.returns_truth,
        is_functions,
    ),
    Rule(
        Mistake("old-errno", "Read success from the result of a call, not from errno."),
        functions.old_errno,
        is_functions,
    ),
    Rule(SIZE_IGNORED, functions.too_large, is_functions),
    Rule(NO_IPC_EXCL, functions.no_ipc_excl, is_functions),
    Rule(LOOK_UP_CREATES, functions.access_creates, is_functions),
    Rule(
        Mistake("wrong-size-flags", "Look a segment up whatever its size.", SHMGET),
        functions.wrong_size,
        is_functions,
    ),
    Rule(READ_ONLY_MISSING, functions.read_only_missing, is_functions),
    Rule(NEVER_DETACHED, functions.never_detached, is_functions),
    Rule(SEGMENT_LEFT, functions.segment_left, is_functions),
    Rule(
        Mistake(
            "kept-in-a-variable",
            "A variable ends with its program: look the segment up by its key.",
        ),
        keeper.kept_in_a_variable,
        is_commands,
    ),
    Rule(
        Mistake("success-is-an-error", "Any number but -1 is a shmid."),
        keeper.success_is_an_error,
        is_commands,
    ),
    Rule(LOOK_UP_CREATES, keeper.look_up_creates, is_commands),
    Rule(
        Mistake("no-null-byte", "Store a text with its terminating null byte."),
        keeper.no_null_byte,
        is_commands,
    ),
    Rule(
        Mistake("text-cut", "A text that does not fit is refused, not cut."),
        keeper.text_cut,
        is_commands,
    ),
    Rule(NO_IPC_EXCL, keeper.no_ipc_excl, is_commands),
    Rule(SIZE_IGNORED, keeper.size_ignored, is_commands),
    Rule(
        Mistake("text-does-not-fit", "A text needs one more byte, for its terminating null byte."),
        keeper.does_not_fit,
        is_commands,
    ),
    Rule(READ_ONLY_MISSING, keeper.read_only_missing, is_commands),
    Rule(NEVER_DETACHED, keeper.never_detached, is_commands),
    Rule(SEGMENT_LEFT, keeper.segment_left, is_commands),
    Rule(
        Mistake(
            "zero-descriptor", "Only -1 means that shmget failed; 0 is a shmid like any other."
        ),
        errors.zero_shmid,
        uses_segments,
    ),
    Rule(
        Mistake("null-compare", "shmat fails with (void *) -1, not with NULL.", SHMAT),
        errors.null_compare,
        uses_segments,
    ),
    Rule(ERROR_IGNORED, errors.null_used, is_commands),
    Rule(
        Mistake("error-leaves-segment", "A program that fails must clean up too."),
        errors.leaves_segment,
        uses_segments,
    ),
    Rule(
        Mistake("stops-waiting", "Also when a child has failed, wait for all the others.", WAIT),
        errors.stops_waiting,
        forks,
    ),
    Rule(
        Mistake("errno-lost", "After a failure, errno must stay as the system call set it."),
        functions.errno_lost,
        is_functions,
    ),
    Rule(ERROR_IGNORED, errors.ignored, anything),
    Rule(Mistake("failure-not-told", "Report failures on stderr."), errors.silent, programs),
    Rule(
        Mistake("wrong-failure-status", "After a failure, exit with status 1."),
        errors.wrong_status,
        programs,
    ),
    Rule(
        Mistake("wrong-exit-status", "After a success, exit with status 0."),
        output.wrong_status,
        forks,
    ),
    Rule(
        Mistake("invalid-memory", "Use only memory that is yours, and only values that were set."),
        build.invalid_memory,
        anything,
    ),
)

_KNOWN = {m.id: m for m in (NOT_STARTED, NOT_READ, DOES_NOT_BUILD, *(r.mistake for r in RULES))}


def concept_of(diagnosis: str) -> str:
    """The concept behind a diagnosis; if it has no row, its name in words."""
    known = _KNOWN.get(diagnosis)
    return known.concept if known else f"{diagnosis.replace('-', ' ').capitalize()}."


def calls_of(diagnosis: str) -> tuple[str, ...]:
    """The names of the calls that a diagnosis belongs to."""
    known = _KNOWN.get(diagnosis)
    return known.calls if known else ()


class Build(Protocol):
    """What diagnose needs of a build."""

    @property
    def ok(self) -> bool:
        ...

    @property
    def errors(self) -> Sequence[object]:
        ...


def diagnose(
    exercise: Exercise,
    runs: Sequence[Run],
    results: Mapping[str, TestResult],
    sources: Mapping[str, str],
    built: Build | None = None,
    stub: bool = False,
) -> tuple[Diagnosis, ...]:
    """The mistakes of one exercise, the most basic first."""
    case = Case(exercise, runs, results, sources)
    if stub:
        return (build.not_started(case),)
    if built is not None and not built.ok:
        return (build.does_not_build(case, [str(error) for error in built.errors]),)
    found: list[Diagnosis] = []
    explained: set[str] = set()
    for rule in RULES:
        if not rule.needs(exercise):
            continue
        said = rule.find(case)
        tests = case.lost(said.tests) if said else ()
        tests = tuple(test for test in tests if said and said.explains(results[test]))
        new = [test for test in tests if test not in explained and case.failed(test)]
        if said and new:
            section = said.section or results[new[0]].section.removeprefix(SECTIONS)
            tests = tuple(test for test in tests if test not in explained)
            text, why = said.text, said.explanation
            asked = next((results[test].expected for test in new), "")
            evidence = pointed(said.evidence, exercise, asked)
            found.append(Diagnosis(rule.mistake.id, text, section, why, evidence, tests))
            explained.update(tests)
    return tuple(found)
