"""Mistakes in removing a segment: too early, never, twice, by another process."""

from __future__ import annotations

from grader.diagnose.case import Case, RuleMatch
from grader.facts.records import Call, Run, Segment
from grader.judge.narrate import bytes_of, describe_call, story, who
from grader.judge.segments import SEGMENT_CALLS, left_behind, missed_after_removal, removal_began

REMOVES = ("removes", "removed_by_its_creator")


def removed_too_early(case: Case) -> RuleMatch | None:
    if case.exercise.is_commands:
        return _gone_in_keeper(case)
    run = case.normal
    call = missed_after_removal(run) if run else None
    if run is None or call is None:
        return None
    missed = (s for s in run.created_segments if (removal_began(run, s) or call.seq) < call.seq)
    segment = next(missed)
    return RuleMatch(
        f"{who(run, segment.removed_by or 1).capitalize()} removed the segment while it was still "
        "needed.",
        f"Afterwards {who(run, call.process)} called {describe_call(call)}. Remove the segment "
        "when every process that needs it has attached it; last, after the wait, is safest.",
        story(run, names=SEGMENT_CALLS, about=[segment.removed_by or 1]),
        section=case.page("remove"),
        shown_in=lambda other: missed_after_removal(other) is not None,
    )


def _gone_in_keeper(case: Case) -> RuleMatch | None:
    for run in case.plain:
        gone = [call for call in run.removals if call.ok]
        if gone and run.command[1:2] == ("create",) and not _own(run, gone[0]):
            return RuleMatch(
                "keeper create removes the segment that already has the key.",
                "Somebody keeps a text in it. If the key is taken, create must fail, and leave "
                "that segment as it is.",
                story(run, names=SEGMENT_CALLS),
                ("create_twice_fails",),
            )
        if gone and run.command[1:2] in (("create",), ("read",)):
            return RuleMatch(
                f"keeper {run.command[1]} removes the segment, so the next command can't find it.",
                "A segment outlives the program that created it. Here that is the point: only the "
                "command remove removes it.",
                story(run, names=SEGMENT_CALLS),
            )
    return None


def _own(run: Run, removal: Call) -> bool:
    """Did this run itself make the segment that it removes?"""
    return any(segment.number == removal.segment for segment in run.created_segments)


def name_of(segment: Segment) -> str:
    return "a private key" if segment.key == 0 else f"key {segment.key}"


def segment_left(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not left_behind(run) or not case.failed("removes"):
        return None
    segment = left_behind(run)[0]
    failed = next((call for call in run.removals if call.error), None)
    others = [call for call in run.calls("shmctl") if call.command != "IPC_RMID"]
    why = (
        f"The segment with {name_of(segment)} ({bytes_of(segment.size)}) still existed after your "
        "program ended: a segment outlives the program. See it yourself: run it, then ipcs -m."
    )
    if failed is not None:
        why = f"{describe_call(failed)}. It needs the shmid from shmget. {why}"
    elif others:
        why = f"You called shmctl with {others[0].command}; IPC_RMID removes a segment. {why}"
    return RuleMatch(
        "The segment was never removed.", why, story(run, names=SEGMENT_CALLS), REMOVES
    )


def removed_twice(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed("removes") or left_behind(run):
        return None
    failed = next((call for call in run.removals if call.error and not call.injected), None)
    if failed is None:
        return None
    return RuleMatch(
        "The segment was removed twice.",
        f"The second time, in {who(run, failed.process)}, there was nothing left to remove: "
        f"{describe_call(failed)}. Once is enough, by the process that created it.",
        story(run, names=SEGMENT_CALLS, about=[failed.process]),
        REMOVES,
    )


def removed_by_another(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None or not case.failed(*REMOVES):
        return None
    for segment in run.created_segments:
        creator, remover = segment.creator, segment.removed_by
        if creator and remover and run.owner(creator) != run.owner(remover):
            return RuleMatch(
                f"The segment was created by {who(run, creator)} and removed by "
                f"{who(run, remover)}.",
                "The creator removes it: after its wait, the parent knows that nobody needs it "
                "any more.",
                story(run, names=SEGMENT_CALLS, about=[creator, remover]),
                REMOVES,
            )
    return None
