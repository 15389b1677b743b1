"""6-tally: a child for each value, one segment with a slot for each child."""

from collections.abc import Sequence

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.common_checks import (
    Inputs,
    failures_check,
    memory_check,
    pipe_check,
    segment_check,
    waiting_check,
)
from grader.hidden.edges import demand_answer, edge_runs
from grader.hidden.runs import (
    Scenario,
    each_time,
    ended,
    fault,
    one_at_a_time,
    forks_of_others,
    prefetch as prefetch_runs,
    started,
    waits,
    why_not_ended,
)
from grader.judge.contents import behind_the_end, pokes, was_poked, why_not_poked
from grader.judge.failures import waits_after_failure
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, forks, forks_copies
from grader.judge.output import Answer, did_print
from grader.judge.segments import (
    anything_attached,
    creates_one,
    detaches,
    large_enough,
    missed_after_removal,
    owner_may_use,
    removed_by_creator,
    removes,
)
from grader.judge.sharing import reads_it
from grader.judge.slots import (
    each_attaches_once,
    each_fills_its_slot,
    each_looks_it_up,
    has_grandchildren,
    stand_apart,
    stay_where_they_are,
    total_from_nowhere,
)
from grader.judge.surroundings import LARGE_ID

EXERCISE = exercise_of("6-tally")
VALGRIND = [command(3, 1, 4, 1, 5)]
LOOK = "6-tally#find-it-by-its-key"
ID_STEP = 17  # between the process ids of two runs: no multiple of a likely number of slots


def asked(values: Sequence[int]) -> Scenario:
    total = sum(value * value for value in values)
    answer = Answer("total", f"total: {total}", by_parent=True)
    return Scenario(tuple(values), (answer,), turn="one-at-a-time", stored=4 * len(values))


def drawn(submission: Submission) -> Scenario:
    draw = submission.draw("values")
    return asked([-draw.int(2, 30), *draw.distinct(4, 31, 99)])


def edges(submission: Submission) -> list[Scenario]:
    draw = submission.draw("edges")
    many = [draw.int(-90, 90) or 7 for _ in range(64)]
    return [asked([]), asked([draw.int(2, 99)]), asked(many), asked([0, -1, 1, -46340])]


INPUTS = Inputs(EXERCISE, drawn, edges, example="1 2 3")
normal = INPUTS.normal


def large(submission: Submission) -> list[int]:
    """Values whose squares leave a trace in each slot, and are all different. No float holds an odd
    square above 2^24; five of the even numbers that it holds instead never have the same sum."""
    return [2 * half + 1 for half in submission.draw("large values").distinct(5, 2500, 9999)]


def crowd(submission: Submission) -> list[int]:
    """As many such values as there may be; the sum of their squares fits in an int."""
    return submission.draw("a crowd").distinct(64, 1000, 5700)


def prefetch(submission: Submission) -> None:
    """Make the runs that a correct program needs, in one sandbox."""
    few = large(submission)
    more = [
        command(*few, schedule="one-at-a-time", content=True),
        command(*crowd(submission), schedule="one-at-a-time", content=True),
        command(*few, schedule="one-at-a-time", poke=[poke(submission)]),
    ]
    prefetch_runs(submission, drawn(submission), edges(submission), more)


def poke(submission: Submission) -> tuple[int, int, int]:
    """The first child's square, and what the grader puts in its place."""
    square = large(submission)[0] ** 2
    return 1, square, submission.draw("poke").int(0x01010101, 0x0FFFFFFF)


def watched(submission: Submission, values: Sequence[int]) -> Run:
    turn = one_at_a_time(submission, drawn(submission))
    return submission.run(*values, schedule=turn, content=True)


def with_ids_from(submission: Submission, first: int) -> Run:
    """A run whose process ids are others than usual."""
    turn = one_at_a_time(submission, drawn(submission))
    return submission.run(*large(submission), schedule=turn, content=True, first_pid=first)


def without_grandchildren(run: Run) -> None:
    only_if(not has_grandchildren(run), "the children forked too (already reported)")


def with_children(submission: Submission) -> Run:
    """A run with a segment, and children that did not fork on their own."""
    run = INPUTS.with_segment(submission)
    only_if(forked(run), "no child was forked")
    without_grandchildren(run)
    return run


def attached_to_the_end(submission: Submission) -> Run:
    run = with_children(submission)
    only_if(anything_attached(run), "the segment was never attached")
    only_if(ended(run, drawn(submission)), why_not_ended(run))
    return run


def with_time(submission: Submission) -> Run:
    """A run whose segment was there for all children."""
    run = with_children(submission)
    only_if(not missed_after_removal(run), "the segment was removed too early (already reported)")
    return run


@check(
    points=1,
    concept="output",
    section="6-tally#the-total",
    hint="Each child stores a square; the parent adds up as many slots as there are values.",
)
def test_prints_the_total(submission: Submission) -> None:
    """The parent prints the total, for none to 64 values"""
    run, task = normal(submission), drawn(submission)
    alone = not forked(run) and did_print(run, task.answers[0])
    only_if(not alone, "the parent adds up without children")
    demand_answer(submission, task, edges(submission), 0)


@check(
    points=1,
    concept="fork",
    section="6-tally#one-child-for-each-value",
    hint="Each child exits when its work is done; otherwise it stays in the loop and forks too.",
)
def test_one_child_for_each_value(submission: Submission) -> None:
    """There is one child for each value"""
    run, task = normal(submission), drawn(submission)
    only_if(started(run), "your program does nothing yet")
    only_if(run.others or run.lines or run.ended_well, "your program fails before it forks")
    demand(forks(run, len(task.args)), forks_copies(run))
    for edge, at_edge in zip(edges(submission), edge_runs(submission, task, edges(submission))):
        demand(forks(at_edge, len(edge.args)))


test_waits_for_every_child = waiting_check(
    INPUTS,
    "The parent waits for every child",
    needs=without_grandchildren,
    points=2,
    section="6-tally#wait-for-all",
    hint="As many waits as children, before the total is added up.",
)


@check(
    points=1,
    concept="create",
    section="6-tally#a-slot-for-each-child",
    hint="count * sizeof(int) bytes, IPC_CREAT and the permissions, once, in the parent.",
)
def test_creates_one_segment(submission: Submission) -> None:
    """The parent creates one segment, with room for every slot, that its owner may use"""
    run, task = normal(submission), drawn(submission)
    only_if(started(run), "your program does nothing yet")
    demand(creates_one(run, task.stored), owner_may_use(run))
    for edge, at_edge in zip(edges(submission), edge_runs(submission, task, edges(submission))):
        demand(*(large_enough(s, edge.stored) for s in at_edge.created_segments))
    if forked(run) and not has_grandchildren(run):
        many = crowd(submission)
        demand(behind_the_end(watched(submission, many), [value * value for value in many]))


@check(
    points=1,
    concept="access",
    section=LOOK,
    hint="shmget(KEY, 0, 0) in each child finds the segment.",
)
def test_each_child_looks_it_up_by_key(submission: Submission) -> None:
    """Each child finds the segment by its key"""
    demand(each_looks_it_up(with_time(submission), len(drawn(submission).args)))


@check(
    points=1,
    concept="attach",
    section=LOOK,
    hint="One shmat in each child, and at most one in the parent.",
)
def test_each_process_attaches_once(submission: Submission) -> None:
    """Each process attaches the segment once"""
    only_if(anything_attached(with_time(submission)), "the segment was never attached")
    demand(each_attaches_once(normal(submission), len(drawn(submission).args)))


@check(
    points=2,
    concept="sharing",
    section="6-tally#a-slot-for-each-child",
    hint="Child K writes its square into slot K, and nowhere else.",
)
def test_each_child_fills_its_slot(submission: Submission) -> None:
    """Each child puts its square into its own slot"""
    only_if(anything_attached(with_time(submission)), "the segment was never attached")
    few, many = large(submission), crowd(submission)
    demand(each_fills_its_slot(watched(submission, few), [value * value for value in few]))
    if waits(submission, drawn(submission)):
        one, other = (with_ids_from(submission, LARGE_ID + step) for step in (0, ID_STEP))
        demand(stay_where_they_are(one, other, [value * value for value in few]))
    run = watched(submission, many)
    small = [large_enough(segment, 4 * len(many)) for segment in run.created_segments]
    if not any(small) and forks(run, len(many)) is None:  # otherwise that is reported by itself
        demand(stand_apart(run, [value * value for value in many]))


@check(
    points=1,
    concept="sharing",
    section="6-tally#the-total",
    hint="Add up the slots after the last child has ended.",
)
def test_total_is_read_from_the_slots(submission: Submission) -> None:
    """The total is the sum of the slots"""
    only_if(anything_attached(with_children(submission)), "the segment was never attached")
    run, task = watched(submission, large(submission)), asked(large(submission))
    if not did_print(run, task.answers[0]):
        demand(total_from_nowhere(run))
    only_if(did_print(run, task.answers[0]), "the total is wrong")
    if not waits(submission, drawn(submission)):
        return  # the missing wait costs once: who wrote what to the segment alone decides
    turn = one_at_a_time(submission, drawn(submission))  # or children would race each other
    poked = submission.run(
        *large(submission), schedule=turn, poke=pokes(run, poke(submission), len(large(submission)))
    )
    only_if(was_poked(poked), why_not_poked(poked))
    total = poke(submission)[2] + sum(value * value for value in large(submission)[1:])
    told = Answer("total", f"total: {total}", by_parent=True)
    demand(reads_it(poked, told, task.answers[0]))


test_detaches = segment_check(
    INPUTS,
    "Each process detaches the segment",
    detaches,
    run=attached_to_the_end,
    in_success=True,
    points=1,
    concept="detach",
    section=LOOK,
    hint="shmdt once in each process that attached the segment.",
)

test_removes = segment_check(
    INPUTS,
    "The parent removes the segment, once",
    removes,
    removed_by_creator,
    run=with_children,
    points=1,
    concept="remove",
    section="6-tally#remove-once",
    hint="shmctl(shmid, IPC_RMID, NULL), once, in the parent, after the last child has ended.",
)


def failing_forks(submission: Submission, task: Scenario) -> list[list[str]]:
    """From the third child on: half-way; and if there is no child yet, or one."""
    error, others = fault(submission, "fork"), forks_of_others(submission, task)
    return [[f"{error}@{number + others}" for number in range(first, 9)] for first in (3, 1, 2)]


def faults(submission: Submission, task: Scenario) -> list[list[str]]:
    gets, attaches = (each_time(submission, task, name, 6) for name in ("shmget", "shmat"))
    single = [fault(submission, "shmget"), *gets[1:3]]
    single += dict.fromkeys([*attaches[:2], *attaches[-1:]])
    return [*failing_forks(submission, task), *([one] for one in single)]


def demand_waits_half_way(submission: Submission) -> None:
    """After a failed fork the parent waits for the children that it has."""
    task = drawn(submission)
    half_way = failing_forks(submission, task)[0]
    if waits(submission, task):
        run = submission.run(*task.args, schedule=task.turn, fail=half_way)
        demand(waits_after_failure(run))


test_failures = failures_check(
    INPUTS,
    "When fork, shmget or shmat fails, the program reports it and leaves nothing behind",
    faults,
    needs=with_children,
    then=demand_waits_half_way,
    points=1,
    section="6-tally#when-a-fork-fails-half-way",
    hint="Wait for the children you have, remove the segment, and exit with status 1.",
)

test_works_in_a_pipe = pipe_check(
    INPUTS, points=1, hint="what is in the buffer at fork is printed once per process."
)

test_memory = memory_check(INPUTS, points=1)
