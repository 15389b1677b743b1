"""4-keeper: which commands work, and what is wrong in the rarer situations, if anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.facts.records import Run
from grader.grading.submission import Submission
from grader.hidden.keeper_runs import LARGE, WORD, Trial
from grader.judge.failures import has_id_zero, takes_zero_for_failure
from grader.judge.finding import Finding, only_if
from grader.judge.keeper import (
    changes_nothing,
    creates,
    creates_alike,
    fails,
    fails_like,
    is_removed,
    made,
    no_value,
    reads_changed_text,
    says_long_value,
    says_value,
    stays,
    stored,
    succeeds,
)
from grader.judge.output import result_lines
from grader.judge.untraced import makes_something_else


def with_segment(submission: Submission) -> Trial:
    """Most tests need a segment to look at, even one with a wrong key or a wrong size."""
    trial = Trial(submission)
    only_if(stays(trial.story["create"]), "create doesn't create a segment yet")
    finds_it = made(trial.story["create"], trial.note.key) or reads(trial) or writes(trial)
    only_if(finds_it, "the other commands don't find the segment that create made")
    return trial


def writes(trial: Trial) -> bool:
    """Does a text that fits come back from the segment?"""
    long, runs = trial.note.long, trial.story
    return says_value(runs["read_long"], long) is None and stored(runs["write_long"], long) is None


def reads(trial: Trial) -> bool:
    runs = trial.story
    new, long = says_value(runs["read_new"], ""), says_value(runs["read_long"], trial.note.long)
    return new is None or long is None


def removes(trial: Trial) -> bool:
    removed = (trial.rarer["remove"], removal_of_text(trial))
    return all(is_removed(run) is None for run in removed)


def removal_of_text(trial: Trial) -> Run:
    """remove with a text in the segment; of an empty one if the text's was removed before."""
    runs = trial.rarer
    there = is_there(runs[name] for name in ("create_again", "write", "read"))
    return runs["remove_text" if there else "remove"]


def is_there(runs: Iterable[Run]) -> bool:
    """None of these runs removed the segment: removing it too early is reported elsewhere."""
    return all(is_removed(run) for run in runs)


def without_segment(trial: Trial) -> list[Run]:
    """The commands that otherwise work, when there is no segment."""
    works = {"read": reads, "write": writes, "remove": removes}
    return [run for name, run in trial.without_segment.items() if works[name](trial)]


def refuses(trial: Trial, run: Run, why: str) -> Finding | None:
    """The command failed. How it fails is reported once, by the test without a segment."""
    finding = fails(run, why)
    told = any(fails_like(run, other) for other in without_segment(trial))
    return None if told else finding


def keeps_the_text(runs: Mapping[str, Run], name: str) -> Finding | None:
    """The bytes in the segment are the same before and after this command of the series."""
    return changes_nothing([*runs.values()], [*runs].index(name))


def reads_the_segment(trial: Trial) -> Finding | None:
    """read prints what the segment contains: the grader changes the text between write and read."""
    other, text = trial.submission.draw("other text").text(WORD), trial.note.long
    return reads_changed_text(trial.read_of_another_text(other), text, other + text[WORD:])


def keeps_a_huge_text(trial: Trial) -> list[Finding | None]:
    """A long text comes back from a large segment.

    If write never compares the text with the segment's size, another test reports that.
    """
    runs, note = trial.rarer, trial.note
    compared = not trial.too_long["write_one_too_many"].ended_well
    if not compared or creates(runs["create_large"], note.others[1], LARGE):
        return []
    read = runs["read_large"]
    return [succeeds(runs["write_large"]), says_long_value(read, note.huge), succeeds(read)]


def keeps_with_negative_key(trial: Trial) -> Finding | None:
    """A text written with a negative key comes back with it, if create accepts such a key."""
    runs, note = trial.rarer, trial.note
    if creates(runs["create_negative"], note.negative, note.size):
        return None
    write, read = runs["write_negative"], runs["read_negative"]
    return succeeds(write) or says_value(read, note.long) or succeeds(read)


def wrong_failing_create(trial: Trial) -> Finding | None:
    run = trial.failing_create()
    return refuses(trial, run, "shmget failed") if run.faults_met else None


def wrong_failing(trial: Trial, name: str, calls: Sequence[str]) -> list[Finding | None]:
    """What is wrong when each of these calls fails; the old text stays the same."""
    findings, runs = list[Finding | None](), trial.failing(name, calls)
    for call in calls:
        run = runs[call]
        if run.faults_met:
            findings.append(refuses(trial, run, f"{call} failed"))
        if run.faults_met and call in ("shmget", "shmat"):
            findings += [no_value(run), keeps_the_text(runs, call)]
    return findings


def meets_a_failure(trial: Trial, names: Mapping[str, Sequence[str]]) -> bool:
    """Was any of these calls made, so that it could fail?"""
    runs = [trial.failing_create()]
    runs += [run for name, calls in names.items() for run in trial.failing(name, calls).values()]
    return any(run.faults_met for run in runs)


def wrong_with_zero(trial: Trial) -> list[Finding | None]:
    """Commands that otherwise work and fail if the segment has the shmid 0."""
    runs, long = trial.with_zero(), trial.note.long
    if not has_id_zero(runs["create"]):
        return []
    both = writes(trial) and reads(trial)
    gone = is_removed(runs["read"]) is None
    wrong = {
        "create": creates_alike(runs["create"], trial.story["create"]),
        "write": stored(runs["write"], long) if both else None,
        "read": says_value(runs["read"], long) if both else None,
        "remove": is_removed(runs["remove"]) if removes(trial) and not gone else None,
    }
    return [takes_zero_for_failure(runs[name]) for name, finding in wrong.items() if finding]


def wrong_untraced(trial: Trial) -> Finding | None:
    """The commands print the same when untraced; a difference must show three times."""
    if not trial.submission.may_untrace:
        return None
    watched = trial.in_order(traced=True)
    if watched[0].options.get("owner_mode"):
        return None  # nobody fixes the mode of a run that is not traced
    alone = trial.in_order(traced=False)
    if _is_alike(watched, alone):
        return None
    again = trial.in_order(traced=False, times=2)
    if _is_alike(watched, again[:3]) or _is_alike(watched, again[4:]):
        return None
    if _printed(alone) == _printed(watched):
        return next(filter(None, map(makes_something_else, watched, alone)), None)
    return Finding(
        "keeper behaves differently when the grader isn't watching.",
        expected=str(_printed(watched)),
        seen=str(_printed(again[:3])),
    )


def _is_alike(watched: Sequence[Run], alone: Sequence[Run]) -> bool:
    differs = any(map(makes_something_else, watched, alone))
    return _printed(alone) == _printed(watched) and not differs


def _printed(runs: Sequence[Run]) -> list[tuple[list[str], bool]]:
    return [(result_lines(run, ["value"]), run.ended_well) for run in runs]
