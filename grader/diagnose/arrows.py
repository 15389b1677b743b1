"""Points at the lines of a story that are at fault: an arrow, and what is wrong in a few words.

They are the places that the picture of the run marks.
"""

from __future__ import annotations

from dataclasses import replace

from grader.base.exercise import Exercise
from grader.facts.records import Run
from grader.judge.evidence import CALL, END, LINE, Evidence, Key
from grader.picture.wrong import joined, wrongs

ARROW = "   ← "
SAID_ALREADY = ("failed",)  # the line of a failed call says so itself


def pointed(evidence: Evidence, exercise: Exercise, asked: str = "") -> Evidence:
    """The same evidence, with arrows; a line that has one already keeps it."""
    if evidence.run is None or not evidence.keys:
        return evidence
    why = _wrong_places(evidence.run, exercise, asked)
    lines = [
        f"{line}{ARROW}{why[key]}" if key in why and "←" not in line else line
        for line, key in zip(evidence.lines, evidence.keys)
    ]
    return replace(evidence, lines=tuple(lines))


def _wrong_places(run: Run, exercise: Exercise, asked: str) -> dict[Key, str]:
    found = wrongs(run, exercise, asked.split("\n") if asked else ())
    places: dict[Key, str] = {}
    for seq, reasons in found.calls.items():
        if new := [reason for reason in reasons if reason not in SAID_ALREADY]:
            places[CALL, seq] = joined(new)
    for index, reasons in found.lines.items():
        places[LINE, run.lines[index].seq] = joined(reasons)
    for process, reasons in found.ends.items():
        places[END, process] = joined(reasons)
    for call in run.calls("shmget", ok=True):
        if call.created and call.segment in found.segments:
            said = places.get((CALL, call.seq), "")
            places[CALL, call.seq] = joined([*filter(None, [said]), found.segments[call.segment]])
    return places
