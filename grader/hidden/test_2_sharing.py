"""2-sharing: parent and child use one segment; created, attached, detached, removed as required."""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.common_checks import (
    Inputs,
    failures_check,
    fork_failure_check,
    memory_check,
    order_check,
    pipe_check,
    segment_check,
    shm_faults,
    waiting_check,
)
from grader.hidden.edges import demand_answer
from grader.hidden.runs import (
    INT_MAX,
    INT_MIN,
    Scenario,
    ended,
    one_at_a_time,
    prefetch as prefetch_runs,
    started,
    strict,
    waits,
    why_not_ended,
)
from grader.judge.contents import (
    behind_the_end,
    pokes,
    pokes_before,
    was_poked,
    why_not_poked,
    why_not_poked_before,
)
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, forks, forks_copies
from grader.judge.output import Answer, did_print
from grader.judge.segments import (
    anything_attached,
    attaches_once,
    creates_one,
    detaches,
    left_behind,
    owner_may_use,
    removed_by_creator,
    removes,
)
from grader.judge.sharing import (
    child_reads_it,
    prints_from_nowhere,
    reads_it,
    set_and_changed,
    shared_number,
)

EXERCISE = exercise_of("2-sharing")
VALGRIND = [command(12, 7)]
EXAMPLES = (12, 7, 19)  # START, CHANGE and their sum on the page: never drawn
SHARE = "2-sharing#share-the-value"


def asked(start: int, change: int) -> Scenario:
    text = f"{start + change}"
    parent = Answer("parent", f"parent: {text}", by_parent=True)
    return Scenario((start, change), (Answer("child", f"child: {text}"), parent), stored=4)


def drawn(submission: Submission) -> Scenario:
    draw = submission.draw("start and change")
    start = draw.int(11, 99, but=EXAMPLES)
    return asked(start, draw.int(3, 89, but={*EXAMPLES, *(value - start for value in EXAMPLES)}))


def edges(submission: Submission) -> list[Scenario]:
    draw = submission.draw("edges")
    below = asked(-draw.int(100, 900), -draw.int(2, 50))
    small = [asked(0, 0), asked(-1, -1), asked(0, -1)]
    return [*small, below, asked(INT_MAX, 0), asked(INT_MIN, 0)]


INPUTS = Inputs(EXERCISE, drawn, edges, example="12 7")
normal, with_segment = INPUTS.normal, INPUTS.with_segment


def large(submission: Submission) -> tuple[int, int, int]:
    """START, CHANGE and another value that leave a trace in each byte of the segment.

    No highest byte is a number of the page: with the zeros behind it, it would be found there. The
    sum is odd: its lowest byte, all that an exit status carries, is not the 0 of a new segment.
    """
    draw = submission.draw("large values")
    start, change = draw.int(0x14141414, 0x1FFFFFFF) | 1, draw.int(0x21212121, 0x2F2F2F2F) & ~1
    return start, change, draw.int(1, 10**9)


def watched(submission: Submission) -> Run:
    """One process at a time, so that each change of the segment has one author."""
    start, change, _ = large(submission)
    turn = one_at_a_time(submission, drawn(submission))
    return submission.run(start, change, schedule=turn, content=True)


def poked(submission: Submission) -> Run:
    """The grader changes the sum in the segment after the child, before the parent reads it."""
    start, change, other = large(submission)
    poke = pokes(watched(submission), (1, shared(submission), other))
    return submission.run(start, change, schedule="parent-first", poke=poke)


def poked_before(submission: Submission) -> Run:
    """The grader changes START in the segment before the child adds to it."""
    start, change, other = large(submission)
    poke = pokes_before(watched(submission), (1, start, other))
    return submission.run(start, change, schedule="parent-first", poke=poke)


def prefetch(submission: Submission) -> None:
    """Make the runs that a correct program needs, in one sandbox."""
    start, change, other = large(submission)
    more = [
        command(start, change, schedule="one-at-a-time", content=True),
        command(start, change, schedule="parent-first", poke=[(1, start + change, other)]),
        command(start, change, schedule="parent-first", poke=[(-1, start, other)]),
    ]
    prefetch_runs(submission, drawn(submission), edges(submission), more)


def shared(submission: Submission) -> int:
    """What the child leaves in the segment: the sum, or a wrong sum that it computed."""
    start, change, _ = large(submission)
    return shared_number(watched(submission), start, start + change)


def with_attachment(submission: Submission) -> Run:
    run = with_segment(submission)
    only_if(anything_attached(run), "the segment was never attached")
    return run


def attached_to_the_end(submission: Submission) -> Run:
    run = with_attachment(submission)
    only_if(ended(run, drawn(submission)), why_not_ended(run))
    return run


def removed_by_somebody(submission: Submission) -> Run:
    run = with_segment(submission)
    only_if(not left_behind(run), "the segment was never removed")
    return run


@check(
    points=1,
    concept="sharing",
    section=SHARE,
    hint="The child adds CHANGE to the value in the segment and prints it.",
)
def test_child_prints_the_sum(submission: Submission) -> None:
    """One child is forked, and it prints the sum"""
    demand_answer(submission, drawn(submission), edges(submission), 0)
    demand(forks(normal(submission), 1), forks_copies(normal(submission)))


@check(
    points=1,
    concept="sharing",
    section=SHARE,
    hint="The parent prints the value that the child left in the segment.",
)
def test_parent_prints_the_shared_sum(submission: Submission) -> None:
    """The parent prints the same sum"""
    run, task = normal(submission), drawn(submission)
    only_if(forked(run) or not did_print(run, task.answers[1]), "without a child nothing is shared")
    only_if(started(run), "your program does nothing yet")
    demand_answer(submission, task, edges(submission), 1)


test_child_line_comes_first = order_check(
    INPUTS,
    points=1,
    section=SHARE,
    hint="The parent waits for its child before it reads and prints.",
)

test_parent_waits = waiting_check(
    INPUTS,
    "The parent waits for its child",
    points=2,
    section=SHARE,
    hint="wait, waitpid or waitid before the parent reads the segment.",
)


@check(
    points=1,
    concept="create",
    section="2-sharing#create-once",
    hint="shmget(KEY, sizeof(int), IPC_CREAT | 0600), once, in the parent.",
)
def test_creates_a_segment(submission: Submission) -> None:
    """The parent creates one segment, large enough for an int"""
    run = normal(submission)
    only_if(started(run), "your program does nothing yet")
    demand(creates_one(run, 4))
    if forked(run):
        demand(behind_the_end(watched(submission), [shared(submission)]))


@check(
    points=1,
    concept="permissions",
    section="2-sharing#permissions",
    hint="Permissions are octal: 0600, with the leading zero.",
)
def test_owner_may_read_and_write(submission: Submission) -> None:
    """The segment's owner may read and write it"""
    demand(owner_may_use(with_segment(submission)))


@check(
    points=1,
    concept="attach",
    section="2-sharing#attach-once-per-process",
    hint="Attach before fork (the child inherits it), or once in each process.",
)
def test_attaches_once_per_process(submission: Submission) -> None:
    """Each process attaches the segment at most once"""
    demand(attaches_once(with_attachment(submission)))


@check(
    points=2,
    concept="sharing",
    section=SHARE,
    hint="Write through the pointer into the segment; a copy in a variable doesn't reach it.",
)
def test_child_changes_the_segment(submission: Submission) -> None:
    """The child changes the value in the segment"""
    only_if(forked(with_attachment(submission)), "no child was forked")
    start, change, other = large(submission)
    demand(set_and_changed(watched(submission), start, shared(submission)))
    if not waits(submission, drawn(submission)) or forks_copies(normal(submission)):
        return  # a missing wait, or a child that is no copy, costs once
    run = poked_before(submission)
    only_if(was_poked(run), why_not_poked_before(run))
    demand(child_reads_it(run, asked(other, change).answers[0], asked(start, change).answers[0]))


@check(
    points=2,
    concept="sharing",
    section=SHARE,
    hint="After waiting, the parent reads the value through its pointer into the segment.",
)
def test_parent_reads_the_segment(submission: Submission) -> None:
    """The parent prints what it reads from the segment"""
    with_attachment(submission)
    other = large(submission)[2]
    told, computed = asked(other, 0).answers[1], asked(shared(submission), 0).answers[1]
    demand(prints_from_nowhere(watched(submission), "parent"))
    only_if(did_print(watched(submission), computed), "the parent doesn't print the sum")
    if not waits(submission, drawn(submission)):
        demand_follows_the_segment(submission)
        return
    run = poked(submission)
    only_if(was_poked(run), why_not_poked(run))
    demand(reads_it(run, told, computed))


def demand_follows_the_segment(submission: Submission) -> None:
    """Without a wait: the old value if the child is late, the new one if it is early."""
    task, start = drawn(submission), drawn(submission).args[0]
    old = Answer("parent", f"parent: {start}", by_parent=True)
    follows = did_print(strict(submission, task), old)
    only_if(follows, "the parent doesn't wait, so what it reads can't be tested")


test_detaches = segment_check(
    INPUTS,
    "Each process detaches the segment",
    detaches,
    run=attached_to_the_end,
    in_success=True,
    points=1,
    concept="detach",
    section="2-sharing#detach",
    hint="shmdt once in each process that has the segment attached, the child too.",
)

test_removes = segment_check(
    INPUTS,
    "The segment is removed, once",
    removes,
    run=with_segment,
    points=2,
    concept="remove",
    section="2-sharing#remove-once",
    hint="shmctl(shmid, IPC_RMID, NULL), once, when nobody needs the segment any more.",
)

test_removed_by_its_creator = segment_check(
    INPUTS,
    "The process that created the segment removes it",
    removed_by_creator,
    run=removed_by_somebody,
    points=1,
    concept="remove",
    section="2-sharing#remove-once",
    hint="The parent created the segment, so the parent removes it.",
)

test_fork_failure = fork_failure_check(
    INPUTS,
    "When fork fails, the program reports it, exits with status 1 and leaves nothing behind",
    needs=with_segment,
    points=1,
    section="2-sharing#when-something-fails",
    hint="When fork fails, the segment already exists: remove it, then exit with status 1.",
)

test_shm_failure = failures_check(
    INPUTS,
    "A failed shmget or shmat in either process is reported, and nothing is left behind",
    shm_faults,
    needs=with_segment,
    fork_apart=True,
    points=1,
    section="2-sharing#when-something-fails",
    hint="shmget returns -1, shmat (void *) -1; a child that fails exits with status 1, and the "
    "parent checks it.",
)

test_works_in_a_pipe = pipe_check(
    INPUTS, points=1, hint="exit and return from main flush what printf still holds."
)

test_memory = memory_check(INPUTS, points=1)
