"""segment.c: what each function did, as witness saw it, and what it returned."""

from __future__ import annotations

import errno
from dataclasses import replace

from grader.base.check import Cause
from grader.facts.records import Call, Run, Segment
from grader.judge import codes
from grader.judge.contents import wrote
from grader.judge.driver import MINUS_ONE, NULL, answers, name_of, shown, story
from grader.judge.finding import Finding
from grader.judge.narrate import bytes_of, describe_call, trouble
from grader.judge.segments import attachments

TAKES = {
    "create": "shmget",
    "access": "shmget",
    "attach": "shmat",
    "detach": "shmdt",
    "remove": "shmctl",
}
NEGATIVE = "A key is a number like any other, and may be negative: some from ftok are."
UNWRITTEN = errno.ENOSYS  # what the stub of each function sets


def not_written(run: Run, token: str, function: str) -> Finding | None:
    """The function is still the stub."""
    given = answers(run, token)
    if not given or given[0].error != UNWRITTEN or given[0].result not in (MINUS_ONE, NULL):
        return None
    return Finding(
        f"segment_{function} is not written yet.",
        expected="what segment.h promises",
        seen="errno is ENOSYS, as in the stub",
        hint="Delete the lines of the stub, including errno = ENOSYS, and write the call instead.",
    )


def missing(run: Run, function: str) -> Finding:
    """The function never returned."""
    exits = run.parent.end == "exit" and run.verdict == "ended"
    failure = shown(function, NULL if function == "attach" else MINUS_ONE)
    return Finding(
        f"segment_{function} didn't return. "
        f"{'It ended the program.' if exits else trouble(run)}",
        expected="a result",
        seen="none",
        evidence=story(run),
        hint=f"A function that fails returns {failure}: its caller decides what to do then."
        if exits
        else "",
    )


def created(run: Run, token: str, key: int, size: int) -> Finding | None:
    """segment_create made a new segment of this size and returned its shmid."""
    mine = [segment for segment in run.created_segments if segment.key == key]
    asked = f"a new segment with key {key} and {bytes_of(size)}"

    def finding(message: str, seen: str, code: str = "") -> Finding:
        told = f"segment_create({key}, {size}): {message}"
        return Finding(told, asked, seen, story(run), cause=Cause(code))

    if not mine and (stub := not_written(run, token, "create")):
        return stub
    if not mine:
        others = [segment.key for segment in run.created_segments]
        if others:
            name = "IPC_PRIVATE" if others[0] == 0 else str(others[0])
            return finding(f"the new segment has the key {name}.", f"key {name}", codes.WRONG_KEY)
        if not answers(run, token):
            return missing(run, "create")
        unused = key < 0 and not run.calls("shmget")
        found = finding("no segment was created.", _failed(run) or "no segment")
        return replace(found, hint=NEGATIVE) if unused else found
    if mine[0].size != size:
        return finding(f"the segment has {bytes_of(mine[0].size)}.", bytes_of(mine[0].size))
    if mine[0].removed is not None:
        return finding("it removed the segment again.", "no segment")
    if not answers(run, token):
        return missing(run, "create")
    result = answers(run, token)[0].result
    if result != mine[0].id:
        return finding(f"it returned {result}, not the shmid that shmget gave.", f"result {result}")
    return None


def _failed(run: Run) -> str:
    failed = [call for call in run.all_calls if call.error and call.name.startswith("shm")]
    return describe_call(failed[0]) if failed else ""


def all_zeros(run: Run) -> Finding | None:
    """Every look into a segment showed only zeros."""
    for content in run.contents():
        for at, piece in ((0, content.data), *content.further):
            for where, byte in enumerate(piece, start=at):
                if byte:
                    return Finding(
                        f"The new segment is not all zeros: byte {where} is {byte}.",
                        expected="all zeros",
                        seen=f"byte {where} is {byte}",
                        evidence=story(run),
                        hint="A new segment is already all zeros: don't write to it."
                        + (" (48 is the character '0', not the number.)" if byte == 48 else ""),
                    )
    return None


def accessed(run: Run, token: str, segment: Segment) -> Finding | None:
    """segment_access returned the shmid of the existing segment."""
    if not answers(run, token):
        return missing(run, "access")
    result = answers(run, token)[0].result
    if result == segment.id and not run.created_segments:
        return None
    if not run.calls("shmget") and (stub := not_written(run, token, "access")):
        return stub
    found = any(call.segment == segment.number for call in run.calls("shmget", ok=True))
    hint = "Return the result of shmget." if found else ""
    if segment.key < 0 and not any(call.key == segment.key for call in run.calls("shmget")):
        hint = NEGATIVE
    what = f"didn't find a segment of {bytes_of(segment.size)}: it returned {result}"
    if found and not run.created_segments:
        what = f"returned {result}, not the shmid that shmget gave"
    return Finding(
        f"segment_access {what}.",
        expected=f"{segment.id}, the shmid of the segment with key {segment.key}",
        seen=_failed(run) or f"result {result}",
        evidence=story(run),
        hint=hint,
    )


def attached(run: Run, token: str, read_only: bool, value: int) -> Finding | None:
    """segment_attach returned the address that shmat chose, with the right flags, and shared."""
    call_text = f"segment_attach(shmid, {'true' if read_only else 'false'})"
    given = answers(run, token)

    def finding(message: str, seen: str) -> Finding:
        asked = "read-only memory" if read_only else "memory to read and write"
        return Finding(f"{call_text}: {message}", asked, seen, story(run))

    if not given:
        return missing(run, "attach")
    if not run.calls("shmat") and (stub := not_written(run, token, "attach")):
        return stub
    result = given[0].result
    calls = [call for call in run.calls("shmat", ok=True) if _address(call.result) == result]
    if not calls:
        return finding(
            f"it returned {shown('attach', result)}, which isn't an address from shmat.",
            _failed(run) or shown("attach", result),
        )
    call = calls[0]
    if _address(call.address) != 0:
        return finding(
            f"you gave shmat the address {call.address}; pass NULL, and the system chooses one.",
            f"address {call.address}",
        )
    if call.read_only != read_only:
        how = "with" if call.read_only else "without"
        return finding(f"you called shmat {how} SHM_RDONLY.", f"{how} SHM_RDONLY")
    if given[0].seen != value:
        return finding("the value there isn't the segment's value.", "another value")
    return None


def _address(text: int | str | None) -> int:
    return int(text, 16) if isinstance(text, str) else int(text or 0)


def hands_out_its_memory(run: Run, token: str) -> bool:
    """Is the address that segment_attach returned one from shmat?"""
    given = {_address(call.result) for call in run.calls("shmat", ok=True)}
    return any(answer.result in given for answer in answers(run, token))


def reaches_the_segment(run: Run, value: int) -> Finding | None:
    """The value that the driver wrote through the pointer is in the segment."""
    if run.parent.exited_with(0) and wrote(run, 1, value) is not None:
        return None
    return Finding(
        "segment_attach(shmid, false): what you write there doesn't reach the segment.",
        expected="memory to read and write",
        seen="the segment didn't change",
        evidence=story(run),
    )


def cannot_be_written(run: Run) -> Finding | None:
    """The write through the read-only attachment killed the process."""
    fault = run.parent.fault
    if run.parent.crashed and fault is not None and fault.read_only and fault.segment is not None:
        return None
    return Finding(
        "segment_attach(shmid, true): the memory can be written.",
        expected="a write kills the process",
        seen="the write went through",
        evidence=story(run),
    )


def detached(run: Run, token: str) -> Finding | None:
    """segment_detach detached the address that it was given, and returned 0."""
    given = answers(run, token)
    attaches = {_address(call.result) for call in run.calls("shmat", ok=True)}
    done = {_address(call.address) for call in run.calls("shmdt", ok=True)}
    if not attaches <= done or not attaches:
        if not given:
            return missing(run, "detach")
        if not run.calls("shmdt") and (stub := not_written(run, token, "detach")):
            return stub
        return Finding(
            "segment_detach: the segment is still attached.",
            cause=Cause(codes.STILL_ATTACHED),
            expected="shmdt(address)",
            seen=_failed(run) or "no shmdt",
            evidence=story(run),
        )
    return _returned_0(run, token, "detach")


def side_by_side(run: Run, token: str) -> Finding | None:
    """Two segments were attached and detached in the same order, each call by its own address."""
    both = [answer.result for answer in answers(run, token) if answer.function == "attach"]
    attaches = [call for call in run.calls("shmat", ok=True) if _address(call.result) in both]
    if len(attaches) < 2:
        return None
    done = [call for call in run.calls("shmdt", ok=True) if _address(call.address) in both]

    def finding(message: str, seen: str) -> Finding:
        return Finding(message, "two segments side by side", seen, story(run))

    if any(call.seq < attaches[-1].seq for call in done):
        return finding(
            "segment_attach detached the segment that was attached before.",
            "the first one was detached when the second one was attached",
        )
    if done and _address(done[0].address) != both[0]:
        return finding(
            "segment_detach detached the wrong segment.",
            "the second one was detached instead of the first one",
        )
    return None


def stays_attached(run: Run) -> Finding | None:
    """A function that should attach nothing leaves the segment attached when it returns."""
    kept = [attachment for attachment in attachments(run) if not attachment.detached]
    if not kept:
        return None
    return Finding(
        f"segment_{run.command[2]} attached the segment and didn't detach it.",
        expected="nothing left attached when it returns",
        seen="the segment stays attached",
        evidence=story(run),
        hint="Detach what you attached before you return, or don't attach it at all.",
    )


def removed(run: Run, token: str, segment: Segment) -> Finding | None:
    """segment_remove removed this segment, and returned 0."""
    if not any(call.ok and call.segment == segment.number for call in run.removals):
        if not answers(run, token):
            return missing(run, "remove")
        if not run.removals and (stub := not_written(run, token, "remove")):
            return stub
        return Finding(
            "segment_remove: the segment is still there.",
            cause=Cause(codes.STILL_THERE),
            expected="shmctl(shmid, IPC_RMID, NULL)",
            seen=_failed(run) or "no shmctl with IPC_RMID",
            evidence=story(run),
        )
    return _returned_0(run, token, "remove")


def _returned_0(run: Run, token: str, function: str) -> Finding | None:
    if not answers(run, token):
        return missing(run, function)
    result = answers(run, token)[0].result
    if result == 0:
        return None
    return Finding(
        f"segment_{function} worked, but returned {result}.",
        expected="0",
        seen=str(result),
        evidence=story(run),
    )


def fault_of(run: Run, function: str) -> Call | None:
    """The call of this function that witness made fail."""
    return next((call for call in run.faults_met if call.name == TAKES[function]), None)


def hands_failure_on(run: Run, token: str, function: str) -> Finding | None:
    """The call failed, and so did the function: -1, or NULL from segment_attach."""
    asked = NULL if function == "attach" else MINUS_ONE
    given = answers(run, token)
    if not given:
        return missing(run, function)
    if given[0].result == asked:
        return None
    return Finding(
        f"segment_{function} returned {shown(function, given[0].result)} although "
        f"{TAKES[function]} had failed.",
        expected=shown(function, asked),
        seen=shown(function, given[0].result),
        evidence=story(run),
    )


def keeps_errno(run: Run, token: str, function: str) -> Finding | None:
    """After the failure, errno is what the call set."""
    fault, given = fault_of(run, function), answers(run, token)
    if fault is None or not given:
        return None
    if errno.errorcode.get(given[0].error) == fault.error:
        return None
    name = name_of(given[0].error)
    return Finding(
        f"segment_{function}: {fault.name} failed with {fault.error}, and afterwards errno is "
        f"{name}.",
        expected=f"errno {fault.error}",
        seen=f"errno {name}",
        evidence=story(run),
        cause=Cause(codes.ERRNO_LOST),
    )


def is_quiet(run: Run, token: str) -> Finding | None:
    """Nothing was printed but the driver's own lines."""
    own = [w.text for w in run.writes("stdout") if not w.text.startswith(f"{token} ")]
    own += [write.text for write in run.writes("stderr")]
    if not own:
        return None
    return Finding(
        "The functions print something; their caller should decide what to say.",
        cause=Cause(codes.PRINTS),
        expected="no output",
        seen=own[0].strip(),
        evidence=story(run),
    )
