"""The runs that the hidden tests look at: arguments, schedule, injected failure.

Most tests look at one run on a terminal, where a new child is held until its parent waits or ends:
there a missing wait shows every time. If the parent does not wait, only the tests of waiting fail;
the others look at a lenient run, where the parent is held until its child has ended.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from grader.base.check import Cause
from grader.facts.command import Argument, Command, command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.grading.valgrind import MemoryProblem
from grader.judge import codes
from grader.judge.evidence import Evidence
from grader.judge.failures import fails_properly, has_id_zero, takes_zero_for_failure
from grader.judge.finding import Finding, demand, only_if
from grader.judge.fork_wait import forked, left_running, parent_waits
from grader.judge.output import (
    Answer,
    did_print,
    ends_with_success,
    prints_as_meant,
    result_lines,
    same_lines,
    same_output,
)
from grader.judge.segments import left_behind, nothing_else_left
from grader.judge.spelling import spelling_of
from grader.judge.surroundings import LARGE_ID
from grader.judge.untraced import made, makes_something_else

INT_MAX = 2**31 - 1
INT_MIN = -(2**31)
ERRORS = {
    "fork": ("EAGAIN", "ENOMEM"),
    "shmget": ("ENOSPC", "ENOMEM", "EACCES"),
    "shmat": ("ENOMEM", "EACCES", "EINVAL"),
    "shmdt": ("EINVAL", "ENOMEM"),
    "shmctl": ("EPERM", "EINVAL", "EIDRM"),
    "wait": ("ECHILD",),
}

ORDERS = ("parent-first", "child-first", "reverse", "none")


@dataclass(frozen=True)
class Scenario:
    """What a program is run with, and the lines that it must print; the last one is final."""

    args: tuple[Argument, ...]
    answers: tuple[Answer, ...]
    turn: str = "parent-first"  # the schedule, if the parent waits
    stored: int = 0  # how many bytes a segment has to hold

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(answer.label for answer in self.answers)

    @property
    def final(self) -> str:
        return self.answers[-1].label


# Runs


def strict(submission: Submission, task: Scenario) -> Run:
    """On a terminal; each child is held until its parent waits or ends.

    The first such run shows how the program spells its lines.
    """
    run = submission.run(*task.args, schedule="parent-first")
    if submission.spelling.shapes:
        return run
    submission.spell(spelling_of(run, task.answers))
    return submission.run(*task.args, schedule="parent-first")


def limits(submission: Submission, task: Scenario) -> dict[str, int]:
    """A program that did not finish is given less time in its other runs."""
    return {"cpu-ms": 1000, "wall-ms": 2000} if strict(submission, task).hit_a_limit else {}


def schedule(submission: Submission, task: Scenario) -> str:
    """The schedule of the other tests: a lenient one if the parent does not wait."""
    run = strict(submission, task)
    waits = not forked(run) or parent_waits(run, task.final) is None
    return task.turn if waits else "child-first"


def base(submission: Submission, task: Scenario) -> Run:
    """The run that the tests of everything but waiting look at."""
    when = schedule(submission, task)
    if when == "parent-first":
        return strict(submission, task)
    return submission.run(*task.args, schedule=when, limits=limits(submission, task))


def piped(submission: Submission, task: Scenario) -> Run:
    """The same run with the output going into a pipe."""
    return submission.run(
        *task.args,
        schedule=schedule(submission, task),
        stdout="pipe",
        limits=limits(submission, task),
    )


def one_at_a_time(submission: Submission, task: Scenario) -> str:
    """The schedule in which each change of a segment has one author.

    If a process stays in the background, nobody would get a turn after it.
    """
    if not waits(submission, task):
        return "child-first"
    return "parent-first" if left_running(base(submission, task)) else "one-at-a-time"


def waits(submission: Submission, task: Scenario) -> bool:
    return schedule(submission, task) == task.turn


def at_edges(edges: Sequence[Scenario], when: str) -> list[Command]:
    """The commands of a series at the edges; the ids of processes go on from one to the next."""
    first, *others = [command(*edge.args, schedule=when, past_end=True) for edge in edges]
    return [replace(first, first_pid=LARGE_ID), *others]


def prefetch(
    submission: Submission, task: Scenario, edges: Sequence[Scenario], more: Sequence[Command] = ()
) -> None:
    """Make the runs that the tests of a correct program ask for, in one sandbox.

    For any other program, each run is made when a test asks for it.
    """
    run = strict(submission, task)
    if not (run.left_nothing and all_right(run, task) and waits(submission, task)):
        return
    plain = [command(*task.args, schedule=task.turn)]
    plain += [command(*task.args, schedule=task.turn, stdout="pipe"), *more]
    if submission.may_untrace:
        plain.append(command(*task.args, traced=False))
    submission.prefetch([*plain, *at_edges(edges, "child-first")])  # last: with large ids


# What a test needs before it can say anything


def started(run: Run) -> bool:
    """Did the program fork, use shared memory or print at all?"""
    tried = any(call.name.startswith("shm") for call in run.all_calls)
    return tried or forked(run) or bool(run.forks or run.threads or run.lines)


def all_right(run: Run, task: Scenario) -> bool:
    """Every line was printed, with its value, by the right process."""
    return forked(run) and all(did_print(run, answer) for answer in task.answers)


def final_right(run: Run, task: Scenario) -> bool:
    """The parent printed the right result."""
    return forked(run) and did_print(run, task.answers[-1])


def ended(run: Run, task: Scenario) -> bool:
    """Did the program finish, so that it had time to detach everything?"""
    return run.parent.exited_with(0) or (run.parent.end == "exit" and all_right(run, task))


def why_not_ended(run: Run) -> str:
    """Why nothing is said about what a program does in the end."""
    if run.verdict == "ended" and run.parent.end == "exit":
        return f"your program failed: it exited with status {run.parent.code}"
    return "your program didn't finish"


def something_right(run: Run, task: Scenario) -> bool:
    return forked(run) and any(did_print(run, answer) for answer in task.answers)


# What several exercises demand


def demand_same_in_a_pipe(submission: Submission, task: Scenario) -> None:
    """The same lines through a pipe, and exit status 0."""
    run, pipe = base(submission, task), piped(submission, task)
    only_if(something_right(run, task), "needs at least one correct line on a terminal")
    demand(same_lines(run, pipe, task.answers))
    only_if(all_right(run, task) or pipe.ended_well, "your program fails on a terminal too")
    demand(ends_with_success(pipe))
    demand_same_untraced(submission, task)


def demand_same_untraced(submission: Submission, task: Scenario) -> None:
    """The program prints the same when it is not traced, and makes as many processes and segments.

    Judged only if the traced runs agree with each other, in whatever order the processes run;
    a difference must show three times.
    """
    watched, pipe = base(submission, task), piped(submission, task)
    labels = task.labels
    if any(prints_as_meant(watched, answer) for answer in task.answers):
        return  # what is wrong when traced is already reported
    if not submission.may_untrace or not waits(submission, task):
        return
    if watched.options.get("owner_mode"):
        return  # nobody fixes the mode of a run that is not traced
    if not same_output(watched, pipe, labels):
        return
    alone = submission.run(*task.args, traced=False)
    if _is_alike(watched, alone, labels):
        return
    again = submission.series([command(*task.args, traced=False)] * 2)
    if any(_is_alike(watched, run, labels) for run in again):
        return
    # each in its own sandbox: what one left behind would be a difference that the program chose
    orders = [submission.run(*task.args, schedule=order) for order in ORDERS]
    if not all(same_output(watched, run, labels) for run in orders):
        return
    demand(_prints_something_else(watched, alone, labels))
    if all(made(run) == made(watched) for run in orders):
        demand(makes_something_else(watched, alone))


def _is_alike(watched: Run, alone: Run, labels: Sequence[str]) -> bool:
    return same_output(watched, alone, labels) and not makes_something_else(watched, alone)


def _prints_something_else(watched: Run, alone: Run, labels: Sequence[str]) -> Finding | None:
    if same_output(watched, alone, labels):
        return None
    return Finding(
        "Your program prints something else when the grader isn't watching.",
        expected="\n".join(result_lines(watched, labels)),
        seen="\n".join(result_lines(alone, labels)) or "(no result line)",
    )


def demand_proper_failures(
    submission: Submission,
    task: Scenario,
    faults: Sequence[str | Sequence[str]],
    processes: bool = True,
    told: Collection[Cause] = (),
) -> None:
    """Each of these calls is made to fail; the program reports it, exits with 1, leaves nothing.

    If the parent does not wait, a failure in a child is not judged: that is already reported.
    """
    run = base(submission, task)
    only_if(final_right(run, task), "needs the right result in a normal run")
    clean, others, met = not left_behind(run), nothing_else_left(run) is None, 0
    processes = processes and not left_running(run)
    turn = schedule(submission, task)
    if run.left_nothing:
        broken_runs = [command(*task.args, schedule=turn, fail=broken) for broken in faults]
        submission.prefetch([*_with_id_zero(run, task, turn), *broken_runs])
    for broken in faults:
        run = submission.run(*task.args, schedule=turn, fail=broken)
        in_parent = run.faults_met and run.is_parent(run.faults_met[0].process)
        if run.faults_met and (in_parent or waits(submission, task)):
            met += 1
            demand(
                fails_properly(
                    run, task.final, clean, processes, others, waits(submission, task), told
                )
            )
    only_if(met, "your program never makes the call that should fail")


def told_of_fork(submission: Submission, task: Scenario) -> tuple[Cause, ...]:
    """What the test of a failing fork reports, if that is a wrong status or a missing message."""
    when, broken = schedule(submission, task), fork_fault(submission, task)
    run = submission.run(*task.args, schedule=when, fail=broken)
    found = fails_properly(run, task.final) if run.faults_met else None
    return (found.cause,) if found and found.cause.code in codes.MANNERS else ()


def _with_id_zero(run: Run, task: Scenario, turn: str) -> list[Command]:
    """The run in a fresh system, which has to be the first of its sandbox."""
    return [command(*task.args, schedule=turn, id_zero=True)] if run.created_segments else []


def fault(submission: Submission, name: str, when: str = "") -> str:
    """An injected failure for witness: this call fails, with a random error."""
    return f"{name}:{submission.draw(f'error of {name}{when}').choice(ERRORS[name])}{when}"


def forks_of_others(submission: Submission, task: Scenario) -> int:
    """How many processes are other programs that the program runs before it forks its own child."""
    run = base(submission, task)
    first = min((child.born for child in run.children), default=0)
    return sum(helper.born < first for helper in run.helpers)


def fork_fault(submission: Submission, task: Scenario) -> str:
    """The first fork of the lesson fails."""
    before = forks_of_others(submission, task)
    return fault(submission, "fork", f"@{before + 1}" if before else "")


def demand_zero_is_a_shmid(submission: Submission, task: Scenario) -> None:
    """On a fresh system the first segment gets the shmid 0: the result must be the same."""
    run = submission.run(*task.args, schedule=schedule(submission, task), id_zero=True)
    if has_id_zero(run) and run.verdict == "ended" and not final_right(run, task):
        demand(takes_zero_for_failure(run))


def each_time(submission: Submission, task: Scenario, name: str, most: int = 3) -> list[str]:
    """One injected failure for each time that the normal run made this call: 1st, 2nd, ..."""
    times = min(len(base(submission, task).calls(name, ok=True)), most)
    return [fault(submission, name, f"@{number}") for number in range(1, times + 1)]


def demand_clean_memory(submission: Submission, task: Scenario) -> None:
    """Valgrind found no invalid read or write and no uninitialized value."""
    run = base(submission, task)
    only_if(not run.hit_a_limit, "your program didn't finish")
    if forked(run) and run.lines and not something_right(run, task):
        demand_no_uninitialized_values(submission)  # that may be why no line is right
    only_if(something_right(run, task), "needs at least one correct line")
    demand_no_memory_errors(submission)


def demand_no_uninitialized_values(submission: Submission) -> None:
    _demand_none([error for error in submission.valgrind().errors if error.is_uninitialized])


def demand_no_memory_errors(submission: Submission, ignore: Sequence[str] = ()) -> None:
    """Valgrind watched each process of a program that did something, and found no error."""
    memory = submission.valgrind()
    errors = [error for error in memory.errors if error.kind not in ignore]
    idle = "" if all(map(started, memory.runs)) else "under valgrind the program does nothing"
    doubt = memory.doubt or idle
    only_if(errors or not doubt, f"valgrind's silence proves nothing: {doubt}")
    _demand_none(errors)


def _demand_none(errors: Sequence[MemoryProblem]) -> None:
    """No error that valgrind found."""
    if errors:
        demand(
            Finding(
                f"valgrind: {errors[0]}.",
                expected="no invalid read or write, no uninitialized value",
                seen=f"{len(errors)} {'error' if len(errors) == 1 else 'errors'}",
                evidence=Evidence(tuple(str(error) for error in errors[:6])),
                cause=Cause(
                    codes.UNINITIALIZED if errors[0].is_uninitialized else codes.MEMORY,
                    errors[0].kind,
                    where=errors[0].place,
                ),
            )
        )
