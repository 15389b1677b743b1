"""segment.c in use: several calls in one program, and calls in rare situations."""

from __future__ import annotations

import errno

from grader.base.check import Cause
from grader.facts.records import Run
from grader.judge import codes
from grader.judge.driver import MINUS_ONE, NULL, Answer, answers, name_of, shown, story
from grader.judge.finding import Finding
from grader.judge.functions import hands_out_its_memory, missing
from grader.judge.narrate import bytes_of, describe_call


def results_of(run: Run, token: str, function: str) -> list[int]:
    """What each call of this function returned, in order."""
    return [answer.result for answer in _of(run, token, function)]


def _of(run: Run, token: str, function: str) -> list[Answer]:
    return [answer for answer in answers(run, token) if answer.function == function]


def removes_attached(run: Run, token: str) -> Finding | None:
    """segment_remove removed a segment that is still attached."""
    result = results_of(run, token, "remove")
    if result == [0] and any(call.ok for call in run.removals):
        return None
    return Finding(
        "segment_remove doesn't remove a segment that is still attached.",
        expected="removed, and 0",
        seen=f"it returned {result[0]}" if result else "it didn't return",
        evidence=story(run),
        hint="Removing an attached segment is allowed: it is gone after the last detach.",
    )


def detaches_nothing(run: Run, token: str) -> Finding | None:
    """segment_detach returned -1 for an address where nothing is attached."""
    for given, result in zip(("address", "NULL"), results_of(run, token, "detach")):
        if result != MINUS_ONE:
            return Finding(
                f"segment_detach({given}) returned {result}, although nothing is attached there.",
                expected="-1: return the result of shmdt",
                seen=str(result),
                evidence=story(run),
            )
    return None


def attaches_often(run: Run, token: str, times: int) -> Finding | None:
    """The same segment was attached this many times at once, each time at a new address."""
    given = results_of(run, token, "attach")
    good = [result for result in given if result not in (NULL, MINUS_ONE)]
    if len(set(good)) == times:
        return None
    asked = f"{times} attachments at once: no call depends on those before it"
    if not given or good == given == list(dict.fromkeys(given)):
        seen = "it didn't return"
    elif len(good) < len(given):
        seen = f"it returned {shown('attach', given[-1])}"
    else:
        seen = "it returned an address that it had returned before"
    return Finding(
        f"segment_attach works {_times(len(set(good)))} in a program, and then fails.",
        expected=asked,
        seen=seen,
        evidence=story(run),
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def detaches_often(run: Run, token: str, times: int) -> Finding | None:
    """Each of these attachments was detached."""
    if len(results_of(run, token, "attach")) < times:
        return None
    given = results_of(run, token, "detach")
    good = next((place for place, result in enumerate(given) if result != 0), len(given))
    if good == times:
        return None
    return Finding(
        f"segment_detach works {_times(good)} in a program, and then fails.",
        expected=f"0, {times} times",
        seen=f"it returned {given[good]}" if good < len(given) else "it didn't return",
        evidence=story(run),
    )


def looks_again(run: Run, token: str) -> Finding | None:
    """segment_access finds what was created, and not what was removed since.

    A segment that it creates by mistake is reported elsewhere.
    """
    made, found = results_of(run, token, "create"), results_of(run, token, "access")
    if not made or found[:1] != made:
        return Finding(
            "segment_access doesn't find a segment that the same program created before.",
            expected="the shmid that segment_create returned",
            seen=f"it returned {found[0]}" if found else "it didn't return",
            evidence=story(run),
        )
    if found[1:] != made:
        return None
    return Finding(
        "segment_access finds a segment that the same program removed before.",
        expected="-1, because it is gone: remember nothing, call shmget each time",
        seen=f"it returned {found[1]}",
        evidence=story(run),
    )


def attaches_its_own(run: Run, look: Run, token: str, function: str, value: int) -> Finding | None:
    """What a program wrote into a segment that it created, or looked up, itself is there when
    another one looks.
    """
    word = value.to_bytes(4, "little", signed=True)
    is_there = any(content.data.startswith(word) for content in look.contents())
    if is_there and hands_out_its_memory(run, token):
        return None
    done = {"create": "created", "access": "looked up"}[function]
    given = results_of(run, token, "attach")
    return Finding(
        f"segment_attach doesn't attach a segment that the same program {done} before.",
        expected="the segment's memory, whoever created it",
        seen=f"it returned {shown('attach', given[0])}" if given else "it didn't return",
        evidence=story(run),
    )


def refuses_a_taken_key(run: Run, token: str) -> Finding | None:
    """segment_create returned -1, and the existing segment is untouched."""
    if not answers(run, token):
        return missing(run, "create")
    answer = answers(run, token)[0]
    result = answer.result
    touched = run.created_segments or any(call.ok for call in run.removals)
    # if the system said so and it was lost since, that is reported by itself
    known = any(call.error == "EEXIST" for call in run.calls("shmget", ok=False))
    if result == MINUS_ONE and not touched and (known or answer.error == errno.EEXIST):
        return None
    if result == MINUS_ONE and not touched:
        return Finding(
            f"segment_create refuses a key that is taken, but errno is {name_of(answer.error)}.",
            expected="errno EEXIST",
            seen=f"errno {name_of(answer.error)}",
            evidence=story(run),
            hint="With IPC_CREAT | IPC_EXCL, shmget itself fails, and sets errno to EEXIST.",
        )
    return Finding(
        "segment_create didn't refuse a key that is taken.",
        expected="-1, and the segment with this key untouched",
        seen="the old segment was removed" if run.removals else f"it returned {result}",
        evidence=story(run),
    )


def creates_nothing(run: Run, token: str) -> Finding | None:
    """segment_access returned -1 with ENOENT for a key without a segment, and created none."""
    if run.created_segments:
        return Finding(
            "segment_access created a segment when there was none.",
            expected="-1, and no segment",
            seen=f"a new segment of {bytes_of(run.created_segments[0].size)}",
            evidence=story(run),
        )
    if not answers(run, token):
        return missing(run, "access")
    result = answers(run, token)[0].result
    if result != MINUS_ONE:
        return Finding(
            f"segment_access returned {result} although there is no segment.",
            expected="-1",
            seen=str(result),
            evidence=story(run),
            hint="shmget returns -1 if there is no segment: return its result.",
        )
    failed = run.calls("shmget", ok=False)
    if not failed or any(call.error == "ENOENT" for call in failed):
        return None
    return Finding(
        f"If there is no segment, segment_access fails with {failed[0].error}: IPC_CREAT makes "
        "shmget try to create one.",
        expected="ENOENT, as segment.h says",
        seen=describe_call(failed[0]),
        evidence=story(run),
    )


def left_by_failed_create(run: Run, token: str) -> Finding | None:
    """segment_create failed because of its shmat, and left no segment behind."""
    given = answers(run, token)
    left = [segment for segment in run.created_segments if segment.removed is None]
    if not run.faults_met or not left or (given and given[0].result == left[0].id):
        return None
    return Finding(
        "segment_create failed, because its shmat failed, and left the new segment behind.",
        cause=Cause(codes.LEAVES_SEGMENT),
        expected="nothing left behind",
        seen=f"a segment of {bytes_of(left[0].size)}",
        evidence=story(run),
    )


def only_once(run: Run, function: str) -> Finding:
    """The finding about a function that works once and not a second time."""
    return Finding(
        f"segment_{function} works once, but not for a second segment in the same program.",
        expected="each call depends only on its own parameters",
        seen="the second call depends on the first",
        evidence=story(run),
    )


def removed_another(run: Run, key: int, other: int) -> Finding | None:
    """segment_remove removed the segment that was created last, not the one it was given."""
    by_key = {segment.key: segment for segment in run.created_segments}
    gone = {call.segment for call in run.removals if call.ok}
    if key in by_key and other in by_key and by_key[other].number in gone:
        return Finding(
            "segment_remove removed the wrong segment.",
            expected="the segment with this shmid",
            seen="the segment that was created last",
            evidence=story(run),
        )
    return None
