"""5-read-only: a write through SHM_RDONLY kills the child, and the parent decodes its status."""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.common_checks import (
    Inputs,
    failures_check,
    memory_check,
    segment_check,
    shm_faults,
)
from grader.hidden.edges import demand_answer, demand_at_edges, demand_success_at_edges
from grader.hidden.runs import (
    INT_MAX,
    INT_MIN,
    Scenario,
    demand_proper_failures,
    demand_same_untraced,
    ended,
    fault,
    fork_fault,
    one_at_a_time,
    piped,
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
from grader.judge.crash import (
    attaches_read_only,
    claims_a_signal,
    crashed_child,
    ends_by_its_write,
    killed_number,
    names_the_signal,
    was_replaced,
)
from grader.judge.finding import demand, only_if
from grader.judge.fork_wait import forked, forks, forks_copies, parent_waits
from grader.judge.output import (
    KILLED,
    Answer,
    by_parent,
    comes_before,
    ends_with_success,
    prints,
    results,
)
from grader.judge.segments import (
    attached_by,
    attached_in_child,
    creates_one,
    owner_may_use,
    parent_detaches,
    removed_by_creator,
    removes,
)
from grader.judge.sharing import child_reads_it, prints_from_nowhere, reads_it

EXERCISE = exercise_of("5-read-only")
VALGRIND = [command(12)]
SIGSEGV = 11
# signal(7): each dumps core, if that is allowed. Not 24: it says that the CPU time is used up, and
# a correct program would look like one that hangs.
OTHER_SIGNALS = (3, 4, 6, 8)
LAST_SIGNAL = 31  # it takes all the bits of a number that a smaller mask would cut


def asked(value: int, signal: int = SIGSEGV) -> Scenario:
    killed = Answer(KILLED, f"{KILLED} {signal}", by_parent=True)
    parent = Answer("parent", f"parent: {value}", by_parent=True)
    return Scenario((value,), (Answer("child", f"child: {value}"), killed, parent), stored=4)


def drawn(submission: Submission) -> Scenario:
    value = submission.draw("value").int(100, 999)
    return asked(value, killed_number(strict(submission, asked(value))))


def edges(submission: Submission) -> list[Scenario]:
    below = -submission.draw("edge").int(2, 900)
    return [asked(value) for value in (0, -1, below, INT_MAX, INT_MIN)]


INPUTS = Inputs(EXERCISE, drawn, edges, example="12")
normal, with_segment = INPUTS.normal, INPUTS.with_segment


def prefetch(submission: Submission) -> None:
    """Make the runs that a correct program needs, in one sandbox."""
    task, (value, other) = drawn(submission), large(submission)
    more = [
        *(
            command(*task.args, schedule="parent-first", signal=swap, core=True)
            for swap in swaps(submission)
        ),
        command(value, schedule="one-at-a-time", content=True),
        command(value, schedule="parent-first", poke=[(1, value, other)]),
        command(value, schedule="parent-first", poke=[(-1, value, other)]),
    ]
    prefetch_runs(submission, task, edges(submission), more)


def swaps(submission: Submission) -> list[tuple[int, int]]:
    """The signal of the child, and each that is delivered in its place: the last, and another."""
    return [(SIGSEGV, LAST_SIGNAL), (SIGSEGV, submission.draw("signal").choice(OTHER_SIGNALS))]


@check(
    points=1,
    concept="output",
    section="5-read-only#the-write-that-ends-the-child",
    hint="The child reads VALUE through its own pointer, prints it, and flushes before the write.",
)
def test_child_prints_the_value(submission: Submission) -> None:
    """One child is forked, and prints the value, on a terminal and in a pipe"""
    demand_answer(submission, drawn(submission), edges(submission), 0)
    demand(prints(piped(submission, drawn(submission)), drawn(submission).answers[0]))
    demand(forks(normal(submission), 1), forks_copies(normal(submission)))
    if normal(submission).created_segments and waits(submission, drawn(submission)):
        demand_child_reads(submission)


def demand_child_reads(submission: Submission) -> None:
    """The child prints the value that is in the segment, not a copy of its own."""
    value, other = large(submission)
    poke = pokes_before(watched(submission), (1, value, other))
    run = submission.run(value, schedule="parent-first", poke=poke)
    only_if(was_poked(run), why_not_poked_before(run))
    demand(child_reads_it(run, asked(other).answers[0], asked(value).answers[0]))


@check(
    points=1,
    concept="read-only",
    section="5-read-only#attach-read-only",
    hint="shmat(shmid, NULL, SHM_RDONLY), in the child.",
)
def test_attaches_read_only(submission: Submission) -> None:
    """The child attaches the segment read-only"""
    run = with_segment(submission)
    only_if(attached_in_child(run), "the child has no segment attached")
    demand(attaches_read_only(run))


@check(
    points=1,
    concept="read-only",
    section="5-read-only#the-write-that-ends-the-child",
    hint="The child writes through its own read-only pointer: *shared = 0;",
)
def test_write_ends_the_child(submission: Submission) -> None:
    """The child is killed by its write to read-only memory"""
    run = with_segment(submission)
    only_if(attached_in_child(run), "the child has no segment attached")
    demand(ends_by_its_write(run))


@check(
    points=1,
    concept="status",
    section="5-read-only#decode-the-status",
    hint="WIFSIGNALED(status) says whether, WTERMSIG(status) says which.",
)
def test_status_is_decoded(submission: Submission) -> None:
    """The parent waits and names the signal that killed the child"""
    run, task = strict(submission, drawn(submission)), drawn(submission)
    only_if(forked(run), "no child was forked")
    demand(parent_waits(run, KILLED))
    if crashed_child(run) is None:
        demand(claims_a_signal(run))
    only_if(crashed_child(run), "no signal killed the child, so there is none to name")
    demand(names_the_signal(run, killed_number(run)))
    for swap in swaps(submission):
        swapped = submission.run(*task.args, schedule="parent-first", signal=swap, core=True)
        if was_replaced(swapped, swap[1]):
            demand(names_the_signal(swapped, swap[1]))
    demand_same_untraced(submission, task)


@check(
    points=1,
    concept="sharing",
    section="5-read-only#read-it-back",
    hint="The parent prints the segment's value last, and exits with status 0.",
)
def test_parent_reads_the_segment(submission: Submission) -> None:
    """The parent prints the segment's value and exits with status 0"""
    run, task = with_segment(submission), drawn(submission)
    only_if(forked(run), "no child was forked")
    printed = by_parent(run, results(run, "parent"))
    only_if(printed or crashed_child(run), "no signal killed the child")
    if ends_by_its_write(run) is None:
        demand(prints(run, task.answers[2]))
        demand_at_edges(submission, task, edges(submission), 2)
    demand(prints_from_nowhere(watched(submission), "parent"), ends_with_success(run))
    if results(run, KILLED):
        demand(comes_before(run, KILLED, "parent"))
    demand_success_at_edges(submission, task, edges(submission))
    if not waits(submission, task):
        return  # the missing wait costs once: the segment's content alone decides
    value, other = large(submission)
    poke = pokes(watched(submission), (1, value, other))
    poked = submission.run(value, schedule="parent-first", poke=poke)
    only_if(was_poked(poked), why_not_poked(poked))
    demand(reads_it(poked, asked(other).answers[2], asked(value).answers[2]))
    demand_same_untraced(submission, task)


def large(submission: Submission) -> tuple[int, int]:
    draw = submission.draw("large values")
    return draw.int(0x11111111, 0x1FFFFFFF), draw.int(0x21212121, 0x2F2F2F2F)


def watched(submission: Submission) -> Run:
    turn = one_at_a_time(submission, drawn(submission))
    return submission.run(large(submission)[0], schedule=turn, content=True)


@check(
    points=1,
    concept="create",
    section="5-read-only#create-and-remove",
    hint="shmget(KEY, sizeof(int), IPC_CREAT | 0600), once, in the parent.",
)
def test_creates_a_segment(submission: Submission) -> None:
    """The parent creates one segment that its owner may read and write"""
    run = normal(submission)
    only_if(started(run), "your program does nothing yet")
    demand(creates_one(run, 4), owner_may_use(run))
    if forked(run):
        demand(behind_the_end(watched(submission), large(submission)[:1]))


def attached_to_the_end(submission: Submission) -> Run:
    run = with_segment(submission)
    only_if(attached_by(run, 1), "the parent never attached the segment")
    only_if(ended(run, drawn(submission)), why_not_ended(run))
    return run


test_detaches = segment_check(
    INPUTS,
    "The parent detaches the segment",
    parent_detaches,
    run=attached_to_the_end,
    in_success=True,
    points=1,
    concept="detach",
    section="5-read-only#detach",
    hint="shmdt(shared) in the parent, when it has read the value; its child can't detach.",
)

test_removes = segment_check(
    INPUTS,
    "The parent removes the segment, once",
    removes,
    removed_by_creator,
    run=with_segment,
    points=1,
    concept="remove",
    section="5-read-only#create-and-remove",
    hint="shmctl(shmid, IPC_RMID, NULL), once, in the parent, after the child has ended.",
)


def faults(submission: Submission, task: Scenario) -> list[str]:
    return [fork_fault(submission, task), *shm_faults(submission, task)]


def demand_wait_failure(submission: Submission) -> None:
    """A failed wait is reported; the child that nobody waited for may still be there."""
    task = drawn(submission)
    if waits(submission, task):
        demand_proper_failures(submission, task, [fault(submission, "wait")], processes=False)


test_failures = failures_check(
    INPUTS,
    "When fork, shmget, shmat or wait fails, the program reports it and leaves nothing behind",
    faults,
    needs=with_segment,
    then=demand_wait_failure,
    points=1,
    section="5-read-only#when-something-fails",
    hint="fork, shmget, shmat (the child's too) and wait can fail; remove the segment then too.",
)


def crashes_only_there(submission: Submission) -> None:
    """The child's only crash is its write to the segment."""
    child = crashed_child(normal(submission))
    stray = child is not None and child.fault is not None and child.fault.segment is None
    only_if(not stray, "the child crashed somewhere else (already reported)")


test_memory = memory_check(INPUTS, points=1, needs=crashes_only_there)
