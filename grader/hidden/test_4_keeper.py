"""4-keeper: a segment outlives the program; judged over separate processes in one series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import Argument, Command, command
from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.runs import ERRORS, demand_no_memory_errors
from grader.judge.failures import has_id_zero, takes_zero_for_failure
from grader.judge.finding import Finding, demand, only_if
from grader.judge.keeper import (
    attaches_read_only,
    changes_nothing,
    creates,
    creates_alike,
    fails,
    fails_like,
    is_removed,
    is_removed_with_text,
    leaves_it_alone,
    made,
    makes_nothing,
    refuses_no_bytes,
    says_long_value,
    says_value,
    stays,
    stored,
    succeeds,
    with_negative_key,
)
from grader.judge.output import result_lines, results
from grader.judge.segments import anything_attached, owner_may_use

EXERCISE = exercise_of("4-keeper")
VALGRIND = [
    command("create", 4711, 4096),  # whole pages: what follows them is not memory
    command("write", 4711, "see you at eight"),
    command("read", 4711),
    command("remove", 4711),
]
LARGE = 100_000  # bytes: more than a short counts
HUGE = 5010  # characters: more than a page; a heap block of that size has room for one more


@dataclass(frozen=True)
class Note:
    """The random values of one submission: keys, a size, and texts that fit in it."""

    key: int
    size: int
    long: str
    short: str
    full: str
    negative: int  # a key as well
    others: tuple[int, int]  # keys for a segment of 0 bytes, and for a large one
    huge: str  # a text for the large one


def drawn(submission: Submission) -> Note:
    draw = submission.draw("note")
    size = 2 * draw.int(20, 45) + 1  # odd: whole words are not the whole size
    long = f"{draw.text(9)} 100%% {draw.text(12)}"  # printf(text) prints one % of the two
    # characters of several bytes, spaces at both ends, and a backslash like any other character
    short = f" {draw.text(2)} äé€\\n{draw.text(2)}  "
    key, negative, *others = draw.distinct(4, 100_000, 2_000_000_000)
    full, huge = draw.text(size - 1), draw.text(HUGE // 10) * 10
    return Note(key, size, long, short, full, -negative, (others[0], others[1]), huge)


def keep(submission: Submission, *commands: Command) -> list[Run]:
    """These commands, one process after the other, in one series."""
    return submission.series(commands)


def do(*args: Argument, fail: str | Sequence[str] = (), stdout: str = "terminal") -> Command:
    return command(*args, fail=fail, stdout=stdout, content=True)


def story_of_a_note(submission: Submission) -> list[Run]:
    """create, read, and then twice write and read: the runs that most checks look at."""
    note = drawn(submission)
    return keep(
        submission,
        do("create", note.key, note.size),
        do("read", note.key),
        do("write", note.key, note.long),
        do("read", note.key),
        do("write", note.key, note.short),
        do("read", note.key, stdout="pipe"),
        do("read", note.key),
        do("write", note.key, note.full),
        do("read", note.key),
        do("write", note.key, ""),
        do("read", note.key),
    )


def created(submission: Submission) -> None:
    """Most tests need a segment to look at, even one with a wrong key or a wrong size."""
    first = story_of_a_note(submission)[0]
    only_if(stays(first), "create doesn't create a segment yet")
    finds_it = made(first, drawn(submission).key) or reads(submission) or writes(submission)
    only_if(finds_it, "the other commands don't find the segment that create made")


def writes(submission: Submission) -> bool:
    """Does a text that fits come back from the segment?"""
    note, runs = drawn(submission), story_of_a_note(submission)
    return says_value(runs[3], note.long) is None and stored(runs[2], note.long) is None


def reads(submission: Submission) -> bool:
    note, runs = drawn(submission), story_of_a_note(submission)
    return says_value(runs[1], "") is None or says_value(runs[3], note.long) is None


def with_text(note: Note) -> list[Command]:
    """A segment from its beginning to its end, with a text in it."""
    return [
        do("create", note.key, note.size),
        do("write", note.key, note.long),
        do("read", note.key),
        do("remove", note.key),
    ]


def rarer(submission: Submission) -> list[Run]:
    """Removal of an empty segment and of one with a text, a negative key, no bytes, and many."""
    note = drawn(submission)
    none, large = note.others
    return keep(
        submission,
        do("create", note.key, note.size),
        do("remove", note.key),
        *with_text(note),
        do("create", note.negative, note.size),
        do("write", note.negative, note.long),
        do("read", note.negative),
        do("remove", note.negative),
        do("create", none, 0),
        do("create", large, LARGE),
        do("write", large, note.huge),
        do("read", large),
    )


def removal(submission: Submission) -> list[Run]:
    """create and remove; and create again, and remove with a text in it."""
    runs = rarer(submission)
    first, last = runs[:2], runs[2:6]
    return [*first, last[0], last[3] if is_there(last[:3]) else first[1]]


def is_there(runs: Sequence[Run]) -> bool:
    """None of these runs removed the segment: removing it too early is reported elsewhere."""
    return all(is_removed(run) for run in runs)


def negative(submission: Submission) -> list[Run]:
    """create, write, read and remove with a negative key."""
    return rarer(submission)[6:10]


def nothing(submission: Submission) -> Run:
    """create with a SIZE of 0."""
    return rarer(submission)[10]


def large(submission: Submission) -> list[Run]:
    """create, write and read with many bytes."""
    return rarer(submission)[11:14]


def too_long(submission: Submission) -> list[Run]:
    """write of two texts that do not fit: of one byte too many at last."""
    note = drawn(submission)
    return keep(
        submission,
        do("create", note.key, note.size),
        do("write", note.key, note.long),
        do("write", note.key, note.full + note.full),
        do("read", note.key),
        do("write", note.key, note.full + "x"),
        do("read", note.key),
    )


def removes(submission: Submission) -> bool:
    _, first, _, second = removal(submission)
    return is_removed(first) is None and is_removed(second) is None


def without_segment(submission: Submission) -> list[Run]:
    """The commands that otherwise work, when there is no segment."""
    note = drawn(submission)
    runs = keep(
        submission, do("read", note.key), do("write", note.key, note.short), do("remove", note.key)
    )
    return [run for work, run in zip((reads, writes, removes), runs) if work(submission)]


def refuses(submission: Submission, run: Run, why: str) -> Finding | None:
    """The command failed. How it fails is reported once, by the test without a segment."""
    finding = fails(run, why)
    told = any(fails_like(run, other) for other in without_segment(submission))
    return None if told else finding


@check(
    points=2,
    concept="create",
    section="4-keeper#create",
    hint="IPC_CREAT | IPC_EXCL and permissions; a new segment is all zeros: the empty text.",
)
def test_create_is_empty(submission: Submission) -> None:
    """create makes a new segment, and read finds it empty"""
    note, runs = drawn(submission), story_of_a_note(submission)
    demand(creates(runs[0], note.key, note.size), owner_may_use(runs[0]))
    demand(succeeds(runs[1]), says_value(runs[1], ""))
    demand(with_negative_key(creates(negative(submission)[0], note.negative, note.size)))
    if (
        runs[0].created_segments[0].size == note.size
    ):  # a larger one costs points where a text must fit
        demand(creates(large(submission)[0], note.others[1], LARGE))
        demand(makes_nothing(nothing(submission)))


@check(
    points=2,
    concept="create",
    section="4-keeper#create",
    hint="With IPC_EXCL, shmget fails if the key is taken.",
)
def test_create_twice_fails(submission: Submission) -> None:
    """create fails if the key is taken, and keeps the old text"""
    created(submission)
    note = drawn(submission)
    create = do("create", note.key, note.size)
    _, _, again, after = keep(
        submission, create, do("write", note.key, note.long), create, do("read", note.key)
    )
    demand(refuses(submission, again, "the key is taken"), leaves_it_alone(again))
    if writes(submission):
        demand(says_value(after, note.long))


@check(
    points=3,
    concept="sharing",
    section="4-keeper#write",
    hint="Copy the text with its null byte into the segment; it stays when the program ends.",
)
def test_write_then_read(submission: Submission) -> None:
    """What one process writes, another process reads"""
    created(submission)
    note, runs = drawn(submission), story_of_a_note(submission)
    demand(succeeds(runs[2]), stored(runs[2], note.long))
    texts = [(3, note.long), (5, note.short), (6, note.short), (8, note.full)]
    if says_value(runs[1], "") is None:
        texts.append((10, ""))
    for index, text in texts:
        demand(succeeds(runs[index - 1]), says_value(runs[index], text), succeeds(runs[index]))
    demand(*keeps_a_huge_text(submission))
    demand(with_negative_key(keeps_with_negative_key(submission)))
    demand(same_untraced(submission))


@check(
    points=2,
    concept="size",
    section="4-keeper#write",
    hint="strlen(text) + 1 bytes must fit in the segment's size; check before you write.",
)
def test_too_long_changes_nothing(submission: Submission) -> None:
    """A text that does not fit is refused and changes nothing"""
    created(submission)
    note, runs = drawn(submission), too_long(submission)
    only_if(runs[1].ended_well, "write doesn't work yet for a text that fits")
    demand(refuses(submission, runs[4], f"{note.size + 1} bytes do not fit in {note.size}"))
    demand(changes_nothing(runs, 4))
    demand(refuses(submission, runs[2], f"{2 * note.size - 1} bytes do not fit in {note.size}"))
    demand(changes_nothing(runs, 2))


@check(
    points=1,
    concept="errors",
    section="4-keeper#when-something-fails",
    hint="shmget without IPC_CREAT fails if there is no segment: report it, exit with status 1.",
)
def test_missing_segment_fails(submission: Submission) -> None:
    """read, write and remove fail if there is no segment"""
    created(submission)
    runs = without_segment(submission)
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
    created(submission)
    run = story_of_a_note(submission)[3]
    only_if(anything_attached(run), "read attaches nothing")
    demand(attaches_read_only(run))


@check(
    points=2,
    concept="remove",
    section="4-keeper#remove",
    hint="shmctl(shmid, IPC_RMID, NULL) with the shmid that shmget found.",
)
def test_remove_removes(submission: Submission) -> None:
    """remove removes the segment, and the key is free again"""
    created(submission)
    before, first, again, second = removal(submission)
    demand(is_removed(first), succeeds(first))
    demand(creates_alike(again, before), is_removed_with_text(second))
    *others, remove = negative(submission)
    if made(others[0], drawn(submission).negative) and is_there(others):
        demand(with_negative_key(is_removed(remove)))


@check(
    points=1,
    concept="errors",
    section="4-keeper#when-something-fails",
    hint="Each of the five operations can fail: check every result.",
)
def test_shm_failure(submission: Submission) -> None:
    """When a shared memory call fails, the command reports it and exits with status 1"""
    created(submission)
    demand(*failing_create(submission), refuses_no_bytes(nothing(submission)))
    if reads(submission):
        demand(*failing(submission, "read", ("shmget", "shmat", "shmctl", "shmdt")))
    if writes(submission):
        demand(*failing(submission, "write", ("shmget", "shmat", "shmctl", "shmdt")))
    if removes(submission):
        demand(*failing(submission, "remove", ("shmget", "shmctl")))
    demand(*with_zero(submission))


@check(
    points=1,
    concept="memory",
    section="4-keeper#points",
    hint="valgrind ./keeper write 4711 text names the line.",
)
def test_memory(submission: Submission) -> None:
    """valgrind finds no invalid memory use"""
    created(submission)
    only_if(reads(submission) or writes(submission), "neither read nor write works yet")
    demand_no_memory_errors(submission)


def keeps_a_huge_text(submission: Submission) -> list[Finding | None]:
    """A long text comes back from a large segment.

    If write never compares the text with the segment's size, another test reports that.
    """
    note, (create, write, read) = drawn(submission), large(submission)
    compared = not too_long(submission)[4].ended_well
    if not compared or creates(create, note.others[1], LARGE):
        return []
    return [succeeds(write), says_long_value(read, note.huge), succeeds(read)]


def keeps_with_negative_key(submission: Submission) -> Finding | None:
    """A text written with a negative key comes back with it, if create accepts such a key."""
    note, (create, write, read, _) = drawn(submission), negative(submission)
    if creates(create, note.negative, note.size):
        return None
    return succeeds(write) or says_value(read, note.long) or succeeds(read)


def no_value(run: Run) -> Finding | None:
    """A command that failed printed no value."""
    lines = results(run, "value")
    if not lines:
        return None
    return Finding(
        f'The command failed, but printed "{lines[0].text}" anyway.',
        expected="no line on stdout",
        seen=lines[0].text,
    )


def fault(submission: Submission, call: str) -> str:
    return f"{call}:{submission.draw(f'error of {call}').choice(ERRORS[call])}"


def failing_create(submission: Submission) -> list[Finding | None]:
    note = drawn(submission)
    broken = fault(submission, "shmget")
    (run,) = keep(submission, do("create", note.key, note.size, fail=broken))
    return [fails(run, "shmget failed")] if run.faults_met else []


def failing(submission: Submission, name: str, calls: Sequence[str]) -> list[Finding | None]:
    """This command, with each of its calls made to fail; the old text stays the same."""
    note, findings = drawn(submission), list[Finding | None]()
    text = [note.short] if name == "write" else []
    commands = [do("create", note.key, note.size), do("write", note.key, note.long)]
    for call in calls:
        broken = do(name, note.key, *text, fail=fault(submission, call))
        commands += [broken, do("read", note.key)]
    runs = keep(submission, *commands)
    for index, call in enumerate(calls):
        run = runs[2 + 2 * index]
        if run.faults_met:
            findings.append(fails(run, f"{call} failed"))
        if run.faults_met and call in ("shmget", "shmat"):
            findings += [no_value(run), changes_nothing(runs, 2 + 2 * index)]
    return findings


def with_zero(submission: Submission) -> list[Finding | None]:
    """Commands that otherwise work and fail if the segment has the shmid 0."""
    note = drawn(submission)
    create, *others = with_text(note)
    first, write, read, remove = keep(submission, replace(create, id_zero=True), *others)
    if not has_id_zero(first):
        return []
    both = writes(submission) and reads(submission)
    gone = is_removed(read) is None
    told = (
        (first, creates_alike(first, story_of_a_note(submission)[0])),
        (write, stored(write, note.long) if both else None),
        (read, says_value(read, note.long) if both else None),
        (remove, is_removed(remove) if removes(submission) and not gone else None),
    )
    return [takes_zero_for_failure(run) for run, wrong in told if wrong]


def same_untraced(submission: Submission) -> Finding | None:
    """The commands print the same when untraced; a difference must show three times."""
    if not submission.may_untrace:
        return None
    note = drawn(submission)
    watched = keep(submission, *in_order(note, traced=True))
    if watched[0].options.get("owner_mode"):
        return None  # nobody fixes the mode of a run that is not traced
    alone, removed = in_order(note, traced=False), [command("remove", note.key)]
    if told(keep(submission, *alone)) == told(watched):
        return None
    again = keep(submission, *alone, *removed, *alone)
    if told(watched) in (told(again[:3]), told(again[4:])):
        return None
    return Finding(
        "keeper behaves differently when the grader isn't watching.",
        expected=str(told(watched)),
        seen=str(told(again[:3])),
    )


def in_order(note: Note, traced: bool) -> list[Command]:
    return [
        command("create", note.key, note.size, traced=traced),
        command("write", note.key, note.long, traced=traced),
        command("read", note.key, traced=traced),
    ]


def told(runs: Sequence[Run]) -> list[tuple[list[str], bool]]:
    return [(result_lines(run, ["value"]), run.ended_well) for run in runs]
