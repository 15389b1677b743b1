"""Public checks of exercise 4: `make check EX=4` runs them. You may change them and add your own.

Here keeper uses your functions from exercise 3; the grader links it with its own. The points come
from other tests, which look at more than this and use texts that you don't know.
"""

from collections.abc import Iterator

from grader.base.exercise import Exercise, Kind, OutputLine
from grader.facts.command import command
from grader.grading.submission import Submission
from grader.judge.keeper import (
    attaches_read_only,
    changes_nothing,
    command_detaches,
    creates,
    fails,
    is_removed,
    says_value,
    stored,
    succeeds,
)
from grader.judge.segments import anything_attached
from grader.practice.public_check import PublicCheck

EXERCISE = Exercise(
    "4-keeper",
    "Keeper",
    "keeper.c",
    "keeper",
    kind=Kind.COMMANDS,
    with_reference=("3-segment/segment.c",),
    lines=(OutputLine("value", by_parent=True),),
    pages={"start": "4-keeper#create", "create": "4-keeper#create"},
    try_valgrind="valgrind ./keeper with each command",
    seconds=6,
)

KEY, SIZE, TEXT = 4711, 20, "see you at eight"
TOO_LONG = "this does not fit in twenty bytes"


def public_checks(program: Submission) -> Iterator[PublicCheck]:
    # One process after the other, in one series: what the first leaves, the next one finds.
    runs = program.series(
        [
            command("create", KEY, SIZE, content=True),
            command("read", KEY, content=True),
            command("write", KEY, TEXT, content=True),
            command("read", KEY, content=True),
            command("write", KEY, TOO_LONG, content=True),
            command("create", KEY, SIZE, content=True),
            command("read", KEY, content=True),
            command("remove", KEY, content=True),
            command("read", KEY, content=True),
        ]
    )
    create, read_empty, write, read, too_long, again, _, remove, read_nothing = runs
    made, works = bool(create.created_segments), read.ended_well

    new = creates(create, KEY, SIZE)
    yield PublicCheck("create_makes_it", f"create {KEY} {SIZE} creates a segment", "create", new)
    empty = succeeds(read_empty) or says_value(read_empty, "")
    yield PublicCheck("create_is_empty", "read finds it empty", "read", empty, made)
    kept = succeeds(write) or stored(write, TEXT)
    yield PublicCheck("write_stores", f'write {KEY} "{TEXT}" stores it', "write", kept, made)
    back = succeeds(read) or says_value(read, TEXT)
    yield PublicCheck("write_then_read", f"read {KEY} prints it", "read", back, made)
    read_only = attaches_read_only(read)
    title = "read attaches the segment read-only"
    reached = made and anything_attached(read)
    yield PublicCheck("read_attaches_read_only", title, "read", read_only, reached)

    detached = command_detaches(write) or command_detaches(read)
    title = "write and read detach it"
    yield PublicCheck("detaches", title, "detach", detached, reached)

    refused = fails(too_long, f"it does not fit in {SIZE} bytes") or changes_nothing(runs, 4)
    title = "A text that is too long is refused"
    yield PublicCheck("too_long_changes_nothing", title, "write", refused, works)
    taken = fails(again, "the key is taken")
    yield PublicCheck("create_twice_fails", "create again fails", "create", taken, made)

    gone = succeeds(remove) or is_removed(remove)
    yield PublicCheck("remove_removes", f"remove {KEY} removes it", "remove", gone, made)
    missing = fails(read_nothing, "there is no segment")
    title = "read then fails"
    yield PublicCheck("missing_segment_fails", title, "when-something-fails", missing, works)
