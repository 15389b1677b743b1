"""4-keeper: a segment outlives the program; judged over separate processes in one series."""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.grading.submission import Submission
from grader.hidden.keeper_runs import LARGE, Trial
from grader.hidden.keeper_works import (
    is_there,
    keeps_a_huge_text,
    keeps_the_text,
    keeps_with_negative_key,
    meets_a_failure,
    reads,
    reads_the_segment,
    refuses,
    removal_of_text,
    removes,
    with_segment,
    without_segment,
    writes,
    wrong_failing,
    wrong_failing_create,
    wrong_untraced,
    wrong_with_zero,
)
from grader.hidden.runs import demand_no_memory_errors
from grader.judge.finding import demand, only_if
from grader.judge.keeper import (
    attaches_read_only,
    command_detaches,
    creates,
    creates_alike,
    fails,
    is_removed,
    is_removed_with_text,
    leaves_it_alone,
    made,
    makes_nothing,
    no_value,
    not_larger,
    refuses_no_bytes,
    says_value,
    spelled_right,
    stored,
    succeeds,
    with_negative_key,
)
from grader.judge.segments import anything_attached, creates_exclusively, owner_may_use

EXERCISE = exercise_of("4-keeper")
VALGRIND = [
    command("create", 4711, 4096),  # whole pages: what follows them is not memory
    command("write", 4711, "see you at eight"),
    command("read", 4711),
    command("remove", 4711),
]
# The calls of each command, each of which is made to fail if the command otherwise works.
CALLS = {
    "read": (reads, ("shmget", "shmat", "shmctl", "shmdt")),
    "write": (writes, ("shmget", "shmat", "shmctl", "shmdt")),
    "remove": (removes, ("shmget", "shmctl")),
}


@check(
    points=2,
    concept="create",
    section="4-keeper#create",
    hint="IPC_CREAT | IPC_EXCL and permissions; a new segment is all zeros: the empty text.",
)
def test_create_is_empty(submission: Submission) -> None:
    """create makes a new segment, and read finds it empty"""
    trial = Trial(submission)
    note, create, read = trial.note, trial.story["create"], trial.story["read_new"]
    demand(creates(create, note.key, note.size), owner_may_use(create))
    demand(succeeds(read), says_value(read, ""))
    negative = creates(trial.rarer["create_negative"], note.negative, note.size)
    demand(with_negative_key(negative))
    if create.created_segments[0].size == note.size:  # a larger one costs where a text must fit
        demand(creates(trial.rarer["create_large"], note.others[1], LARGE))
        demand(makes_nothing(trial.rarer["create_no_bytes"]))


@check(
    points=2,
    concept="create",
    section="4-keeper#create",
    hint="With IPC_EXCL, shmget fails if the key is taken.",
)
def test_create_twice_fails(submission: Submission) -> None:
    """create fails if the key is taken, and keeps the old text"""
    trial = with_segment(submission)
    again = trial.twice["create_again"]
    demand(refuses(trial, again, "the key is taken"), leaves_it_alone(again))
    if writes(trial):
        demand(says_value(trial.twice["read"], trial.note.long))
    demand(creates_exclusively(trial.story["create"]))


@check(
    points=2,
    concept="sharing",
    section="4-keeper#write",
    hint="Copy the text with its null byte into the segment; it stays when the program ends.",
)
def test_write_then_read(submission: Submission) -> None:
    """What one process writes, another process reads"""
    trial = with_segment(submission)
    note, runs = trial.note, trial.story
    demand(succeeds(runs["write_long"]), stored(runs["write_long"], note.long))
    texts = [
        ("write_long", "read_long", note.long),
        ("write_short", "read_short_in_a_pipe", note.short),
        ("read_short_in_a_pipe", "read_short", note.short),
        ("write_full", "read_full", note.full),
    ]
    if says_value(runs["read_new"], "") is None:
        texts.append(("write_empty", "read_empty", ""))
    for before, read, text in texts:
        demand(succeeds(runs[before]), says_value(runs[read], text), succeeds(runs[read]))
    demand(reads_the_segment(trial))
    demand(*keeps_a_huge_text(trial))
    demand(with_negative_key(keeps_with_negative_key(trial)))
    demand(spelled_right(runs["read_long"]))
    demand(wrong_untraced(trial))


@check(
    points=2,
    concept="size",
    section="4-keeper#write",
    hint="strlen(text) + 1 bytes must fit in the segment's size; check before you write.",
)
def test_too_long_changes_nothing(submission: Submission) -> None:
    """A text that does not fit is refused and changes nothing"""
    trial = with_segment(submission)
    runs, size = trial.too_long, trial.note.size
    only_if(runs["write_long"].ended_well, "write doesn't work yet for a text that fits")
    for name, needed in (("write_one_too_many", size + 1), ("write_double", 2 * size - 1)):
        demand(refuses(trial, runs[name], f"{needed} bytes do not fit in {size}"))
        demand(keeps_the_text(runs, name))
    demand(not_larger(runs["create"], trial.note.key, size))


@check(
    points=1,
    concept="errors",
    section="4-keeper#when-something-fails",
    hint="shmget without IPC_CREAT fails if there is no segment: report it, exit with status 1.",
)
def test_missing_segment_fails(submission: Submission) -> None:
    """read, write and remove fail if there is no segment"""
    runs = without_segment(with_segment(submission))
    only_if(runs, "no command works yet")
    for run in runs:
        demand(fails(run, "there is no segment"), leaves_it_alone(run), no_value(run))


@check(
    points=1,
    concept="read-only",
    section="4-keeper#read",
    hint="segment_attach(shmid, true), or shmat with SHM_RDONLY.",
)
def test_read_attaches_read_only(submission: Submission) -> None:
    """read attaches the segment read-only"""
    run = with_segment(submission).story["read_long"]
    only_if(anything_attached(run), "read attaches nothing")
    demand(attaches_read_only(run))


@check(
    points=1,
    concept="detach",
    section="4-keeper#detach",
    hint="segment_detach, or shmdt, with the address that attaching gave you.",
)
def test_detaches(submission: Submission) -> None:
    """Each command detaches the segment that it attached"""
    trial = with_segment(submission)
    only_if(reads(trial) or writes(trial), "neither read nor write works yet")
    runs = [run for run in trial.story.values() if run.ended_well]
    only_if(any(map(anything_attached, runs)), "no command attaches the segment")
    demand(*(command_detaches(run) for run in runs))


@check(
    points=2,
    concept="remove",
    section="4-keeper#remove",
    hint="shmctl(shmid, IPC_RMID, NULL) with the shmid that shmget found.",
)
def test_remove_removes(submission: Submission) -> None:
    """remove removes the segment, and the key is free again"""
    trial = with_segment(submission)
    runs = trial.rarer
    demand(is_removed(runs["remove"]), succeeds(runs["remove"]))
    demand(creates_alike(runs["create_again"], runs["create"]))
    demand(is_removed_with_text(removal_of_text(trial)))
    negative = [runs[f"{name}_negative"] for name in ("create", "write", "read")]
    if made(negative[0], trial.note.negative) and is_there(negative):
        demand(with_negative_key(is_removed(runs["remove_negative"])))


@check(
    points=1,
    concept="errors",
    section="4-keeper#when-something-fails",
    hint="Each of the five operations can fail: check every result.",
)
def test_shm_failure(submission: Submission) -> None:
    """When a shared memory call fails, the command reports it and exits with status 1"""
    trial = with_segment(submission)
    none = trial.rarer["create_no_bytes"]
    demand(wrong_failing_create(trial))
    demand(refuses(trial, none, "a segment cannot have 0 bytes") and refuses_no_bytes(none))
    met = {name: calls for name, (works, calls) in CALLS.items() if works(trial)}
    for name, calls in met.items():
        demand(*wrong_failing(trial, name, calls))
    only_if(meets_a_failure(trial, met), "your program never makes the call that should fail")
    demand(*wrong_with_zero(trial))


@check(
    points=1,
    concept="memory",
    section="4-keeper#points",
    hint="valgrind ./keeper write 4711 text names the line.",
)
def test_memory(submission: Submission) -> None:
    """valgrind finds no invalid memory use"""
    trial = with_segment(submission)
    only_if(reads(trial) or writes(trial), "neither read nor write works yet")
    demand_no_memory_errors(submission)
