"""The kinds of check that several exercises have.

Each function here makes one: from the exercise's inputs, the runs and findings that it asks for,
and the words that the student reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.base.check import check
from grader.base.exercise import Exercise
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.edges import Judge, demand_success_at_edges, demand_too_at_edges
from grader.hidden.runs import (
    Scenario,
    base,
    demand_clean_memory,
    demand_proper_failures,
    demand_same_in_a_pipe,
    demand_same_untraced,
    demand_zero_is_a_shmid,
    each_time,
    fault,
    fork_fault,
    strict,
    told_of_fork,
)
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, leaves_none_unwaited, order_is_no_luck, parent_waits
from grader.judge.output import has_both

HiddenTest = Callable[[Submission], None]
Faults = Sequence[str | Sequence[str]]  # for each run, what fails in it


@dataclass(frozen=True)
class Inputs:
    """What an exercise runs its program with."""

    exercise: Exercise
    drawn: Callable[[Submission], Scenario]
    edges: Callable[[Submission], list[Scenario]]
    example: str  # arguments from the page

    @property
    def typed(self) -> str:
        """The example as a student types it."""
        return f"./{self.exercise.program} {self.example}"

    def normal(self, submission: Submission) -> Run:
        return base(submission, self.drawn(submission))

    def with_segment(self, submission: Submission) -> Run:
        """The normal run, if there is a segment to judge."""
        run = self.normal(submission)
        only_if(run.created_segments, "no segment was created")
        return run


def nothing(_: object) -> None:
    """Nothing has to be there first, and nothing more is looked at."""


def named(sentence: str, test: HiddenTest) -> HiddenTest:
    """The test with the sentence that the student reads."""
    test.__doc__ = sentence
    return test


def order_check(inputs: Inputs, *, points: int, section: str, hint: str) -> HiddenTest:
    """The lines come in the order in which the page shows them."""

    @check(points=points, concept="waiting", section=section, hint=hint)
    def comes_first(submission: Submission) -> None:
        """The child's line comes before the parent's"""
        task = inputs.drawn(submission)
        run = strict(submission, task)
        only_if(forked(run) and has_both(run, *task.labels), "without both lines there is no order")
        demand(order_is_no_luck(run, *task.labels))
        demand_same_untraced(submission, task)

    return comes_first


def waiting_check(
    inputs: Inputs,
    sentence: str,
    *,
    points: int,
    section: str,
    hint: str,
    needs: Callable[[Run], object] = nothing,
) -> HiddenTest:
    """The parent has waited before it prints, and at the edges no child is left unwaited."""

    @check(points=points, concept="waiting", section=section, hint=hint)
    def waits(submission: Submission) -> None:
        task = inputs.drawn(submission)
        run = strict(submission, task)
        only_if(forked(run), "no child was forked, so there is nobody to wait for")
        needs(run)
        demand(parent_waits(run, inputs.exercise.first_by_parent))
        demand_too_at_edges(submission, task, inputs.edges(submission), leaves_none_unwaited)

    return named(sentence, waits)


def segment_check(
    inputs: Inputs,
    sentence: str,
    *judges: Judge,
    run: Callable[[Submission], Run],
    points: int,
    concept: str,
    section: str,
    hint: str,
    in_success: bool = False,
) -> HiddenTest:
    """What this run did with its segment is right, and at the edges too; `in_success`: in those
    runs that exit with status 0."""

    def too(judge: Judge) -> Judge:
        return lambda run: judge(run) if run.ended_well or not in_success else None

    @check(points=points, concept=concept, section=section, hint=hint)
    def is_right(submission: Submission) -> None:
        judged = run(submission)
        demand(*(judge(judged) for judge in judges))
        edges = inputs.edges(submission)
        demand_too_at_edges(submission, inputs.drawn(submission), edges, *map(too, judges))

    return named(sentence, is_right)


def fork_failure_check(
    inputs: Inputs,
    sentence: str,
    *,
    points: int,
    section: str,
    hint: str,
    needs: Callable[[Submission], object] = nothing,
) -> HiddenTest:
    """A program whose fork fails ends as it should."""

    @check(points=points, concept="errors", section=section, hint=hint)
    def ends_properly(submission: Submission) -> None:
        needs(submission)
        task = inputs.drawn(submission)
        demand_proper_failures(submission, task, [fork_fault(submission, task)])

    return named(sentence, ends_properly)


def failures_check(
    inputs: Inputs,
    sentence: str,
    faults: Callable[[Submission, Scenario], Faults],
    *,
    points: int,
    section: str,
    hint: str,
    needs: Callable[[Submission], object],
    then: Callable[[Submission], object] = nothing,
    fork_apart: bool = False,
) -> HiddenTest:
    """A program ends as it should if a call on the segment fails; a shmid of 0 is no failure.

    If a failing fork has a test of its own, it reports a wrong status or a missing message.
    """

    @check(points=points, concept="errors", section=section, hint=hint)
    def ends_properly(submission: Submission) -> None:
        needs(submission)
        task = inputs.drawn(submission)
        told = told_of_fork(submission, task) if fork_apart else ()
        demand_proper_failures(submission, task, faults(submission, task), told=told)
        then(submission)
        demand_zero_is_a_shmid(submission, task)

    return named(sentence, ends_properly)


def shm_faults(submission: Submission, task: Scenario) -> list[str]:
    """The parent's shmget fails, then each later one, then each shmat."""
    later = each_time(submission, task, "shmget")[1:]
    return [fault(submission, "shmget"), *later, *each_time(submission, task, "shmat")]


def pipe_check(inputs: Inputs, *, points: int, hint: str) -> HiddenTest:
    """Through a pipe the program prints the same, and it ends well there and at the edges."""
    exercise = inputs.exercise
    lines = "lines come" if len(exercise.lines) > 1 else "line comes"

    @check(
        points=points,
        concept="buffers",
        section=f"{exercise.id}#on-a-terminal-and-in-a-pipe",
        hint=f"Try {inputs.typed} | cat: {hint}",
    )
    def works(submission: Submission) -> None:
        task = inputs.drawn(submission)
        demand_same_in_a_pipe(submission, task)
        demand_success_at_edges(submission, task, inputs.edges(submission))

    return named(f"The same {lines} through a pipe, and the exit status is 0", works)


def memory_check(
    inputs: Inputs, *, points: int, needs: Callable[[Submission], object] = nothing
) -> HiddenTest:
    """Valgrind has nothing to say."""

    @check(
        points=points,
        concept="memory",
        section=f"{inputs.exercise.id}#points",
        hint=f"valgrind {inputs.typed} names the line.",
    )
    def is_clean(submission: Submission) -> None:
        """valgrind finds no invalid memory use"""
        needs(submission)
        demand_clean_memory(submission, inputs.drawn(submission))

    return is_clean
