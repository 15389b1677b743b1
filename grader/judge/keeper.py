"""keeper: what one command did to the one segment, seen from its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.base.check import Cause
from grader.facts.records import Run, Segment
from grader.judge import codes
from grader.judge.contents import was_poked
from grader.judge.finding import Finding
from grader.judge.narrate import (
    bytes_of,
    describe_call,
    printed,
    readable,
    story,
    trouble,
    words_of,
)
from grader.judge.output import is_misspelled, results, wrong_form
from grader.judge.segments import counts, detaches


def command_of(run: Run) -> str:
    """The command as the student would type it."""
    return " ".join(["keeper", *words_of(run)])


def succeeds(run: Run) -> Finding | None:
    """The command exited with 0."""
    if run.ended_well:
        return None
    said = f' It printed on stderr: "{run.error_lines[0]}".' if run.error_lines else ""
    why = trouble(run) or f"It exited with status {run.parent.code}."
    return Finding(
        f"{command_of(run)} didn't work.{_fits(run)} {why}{said}",
        expected="exit status 0",
        seen=f"exit status {run.parent.code}" if run.parent.end == "exit" else why,
        evidence=story(run),
    )


def _fits(run: Run) -> str:
    """For a text that was refused although it fits: how long it is."""
    sizes = [segment.size for segment in run.segments if str(segment.key) == run.command[2]]
    if run.command[1:2] != ("write",) or not sizes or run.parent.end != "exit":
        return ""
    needed, size = len(run.command[3]) + 1, sizes[0]
    if needed > size:
        return ""
    exactly = "exactly " if needed == size else ""
    there = f"{exactly}{size}"
    return f" The text fits: with its null byte it needs {bytes_of(needed)}, and there are {there}."


def fails(run: Run, why: str) -> Finding | None:
    """The command failed as it should: exit status 1 and a line on stderr."""

    def finding(what: str, seen: str, hint: str = "", cause: Cause = Cause()) -> Finding:
        message = f"{command_of(run)}: {why}, {what}."
        return Finding(message, "a line on stderr, exit status 1", seen, story(run), hint, cause)

    if run.verdict != "ended" or run.parent.crashed:
        return finding("and your program didn't exit by itself", trouble(run))
    if run.parent.code == 0:
        return finding("but it exited with status 0, as if nothing had failed", "exit status 0")
    if run.parent.code != 1:
        seen = f"exit status {run.parent.code}"
        return finding(
            f"and it exited with status {run.parent.code}, not 1",
            seen,
            "Return EXIT_FAILURE, which is 1.",
            Cause(codes.FAILURE_STATUS, str(run.parent.code)),
        )
    if not run.error_lines:
        hint = "Use perror, or fprintf(stderr, ...): stdout is for results."
        cause = Cause(codes.SILENT_FAILURE)
        return finding("and it printed nothing on stderr", "stderr was empty", hint, cause)
    return None


def fails_like(run: Run, other: Run) -> bool:
    """Did both fail in the same way, right or wrong?"""
    ended = [r.verdict == "ended" and not r.parent.crashed and r.parent.code for r in (run, other)]
    same = ended[0] == ended[1] and bool(run.error_lines) == bool(other.error_lines)
    return bool(ended[0]) and same


def stays(run: Run) -> bool:
    """Did this run create a segment that still exists afterwards?"""
    return any(segment.removed is None for segment in run.created_segments)


def made(run: Run, key: int) -> Segment | None:
    """The segment with this key that this run created."""
    return next((segment for segment in run.created_segments if segment.key == key), None)


def creates(run: Run, key: int, size: int) -> Finding | None:
    """A segment with this key, at least this large, that stays. One that is too large costs where a
    text must not fit."""
    segment = made(run, key)
    evidence = story(run)
    asked = f"a new segment with key {key} and {bytes_of(size)}"

    def finding(message: str, seen: str, hint: str = "") -> Finding:
        return Finding(f"{command_of(run)}: {message}", asked, seen, evidence, hint)

    if segment is None:
        if run.created_segments:
            other = run.created_segments[0].key
            name = "IPC_PRIVATE" if other == 0 else str(other)
            hint = "Create the segment with KEY: the other commands find it by that key."
            return finding(f"the segment has the key {name}.", f"key {name}", hint)
        return finding("no segment was created.", counts(run))
    if segment.size < size:
        has = bytes_of(segment.size)
        hint = "Ask shmget for exactly SIZE bytes."
        return finding(f"the segment has {has} instead of {size}.", has, hint)
    if segment.removed is not None:
        return finding("it removed the segment again, so nobody can find it.", counts(run))
    return succeeds(run)


def not_larger(run: Run, key: int, size: int) -> Finding | None:
    """The segment has exactly SIZE bytes: by its size, the other commands see what fits."""
    segment = made(run, key)
    if segment is None or segment.size <= size:
        return None
    has = bytes_of(segment.size)
    return Finding(
        f"{command_of(run)}: the segment has {has} instead of {size}.",
        expected=f"a segment of exactly {bytes_of(size)}",
        seen=has,
        evidence=story(run),
        hint="Ask shmget for exactly SIZE bytes.",
    )


NEGATIVE = "KEY is a number like any other, and may be negative."


def with_negative_key(finding: Finding | None) -> Finding | None:
    """What is wrong with a negative key, although a positive one works."""
    return finding and replace(finding, hint=NEGATIVE)


def makes_nothing(run: Run) -> Finding | None:
    """create with a SIZE of 0 made no segment."""
    if not run.created_segments:
        return None
    size = bytes_of(run.created_segments[0].size)
    return Finding(
        f"{command_of(run)}: it created a segment of {size}, although SIZE is 0.",
        expected="a line on stderr, exit status 1, and no segment",
        seen=f"a segment of {size}",
        evidence=story(run),
        hint="The system refuses a new segment of 0 bytes: pass SIZE on as it is.",
    )


def refuses_no_bytes(run: Run) -> Finding | None:
    """create with a SIZE of 0 failed, with exit status 1 or as bad usage."""
    if run.created_segments or (run.parent.exited_with(2) and run.error_lines):
        return None
    return fails(run, "a segment cannot have 0 bytes")


def creates_alike(run: Run, before: Run) -> Finding | None:
    """Create made the same segment again as it had made before."""
    size, key = before.created_segments[0].size, before.created_segments[0].key
    return creates(run, key, size)


def says_value(run: Run, text: str) -> Finding | None:
    """read printed `value: ` and the text, once; its form is judged by itself."""
    lines = results(run, "value")
    if len(lines) == 1 and readable(lines[0].reading) == f"value: {text}":
        return None
    hint, code = "", ""
    if not lines:
        message = " ".join(filter(None, ['it printed no line "value: …".', trouble(run)]))
        hint = 'Print "value:", one space, and then the text, even if that is empty.'
    elif len(lines) > 1:
        message = f'it printed {len(lines)} lines "value: …" instead of one.'
    else:
        line = readable(lines[0].reading)
        message, hint = _other_text(line, text)
        code = codes.OLD_TAIL if _goes_on(line, text) else ""
    return Finding(
        f"{command_of(run)}: {message}",
        expected=f"value: {text}" if text else '"value: ", with the space after it',
        seen=printed(run),
        evidence=story(run),
        hint=hint,
        cause=Cause(code),
    )


def _goes_on(line: str, text: str) -> bool:
    """Does something follow the text?"""
    return bool(text) and line.startswith(f"value: {text}")


def spelled_right(run: Run) -> Finding | None:
    """The line is spelled as the page says."""
    lines = results(run, "value")
    return wrong_form(lines[0], run) if lines and is_misspelled(lines[0]) else None


def reads_changed_text(run: Run, old: str, new: str) -> Finding | None:
    """The grader changed the text when read had attached the segment: read printed the new one."""
    if was_poked(run):
        found = says_value(run, new)
        if found is None or says_value(run, old) is not None:
            return found
    elif says_value(run, old) is not None:
        return None  # what read prints at all is reported by itself
    return Finding(
        f"{command_of(run)}: it doesn't print what the segment contains. "
        + ("The grader changed the text there" if run.pokes else "It never attached the segment")
        + ", and read still printed the old one.",
        expected=f"value: {new}",
        seen=printed(run),
        evidence=story(run),
        hint="A file or a queue isn't shared memory: print the text in the segment.",
    )


def says_long_value(run: Run, text: str) -> Finding | None:
    """The same for a text that is too long to be shown."""
    lines = [readable(line.reading) for line in results(run, "value")]
    if lines == [f"value: {text}"]:
        return None
    count = len(lines[0].removeprefix("value: ")) if lines else 0
    other = f"only {count}" if count < len(text) and len(lines) < 2 else "different ones"
    return Finding(
        f"{command_of(run)}: {len(text)} characters were written, but it printed {other}. "
        f"{trouble(run)}".rstrip(),
        expected=f"value: … ({len(text)} characters)",
        seen=f"value: … ({count} characters)" if lines else "(nothing was printed)",
        evidence=story(run),
        hint="A text may be as long as the segment: no array of a fixed size is large enough.",
    )


def _other_text(line: str, text: str) -> tuple[str, str]:
    """What is wrong with a line that shows another text than was stored, and what may help."""
    if _goes_on(line, text):
        zero = "A text ends at its terminating null byte: write must store that too."
        return "it printed the text and then the end of an older one.", zero
    if "%" in text and line == f"value: {text.replace('%%', '%')}":
        return "a % is missing from the text.", 'printf treats % specially: use "%s".'
    if "\\n" in text and line == "value: " + text.partition("\\n")[0]:
        letter = "Nothing in TEXT is special: a \\ is a character like any other."
        return "the \\n in the text became a newline.", letter
    cut = {"beginning": text.lstrip(), "end": text.rstrip(), "ends": text.strip()}
    for where, rest in cut.items():
        if rest and rest != text and line == f"value: {rest}":
            whole = "Store every character of TEXT as it is; spaces are characters too."
            return f"the spaces at the {where} of the text are missing.", whole
    if "".join(line.split()) == "".join(f"value:{text}".split()):
        return "the line is spelled differently.", 'Print "value:", one space, and then the text.'
    return "it printed a different text.", ""


def stored(run: Run, text: str) -> Finding | None:
    """The text and its null byte were in a segment when the command had ended."""
    asked = text.encode("utf-8", "surrogateescape") + b"\0"
    for content in run.contents():
        if asked in content.data + b"\0":
            return None
    return Finding(
        f"{command_of(run)}: it didn't store the text in the segment.",
        expected=f'in the segment: "{text}" and its terminating null byte',
        seen=f"in the segment: {_found_in(run)}",
        evidence=story(run),
    )


def _found_in(run: Run) -> str:
    """What the segment holds at the end, read as a text."""
    contents = run.contents()
    if not contents or not any(contents[-1].data):
        return "only zeros"
    return f'"{readable(contents[-1].data.split(bytes(1))[0].decode("latin-1"))}"'


def attaches_read_only(run: Run) -> Finding | None:
    """Each attachment of this run is read-only."""
    writable = [call for call in run.calls("shmat", ok=True) if not call.read_only]
    if not writable:
        return None
    return Finding(
        f"{command_of(run)} attached the segment for writing too.",
        expected="shmat(shmid, NULL, SHM_RDONLY)",
        seen=describe_call(writable[0]),
        evidence=story(run),
    )


def command_detaches(run: Run) -> Finding | None:
    """The command detached what it had attached, before it ended."""
    finding = detaches(run)
    if finding is None:
        return None
    failed = next(iter(run.calls("shmdt", ok=False)), None)
    why = f" {describe_call(failed)}." if failed else ""
    return replace(
        finding,
        message=f"{command_of(run)} never detached the segment.{why}",
        expected="shmdt for each attachment, before the command ends",
    )


def is_removed(run: Run) -> Finding | None:
    """The segment that existed when this command began is gone."""
    if any(call.ok for call in run.removals):
        return None
    return Finding(
        f"{command_of(run)}: the segment is still there.",
        expected="removed once",
        seen=counts(run),
        evidence=story(run),
    )


def is_removed_with_text(run: Run) -> Finding | None:
    """A segment with a text in it is gone, as an empty one was."""
    finding = is_removed(run)
    message = (
        f"{command_of(run)}: it doesn't remove a segment with a text in it, only an empty one."
    )
    hint = "remove must work whatever the segment holds."
    return finding and replace(finding, message=message, hint=hint)


def leaves_it_alone(run: Run) -> Finding | None:
    """The command neither removed nor created a segment."""
    if not run.created_segments and not any(call.ok for call in run.removals):
        return None
    what = "created a segment" if run.created_segments else "removed the segment"
    return Finding(
        f"{command_of(run)} failed, as it should, but it {what}.",
        expected="nothing changed",
        seen=counts(run),
        evidence=story(run),
    )


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


def changes_nothing(runs: Sequence[Run], index: int) -> Finding | None:
    """The bytes in the segment are the same before and after this command of a series."""
    before = [content.data for run in runs[:index] for content in run.contents()]
    after = [content.data for run in runs[index:] for content in run.contents()]
    if not before or not after or all(data == before[-1] for data in after[: _first(runs, index)]):
        return None
    return Finding(
        f"{command_of(runs[index])} failed, as it should, but first it changed the segment.",
        expected="the old text, unchanged",
        seen="a different text",
        evidence=story(runs[index]),
    )


def _first(runs: Sequence[Run], index: int) -> int:
    """All that was seen in the command itself, and the first that was seen after it."""
    return len(runs[index].contents()) + 1
