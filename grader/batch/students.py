"""Who is who: the students of a class, and what of what arrived is theirs. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from grader.batch.imports.arrived import Arrived, Claim

SLUG_LENGTH = 60
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Student:
    """One line of a roster, or what a download alone tells of somebody."""

    key: str  # what they are known by: never changes from one grade to the next
    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""
    github: str = ""
    section: str = ""
    group: str = ""
    other_ids: tuple[str, ...] = ()
    on_roster: bool = True

    @property
    def slug(self) -> str:
        """The name of their folder: safe on any disk, and no two alike."""
        plain = unicodedata.normalize("NFKD", self.key).encode("ascii", "ignore").decode()
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-").lower()[:SLUG_LENGTH]
        if safe and safe == self.key:
            return safe
        mark = hashlib.blake2b(self.key.encode("utf-8", "surrogateescape"), digest_size=4)
        return f"{safe}-{mark.hexdigest()}" if safe else mark.hexdigest()


def names_of(student: Student) -> tuple[str, ...]:
    """All that a TA may call a student by."""
    names = (student.key, student.id, student.email, student.login, student.github, student.name)
    return tuple(name for name in (*names, student.slug) if name)


@dataclass(frozen=True)
class Entry:
    """A student with what counts of what they handed in, and what does not."""

    student: Student
    arrived: Arrived | None = None
    others: tuple[Arrived, ...] = ()  # earlier ones


def entries_of(arrived: Iterable[Arrived], roster: Sequence[Student] | None) -> list[Entry]:
    """Everybody on the roster and everybody who handed in, by key."""
    find = finder_of(roster or ())
    theirs: dict[str, list[Arrived]] = {}
    students = {student.key: student for student in roster or ()}
    for one in arrived:
        found = find(one.claim)
        if not found:
            stranger = _stranger(one.claim, on_roster=roster is None)
            if stranger.key in students and students[stranger.key].on_roster and roster:
                stranger = _stranger(one.claim, on_roster=False, taken=True)
            students.setdefault(stranger.key, stranger)
            found = [students[stranger.key]]
        for student in found:
            theirs.setdefault(student.key, []).append(one)
    return [
        _entry(students[key], theirs.get(key, ()))
        for key in sorted(students, key=lambda key: key.encode("utf-8", "surrogateescape"))
    ]


def _entry(student: Student, arrived: Sequence[Arrived]) -> Entry:
    """The latest counts."""
    if not arrived:
        return Entry(student)
    ordered = sorted(arrived, key=_when)
    return Entry(student, ordered[-1], tuple(ordered[:-1]))


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
    )


# ---- matching


def finder_of(roster: Sequence[Student]) -> Callable[[Claim], list[Student]]:
    """Looks a claim up: by what is most certain first; what fits two people fits nobody."""
    ids = _index(roster, lambda s: (s.id, *s.other_ids))
    emails = _index(roster, lambda s: (s.email.casefold(),))
    logins = _index(roster, lambda s: (s.login.casefold(), s.email.casefold().partition("@")[0]))
    githubs = _index(roster, lambda s: (s.github.casefold(),))
    names = _index(roster, lambda s: _names(s.name))
    groups: dict[str, list[Student]] = {}
    for student in roster:
        if student.group:
            groups.setdefault(student.group.casefold(), []).append(student)

    def find(claim: Claim) -> list[Student]:
        looked_up = (
            ids.get(claim.lms_id),
            emails.get(claim.email.casefold()),
            githubs.get(claim.github.casefold()),
            logins.get(claim.login.casefold()),
            ids.get(claim.folder),
            emails.get(claim.folder.casefold()),
            logins.get(claim.folder.casefold()),
            githubs.get(claim.folder.casefold()),
            names.get(_plain(claim.name)),
            names.get(_plain(claim.folder)),
        )
        for student in looked_up:
            if student:
                return [student]
        return groups.get((claim.group or claim.folder).casefold(), [])

    return find


def _index(
    roster: Sequence[Student], of: Callable[[Student], Iterable[str]]
) -> dict[str, Student | None]:
    """Student by value; None where two share it."""
    index: dict[str, Student | None] = {}
    for student in roster:
        for value in set(of(student)):
            if value:
                known = index.get(value, student)
                index[value] = student if known is student else None
    return index


def _names(name: str) -> Iterable[str]:
    """A name in the orders of the platforms: Ada Lovelace, Lovelace, Ada, lovelaceada."""
    first, comma, last = name.partition(",")
    words = f"{last} {first}".split() if comma else name.split()
    yield _plain("".join(words))
    for cut in range(1, len(words)):
        yield _plain("".join(words[cut:] + words[:cut]))


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
