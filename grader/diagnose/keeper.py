"""Mistakes in keeper's four commands."""

from __future__ import annotations

from collections.abc import Iterator

from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.creation import without_excl
from grader.facts.records import Run
from grader.judge import codes
from grader.judge.evidence import told
from grader.judge.keeper import attaches_read_only
from grader.judge.narrate import bytes_of, story
from grader.judge.segments import detaches


def runs_of(case: Case, command: str) -> Iterator[Run]:
    return (run for run in case.plain if run.command[1:2] == (command,))


def no_ipc_excl(case: Case) -> RuleMatch | None:
    if not case.failed("create_twice_fails"):
        return None
    if looked := without_excl(case, "create_twice_fails"):
        return looked
    for run in runs_of(case, "create"):
        gets = run.calls("shmget")
        if gets and all(call.ok and not call.created for call in gets):
            return RuleMatch(
                "IPC_EXCL is missing: create takes over an existing segment.",
                "IPC_CREAT alone means: create it, unless it exists. With IPC_CREAT | IPC_EXCL, "
                "shmget fails if it exists.",
                story(run),
                ("create_twice_fails",),
            )
    return None


def does_not_fit(case: Case) -> RuleMatch | None:
    if not case.failed("too_long_changes_nothing"):
        return None
    for run in runs_of(case, "write"):
        sizes = [segment.size for segment in run.segments if str(segment.key) == run.command[2]]
        needed = len(run.command[3]) + 1 if len(run.command) == 4 else 0
        if sizes and needed > sizes[0] and run.ended_well and not run.error_lines:
            return RuleMatch(
                f"write accepts a text of {needed} bytes for a segment of {bytes_of(sizes[0])}.",
                "The text needs one byte more than it has characters, for its terminating null "
                "byte. Compare strlen(text) + 1 with the segment's size before you write. That "
                "it doesn't crash proves nothing: the system hands out whole pages.",
                story(run),
                ("too_long_changes_nothing",),
            )
    return None


def text_cut(case: Case) -> RuleMatch | None:
    """write stores as much of a text as fits, and says that it worked."""
    if not case.failed("too_long_changes_nothing"):
        return None
    for run in runs_of(case, "write"):
        sizes = [segment.size for segment in run.segments if str(segment.key) == run.command[2]]
        text = run.command[3].encode("utf-8", "surrogateescape") if len(run.command) == 4 else b""
        if not sizes or len(text) < sizes[0] or not run.ended_well or not run.contents():
            continue
        kept = run.contents()[-1].data
        is_cut = sizes[0] - 1 <= len(kept) <= sizes[0] and len(kept) < len(text)
        if is_cut and text.startswith(kept[: sizes[0] - 1]):
            said = ", and only says so on stderr" if run.error_lines else " without a word"
            return RuleMatch(
                f"write cuts a text of {len(text)} characters to {bytes_of(len(kept))}{said}.",
                "Half a text is another text. If it doesn't fit with its terminating null byte, "
                "write must fail: a line on stderr, exit status 1, and the old text stays.",
                story(run),
                ("too_long_changes_nothing",),
            )
    return None


def no_null_byte(case: Case) -> RuleMatch | None:
    """A shorter text is followed by the end of the longer one before it."""
    if case.cause("write_then_read").code != codes.OLD_TAIL:
        return None
    return RuleMatch(
        "write doesn't store the text's terminating null byte.",
        f"{case.message('write_then_read')} A text ends at its null byte: copy strlen(text) + 1 "
        "bytes. In a new segment it seems to work, since everything there is 0.",
        case.evidence("write_then_read"),
        ("write_then_read",),
    )


def kept_in_a_variable(case: Case) -> RuleMatch | None:
    """A command uses a shmid that it never asked for."""
    for command in ("read", "write", "remove"):
        for run in runs_of(case, command):
            used = [c for c in run.all_calls if c.name in ("shmat", "shmctl") and c.id is not None]
            if used and not run.calls("shmget"):
                return RuleMatch(
                    f"keeper {command} never looks the segment up.",
                    "Each command is a run of its own, a new process: what create kept in a "
                    f"variable is gone, and here it is {used[0].id}. Only the segment is still "
                    "there: find it by its key, in each command.",
                    story(run),
                )
    return None


def success_is_an_error(case: Case) -> RuleMatch | None:
    """create makes the segment, and takes the shmid that it got for a failure."""
    for run in runs_of(case, "create"):
        calls = [call for call in run.all_calls if call.name.startswith("shm")]
        made = [call for call in calls if call.created]
        if made and all(call.ok for call in calls) and run.parent.exited_with(1):
            return RuleMatch(
                "create makes the segment, and then treats its shmid as an error.",
                f"shmget returned {made[0].result}. Any number but -1 is a shmid, and means that "
                "it worked: compare with -1.",
                story(run),
                ("create_is_empty", "remove_removes", "shm_failure"),
            )
    return None


def look_up_creates(case: Case) -> RuleMatch | None:
    """A command that should find a segment makes one if there is none."""
    if not case.failed("missing_segment_fails"):
        return None
    for command in ("read", "write", "remove"):
        for run in runs_of(case, command):
            if run.created_segments:
                return RuleMatch(
                    f"keeper {command} creates a segment if there is none.",
                    "Only create creates. The other commands look for a segment that is there, "
                    "with shmget(key, 0, 0) or segment_access, and fail if there is none.",
                    story(run),
                    ("missing_segment_fails",),
                )
    return None


def size_ignored(case: Case) -> RuleMatch | None:
    """write accepts a text that does not fit in SIZE bytes, because create made more."""
    if not case.failed("too_long_changes_nothing"):
        return None
    for run in runs_of(case, "create"):
        asked = int(run.command[3]) if len(run.command) == 4 else 0
        for segment in run.created_segments:
            if segment.size > asked > 0:
                return RuleMatch(
                    f"create makes a segment of {bytes_of(segment.size)}, but SIZE is {asked}.",
                    "The next commands see from the segment's size whether a text fits. So create "
                    "must ask shmget for exactly SIZE bytes.",
                    told(
                        run, [*story(run).lines, *case.evidence("too_long_changes_nothing").lines]
                    ),
                    ("too_long_changes_nothing",),
                )
    return None


def read_only_missing(case: Case) -> RuleMatch | None:
    if not case.failed("read_attaches_read_only"):
        return None
    if not any(map(attaches_read_only, runs_of(case, "read"))):
        return None
    return RuleMatch(
        "read attaches the segment for writing too.",
        "A reader shouldn't be able to write: segment_attach(shmid, true), or shmat with "
        "SHM_RDONLY as its third argument.",
        case.evidence("read_attaches_read_only"),
        ("read_attaches_read_only",),
    )


def never_detached(case: Case) -> RuleMatch | None:
    if not case.failed("detaches") or not any(map(detaches, case.plain)):
        return None
    return RuleMatch(
        case.message("detaches"),
        "A process that attached the segment detaches it when it is done: segment_detach(address), "
        "or shmdt(address), with the address that attaching returned.",
        case.evidence("detaches"),
        ("detaches",),
    )


def segment_left(case: Case) -> RuleMatch | None:
    removals = [call for run in runs_of(case, "remove") for call in run.removals]
    if not case.failed("remove_removes") or any(call.ok for call in removals):
        return None
    for run in runs_of(case, "remove"):
        if run.segments and not any(call.ok for call in run.removals):
            return RuleMatch(
                "remove doesn't remove the segment.",
                "A segment stays until shmctl removes it, with IPC_RMID and the shmid from shmget "
                "(not the key). Detaching it, or filling it with zeros, isn't enough.",
                story(run),
                ("remove_removes",),
            )
    return None
