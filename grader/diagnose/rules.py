"""All rules in order: the first that explains a failed test names the mistake.

A rule speaks where it explains a failed test that no rule before it explained, so two mistakes give
two diagnoses, and what follows from a mistake gives none. Where no rule fits, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from grader.diagnose import (
    build,
    creation,
    errors,
    family,
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
from grader.diagnose.case import Case, Diagnosis, Rule
from grader.facts import Run
from grader.model import TestResult

PROGRAMS = ("1", "2", "5", "6")
ANY = ()  # every exercise, also one that was added
SECTIONS = "assignment/"

RULES: tuple[tuple[str, Rule, tuple[str, ...]], ...] = (
    ("size-and-flags-exchanged", creation.exchanged, ("2", "3", "4", "5", "6")),
    ("no-ipc-creat", creation.no_ipc_creat, ("2", "3", "4", "5", "6")),
    ("mode-unusable", creation.mode_unusable, ("2", "3", "4", "5", "6")),
    ("segment-too-small", creation.too_small, ("2", "3", "5", "6")),
    ("two-segments", creation.two_segments, ("2", "5", "6")),
    ("child-fell-through", family.fell_through, PROGRAMS),
    ("removed-too-early", removal.removed_too_early, ("2", "4", "5", "6")),
    ("no-segment", creation.no_segment, ("2", "4", "5", "6")),
    ("not-copied", family.not_copied, ("1",)),
    ("no-fork", family.no_fork, PROGRAMS),
    ("too-many-children", family.too_many, PROGRAMS),
    ("printed-before-fork", output.printed_before_fork, PROGRAMS),
    ("printed-twice", output.printed_twice, PROGRAMS),
    ("faked-crash", family.faked_crash, ("5",)),
    ("read-only-missing", segments.read_only_missing, ("5",)),
    ("always-read-only", functions.always_read_only, ("3",)),
    ("child-lives", family.child_lives, ("5",)),
    ("reads-past-end", surroundings.reads_past_the_end, ("2", "5", "6")),
    ("id-for-status", surroundings.id_for_status, ("1", "2", "6")),
    ("limit-hit", build.limit_hit, ANY),
    ("crashed", build.crashed, ANY),
    ("wrong-label", output.wrong_label, PROGRAMS),
    ("wrong-process-printed", output.wrong_process, PROGRAMS),
    ("waited-too-late", family.waited_too_late, PROGRAMS),
    ("waited-for-one-only", family.waited_for_some, PROGRAMS),
    ("never-waited", family.never_waited, PROGRAMS),
    ("prints-nothing", output.prints_nothing, PROGRAMS),
    ("lost-in-buffer", output.lost_in_buffer, PROGRAMS),
    ("changed-before-fork", sharing.changed_before_fork, ("1", "2")),
    ("number-cut", numbers.number_cut, PROGRAMS),
    ("not-exact", numbers.not_exact, PROGRAMS),
    ("parent-computed", sharing.parent_computed, ("2", "5", "6")),
    ("one-sum", sharing.one_sum, ("6",)),
    ("read-before-wait", sharing.read_before_wait, ("2", "6")),
    ("hard-coded", output.hard_coded, PROGRAMS),
    ("start-not-put", sharing.start_not_put, ("2",)),
    ("value-not-shared", sharing.not_shared, ("2",)),
    ("status-not-decoded", family.not_decoded, ("5",)),
    ("not-looked-up", segments.not_looked_up, ("6",)),
    ("attached-again", segments.attached_again, ("2", "6")),
    ("never-detached", segments.never_detached, ("2", "6")),
    ("segment-left", removal.segment_left, ("2", "5", "6")),
    ("removed-twice", removal.removed_twice, ("2", "5", "6")),
    ("other-kind-left", leftovers.other_kinds, ("2", "5", "6")),
    ("removed-by-another", removal.removed_by_another, ("2", "5", "6")),
    ("key-ignored", functions.key_ignored, ("3",)),
    ("no-ipc-excl", functions.no_ipc_excl, ("3",)),
    ("access-creates", functions.access_creates, ("3",)),
    ("wrong-size-flags", functions.wrong_size, ("3",)),
    ("read-only-missing", functions.read_only_missing, ("3",)),
    ("never-detached", functions.never_detached, ("3",)),
    ("segment-left", functions.segment_left, ("3",)),
    ("no-ipc-excl", keeper.no_ipc_excl, ("4",)),
    ("size-ignored", keeper.size_ignored, ("4",)),
    ("text-does-not-fit", keeper.does_not_fit, ("4",)),
    ("read-only-missing", keeper.read_only_missing, ("4",)),
    ("segment-left", keeper.segment_left, ("4",)),
    ("zero-descriptor", errors.zero_descriptor, ("2", "3", "4", "5", "6")),
    ("null-compare", errors.null_compare, ("2", "3", "4", "5", "6")),
    ("error-ignored", errors.null_used, ("4",)),
    ("error-leaves-segment", errors.leaves_segment, ("2", "3", "4", "5", "6")),
    ("errno-lost", functions.errno_lost, ("3",)),
    ("error-ignored", errors.ignored, ("1", "2", "3", "4", "5", "6")),
    ("failure-not-told", errors.silent, ("1", "2", "4", "5", "6")),
    ("wrong-failure-status", errors.wrong_status, ("1", "2", "4", "5", "6")),
    ("wrong-exit-status", output.wrong_status, PROGRAMS),
    ("invalid-memory", build.invalid_memory, ("1", "2", "3", "4", "5", "6")),
)


class Build(Protocol):
    """What is asked of a build."""

    @property
    def ok(self) -> bool:
        ...

    @property
    def errors(self) -> Sequence[object]:
        ...


def diagnose(
    exercise: str,
    runs: Sequence[Run],
    results: Mapping[str, TestResult],
    sources: Mapping[str, str],
    built: Build | None = None,
    stub: bool = False,
) -> tuple[Diagnosis, ...]:
    """The mistakes of one exercise, the most basic first; pure."""
    case = Case(exercise, runs, results, sources)
    if stub:
        return (build.not_started(case),)
    if built is not None and not built.ok:
        return (build.does_not_build(case, [str(error) for error in built.errors]),)
    found: list[Diagnosis] = []
    explained: set[str] = set()
    for name, rule, where in RULES:
        if where and case.number not in where:
            continue
        said = rule(case)
        tests = case.lost(said.tests) if said else ()
        new = [test for test in tests if test not in explained and case.failed(test)]
        if said and new:
            section = said.section or results[new[0]].section.removeprefix(SECTIONS)
            tests = tuple(test for test in tests if test not in explained)
            text, why = said.text, said.explanation
            found.append(Diagnosis(name, text, section, why, said.evidence, tests))
            explained.update(tests)
    return tuple(found)
