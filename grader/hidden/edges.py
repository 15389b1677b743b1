"""The runs at the edges: no values, the largest, negative ones, values with a special meaning.

They take away what a program must not rely on: small process IDs, and zeros past the end of a
segment. A mistake that the normal run shows already is reported only there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.runs import Scenario, at_edges, base, demand_same_untraced, strict, waits
from grader.judge.any_order import right_in_every_order
from grader.judge.finding import Finding, demand
from grader.judge.fork_wait import left_running
from grader.judge.output import ends_with_success, prints, prints_as_meant
from grader.judge.segments import removed_by_creator, removes
from grader.judge.surroundings import (
    LARGE_ID,
    holds,
    reads_past_the_end,
    takes_an_id_for_the_status,
)

Judge = Callable[[Run], Finding | None]
MOST_WORDS = 4
ORDERS = 40  # that are tried; the solution of 2 has 4, and 33 that of 6 with two children


def lenient_schedule(submission: Submission, task: Scenario) -> str:
    """The schedule of the runs at the edges."""
    # held until its child has ended, the parent would wait for what stays in the background
    alone = left_running(base(submission, task)) and waits(submission, task)
    return task.turn if alone else "child-first"


def edge_runs(submission: Submission, task: Scenario, edges: Sequence[Scenario]) -> list[Run]:
    """One lenient run for each of these tasks; in one series while the program leaves nothing.

    None for a program that does not finish: the normal run says enough.
    """
    if strict(submission, task).hit_a_limit:
        return []
    commands = at_edges(edges, lenient_schedule(submission, task))
    runs = submission.series(commands) if base(submission, task).left_nothing else []
    runs = runs[: 1 + len(list(takewhile(lambda run: run.left_nothing, runs)))]
    # what one run leaves would be in the way of the next: the rest each get their own sandbox
    alone = [replace(command, first_pid=LARGE_ID) for command in commands[len(runs) :]]
    return [*runs, *(run for one in alone for run in submission.series([one]))]


def demand_answer(
    submission: Submission, task: Scenario, edges: Sequence[Scenario], number: int
) -> None:
    """The line is printed by the right process, with random values and at the edges."""
    edge_runs(submission, task, edges)  # what goes wrong there can explain a wrong line too
    demand(prints(base(submission, task), task.answers[number]))
    demand_at_edges(submission, task, edges, number)
    demand_same_untraced(submission, task)
    if task.answers[number] is task.answers[-1]:
        demand_in_every_order(submission, task)


def demand_in_every_order(submission: Submission, task: Scenario) -> None:
    """The parent's result is right in all orders of the processes, as far as they can be tried."""
    run = base(submission, task)
    if not (run.children and run.left_nothing and waits(submission, task)):
        return  # what is missing is reported where it is asked
    if run.created_segments and (removes(run) or removed_by_creator(run)):
        return  # who looks for it in vain then, in some orders, is a consequence
    demand(right_in_every_order(submission.orders(*task.args, at_most=ORDERS), task.answers[-1]))


def demand_at_edges(
    submission: Submission, task: Scenario, edges: Sequence[Scenario], number: int
) -> None:
    """The line is right at the edges; if it is wrong only there, say what made the difference."""
    for edge, run in zip(edges, edge_runs(submission, task, edges)):
        answer, when = edge.answers[number], lenient_schedule(submission, task)
        found = prints(run, answer)
        if found is None:
            continue
        plain = submission.run(*edge.args, schedule=when)
        if prints(plain, answer):
            demand(found)
        large = submission.run(*edge.args, schedule=when, first_pid=LARGE_ID)
        if prints(large, answer):
            demand(takes_an_id_for_the_status(large, plain))
        filled = submission.run(*edge.args, schedule=when, past_end=True)
        if prints(filled, answer) is None:
            demand(found)
        if holds(filled, edge.stored):  # otherwise its size is reported where that is judged
            demand(reads_past_the_end(filled, plain))


def demand_success_at_edges(
    submission: Submission, task: Scenario, edges: Sequence[Scenario]
) -> None:
    """If the lines are right at the edges, so is the exit status."""
    _demand(submission, task, edges, [ends_with_success])


def demand_too_at_edges(
    submission: Submission, task: Scenario, edges: Sequence[Scenario], *judges: Judge
) -> None:
    """What was right in the normal run is right at the edges too, if the lines are right."""
    _demand(submission, task, edges, judges, lambda run: run.verdict == "ended")


def _demand(
    submission: Submission,
    task: Scenario,
    edges: Sequence[Scenario],
    judges: Sequence[Judge],
    to_judge: Callable[[Run], bool] = lambda run: True,
) -> None:
    when = lenient_schedule(submission, task)
    for edge, run in zip(edges, edge_runs(submission, task, edges)):
        if not to_judge(run) or any(prints_as_meant(run, answer) for answer in edge.answers):
            continue  # a wrong line is reported by its own test
        for found, judge in ((judge(run), judge) for judge in judges):
            if found is None:
                continue
            plain = submission.run(*edge.args, schedule=when)
            demand(_with(edge, found) if judge(plain) else found)


def _with(edge: Scenario, found: Finding) -> Finding:
    """Say which arguments it takes: with those of the normal run all is well."""
    words = " ".join(str(word) for word in edge.args)
    given = f"With the argument{'s' if len(edge.args) > 1 else ''} {words}"
    if not edge.args:
        given = "Without arguments"
    if len(edge.args) > MOST_WORDS:
        given = f"With {len(edge.args)} arguments"
    message = f"{given}: {found.message[0].lower()}{found.message[1:]}"
    return replace(found, message=message, cause=replace(found.cause, when=given))
