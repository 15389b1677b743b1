"""What a person should look at before grades go out, ranked: places to look, not verdicts. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.batch.rows import EMPTY, Json
from grader.batch.students import Entry
from grader.report.model import FAILED, NOT_REACHED, ExerciseResult

# In this order: what may be wrong about a grade, before what may be unfair, before what is odd.
FAULT, ATTACK, NOTHING, LIMIT, NEAR_MISS, MINUTES, ALIKE, STRANGER = range(8)
WHAT = {
    FAULT: "not graded",
    ATTACK: "facts not trusted",
    NOTHING: "nothing to grade",
    LIMIT: "hangs on a limit",
    NEAR_MISS: "right but for one thing",
    MINUTES: "late by minutes",
    ALIKE: "nearly alike",
    STRANGER: "not on the roster",
}
LIMITS = ("limit-hit",)  # the diagnoses that say that a limit ended it
# The diagnoses of a form: the idea is there, and a line or a status is not as it is asked for.
FORMS = ("wrong-label", "no-newline", "wrong-exit-status", "not-exact", "lost-in-buffer")
FEW_MINUTES = re.compile(r"(\d{1,2}) min")
MINUTES_LIMIT = 30
ALIKE_SHARE = 20  # pairs that are listed


@dataclass(frozen=True)
class Look:
    """One thing to look at."""

    rank: int
    student: str
    link: str
    why: str

    @property
    def what(self) -> str:
        return WHAT[self.rank]


def looks_of(
    entry: Entry, row: Json | None, faults: Mapping[str, str], link: str
) -> Iterable[Look]:
    """What a student's row says."""
    name = entry.student.name or entry.student.key
    if entry.student.key in faults:
        yield Look(FAULT, name, link, faults[entry.student.key])
    if not entry.student.on_roster:
        yield Look(STRANGER, name, link, entry.arrived.source if entry.arrived else "")
    if row is None:
        return
    if row["status"] == EMPTY:
        why = "; ".join(row["notes"][:2]) or "no exercise in it"
        yield Look(NOTHING, name, link, why)
    found = FEW_MINUTES.fullmatch(row["late"])
    if found and int(found[1]) <= MINUTES_LIMIT and row["penalty"] != "0":
        yield Look(MINUTES, name, link, f"{row['late']} late: {row['penalty']} points off")


def looks_of_results(name: str, link: str, results: Sequence[ExerciseResult]) -> Iterable[Look]:
    """What a student's tests say."""
    for result in results:
        for remark in result.remarks:
            yield Look(ATTACK, name, link, f"{result.id}: {remark}")
        limits = [found for found in result.diagnoses if found.id in LIMITS]
        for found in limits:
            yield Look(LIMIT, name, link, f"{result.id}: {found.text} ({_points(found.lost)})")
        lost = [test for test in result.tests if test.verdict in (FAILED, NOT_REACHED)]
        forms = [found for found in result.diagnoses if found.id in FORMS]
        if limits or not lost or result.score is None:
            continue
        left = result.max_score - result.score
        if forms and len(forms) == len(result.diagnoses):
            yield Look(NEAR_MISS, name, link, f"{result.id}: {forms[0].text} ({_points(left)})")
        elif len(lost) == 1 and len(result.tests) > 2:
            yield Look(
                NEAR_MISS, name, link, f"{result.id}: only “{lost[0].name}” ({_points(left)})"
            )


def looks_of_pairs(pairs: Iterable[tuple[str, str, int]]) -> list[Look]:
    """Those who are most alike: two students and the length of what they share."""
    most = sorted(pairs, key=lambda pair: -pair[2])[:ALIKE_SHARE]
    return [
        Look(ALIKE, f"{first} and {second}", "#alike", f"{tokens} tokens are alike")
        for first, second, tokens in most
    ]


def ranked(looks: Iterable[Look]) -> list[Look]:
    return sorted(looks, key=lambda look: (look.rank, look.student, look.why))


def _points(count: int) -> str:
    return f"{count} point" if count == 1 else f"{count} points"
