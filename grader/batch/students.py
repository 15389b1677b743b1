"""Who handed in what: the students of a class, and what of a download is whose. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from grader.base.text import visible
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.student import Student, names_of
from grader.batch.who import Found, Register

__all__ = ["Assigned", "Entry", "Student", "assigned", "entries_of", "names_of"]

LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
Told = Mapping[str, tuple[Student, ...]]  # by a submission's name: what the teacher says of it


@dataclass(frozen=True)
class Entry:
    """A student with what counts of what they handed in, and what does not."""

    student: Student
    arrived: Arrived | None = None
    others: tuple[Arrived, ...] = ()  # earlier ones
    number: str = ""  # of the student on the platform, where the download tells it
    team: str = ""  # the key of one of those who handed in together; "" where nobody did

    @property
    def kind(self) -> str:
        """The platform that the number is from."""
        return self.arrived.claim.kind if self.arrived else ""


@dataclass(frozen=True)
class Assigned:
    """All that arrived, by whose it is."""

    entries: list[Entry]
    unclear: dict[str, str]  # by where it lies: why it is not clear whose it is
    owners: dict[str, tuple[Student, ...]]  # by where it lies; () for what counts for nobody


def entries_of(arrived: Iterable[Arrived], roster: Sequence[Student] | None) -> list[Entry]:
    """Everybody on the roster and everybody who handed in, by key."""
    return assigned(arrived, roster).entries


def assigned(
    arrived: Iterable[Arrived], roster: Sequence[Student] | None, told: Told | None = None
) -> Assigned:
    """What is whose; what is unclear is treated as a stranger's."""
    register = Register(roster or ())
    theirs: dict[str, list[Arrived]] = {}
    numbers: dict[str, str] = {}
    students = {student.key: student for student in roster or ()}
    unclear: dict[str, str] = {}
    owners: dict[str, tuple[Student, ...]] = {}
    strangers: list[Arrived] = []
    looked_up = _one_way([(one, register.find(one)) for one in arrived])
    for one, found in looked_up:
        said = _told(one, told or {})
        if said is None and not found.students:
            if roster and found.unclear:
                unclear[one.source] = found.unclear
            strangers.append(one)
            continue
        meant = found.students if said is None else said
        _add(owners, one, meant)
        for student in meant:
            known = theirs.setdefault(student.key, [])
            if all(other.source != one.source for other in known):
                known.append(one)
            is_theirs = found.students == (student,) and not found.as_group
            if one.claim.lms_id and is_theirs:
                numbers.setdefault(student.key, one.claim.lms_id)
    for one in strangers:
        mentioned = [s for s in register.mentioned(_stem(one)) if s.key not in theirs]
        if mentioned and one.source not in unclear:
            names = " or ".join(visible(s.name or s.key) for s in mentioned)
            unclear[one.source] = f"{names} is named in it, and it could be somebody else's"
        if not one.is_sure:
            _add(owners, one, ())
            continue
        stranger = _stranger(one.claim, on_roster=roster is None)
        if stranger.key in students and students[stranger.key].on_roster and roster:
            stranger = _stranger(one.claim, on_roster=False, taken=True)
        students.setdefault(stranger.key, stranger)
        _add(owners, one, (students[stranger.key],))
        theirs.setdefault(stranger.key, []).append(one)
        if not one.claim.is_group_id:
            numbers.setdefault(stranger.key, one.claim.lms_id)
    entries = [
        _entry(students[key], theirs.get(key, ()), numbers.get(key, ""))
        for key in sorted(students, key=lambda key: key.encode("utf-8", "surrogateescape"))
    ]
    return Assigned([_with_team(entry, owners) for entry in entries], unclear, owners)


def _add(owners: dict[str, tuple[Student, ...]], one: Arrived, more: tuple[Student, ...]) -> None:
    """Gradescope names each of those who handed in together."""
    owners[one.source] = tuple(dict.fromkeys((*owners.get(one.source, ()), *more)))


def _with_team(entry: Entry, owners: Mapping[str, Sequence[Student]]) -> Entry:
    together = owners.get(entry.arrived.source, ()) if entry.arrived else ()
    keys = sorted(student.key for student in together)
    return replace(entry, team=keys[0]) if len(keys) > 1 else entry


def _one_way(looked_up: Sequence[tuple[Arrived, Found]]) -> list[tuple[Arrived, Found]]:
    """All names of a download are made in one way: where two people are found in two ways, neither
    is sure.
    """
    ways = sorted({found.way for one, found in looked_up if found.students and one.readings})
    if len(ways) < 2:
        return list(looked_up)
    why = f"the user name follows {' or '.join(visible(way) for way in ways)}: both find somebody"
    return [
        (one, Found(unclear=why) if found.students and one.readings and found.way else found)
        for one, found in looked_up
    ]


def _told(one: Arrived, told: Told) -> tuple[Student, ...] | None:
    """What the teacher says of it, by its name or that of one of its files or folders."""
    return next((told[name] for name in names_of_submission(one) if name in told), None)


def names_of_submission(one: Arrived) -> tuple[str, ...]:
    """What a teacher may call a submission by."""
    return (one.place, one.source, *one.entries)


def _stem(one: Arrived) -> str:
    return one.claim.folder or one.place


def _entry(student: Student, arrived: Sequence[Arrived], number: str) -> Entry:
    """The latest counts."""
    if not arrived:
        return Entry(student)
    ordered = sorted(arrived, key=_when)
    return Entry(student, ordered[-1], tuple(ordered[:-1]), number)


def _when(one: Arrived) -> tuple[datetime, int, str]:
    when = one.submitted or LONG_AGO
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc), one.attempt, one.source


def _stranger(claim: Claim, on_roster: bool, taken: bool = False) -> Student:
    key = claim.lms_id if claim.name and claim.lms_id else claim.label
    if claim.name and claim.lms_id:
        key = f"{claim.name} {claim.lms_id}"
    return Student(
        key=f"{key} (not on the roster)" if taken else key,
        name=claim.name,
        id=claim.lms_id,
        email=claim.email,
        login=claim.login,
        github=claim.github,
        on_roster=on_roster,
        id_kind=claim.kind,
    )
