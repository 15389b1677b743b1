"""Whose a name is: the students of a class by all that they are called, and what of a download is
whose. A number alone proves nothing, and where two readings are possible both are told. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import permutations

from grader.base.text import visible
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.student import Student, names_of

SUGGESTED = 3
NUMBER_LENGTH = 4
DEFAULT_GROUP = "Default group"  # Moodle's, for those who are in none
WORDS_LIMIT = 5  # of a name, in all orders


@dataclass(frozen=True)
class Found:
    """Whose a submission is; or why that is not clear; or nobody's that is known."""

    students: tuple[Student, ...] = ()
    as_group: bool = False
    unclear: str = ""
    way: str = ""  # in which of several ways the names of the download were read for this
    meant: tuple[Student, ...] = ()  # unclear, but it speaks for these


NOBODY = Found()


class Register:
    """The students of a class, by all that they are called."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = tuple(students)
        self._numbers: _Index = {}
        self._emails = _index(self.students, lambda s: (s.email.casefold(),))
        self._logins = _index(self.students, lambda s: (s.login.casefold(),))
        self._boxes = _index(self.students, lambda s: (s.email.casefold().partition("@")[0],))
        self._githubs = _index(self.students, lambda s: (s.github.casefold(),))
        self._names = _index(self.students, lambda s: orders(s.name))
        self._groups = _index(self.students, lambda s: (plain(s.group),))
        self._ids = _index(self.students, lambda s: (s.id, *(number for number, _ in s.other_ids)))
        self._called = _index(self.students, lambda s: {n.casefold() for n in names_of(s)})
        for student in self.students:
            for number, kind in ((student.id, student.id_kind), *student.other_ids):
                if number:
                    _add(self._numbers, f"{kind}:{number}", student)
        self._has_github = any(student.github for student in self.students)
        self._has_groups = any(student.group for student in self.students)

    # ---- what a teacher writes

    def called(self, text: str) -> tuple[Student, ...]:
        """Those whom a teacher may mean by this: a key, any name of theirs, a name in any order."""
        exact = self._called.get(text.casefold(), [])
        if exact:
            keys = [student for student in exact if student.key == text]
            return tuple(keys or exact)
        return tuple(_closest(text, self._names.get(plain(text), [])))

    def one(self, text: str) -> tuple[Student | None, str]:
        """Who is called this, or why nobody can be meant."""
        found = self.called(text)
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, f"{len(found)} are called {visible(text)}: {_list(found)}"
        near = self.near(text)
        hint = f": is it {_either(near)}?" if near else ""
        return None, f"nobody is called {visible(text)}{hint}"

    def near(self, text: str) -> list[Student]:
        """Those whose names are similar, for a suggestion."""
        wanted = plain(text)
        parts = [
            s for s in self.students if wanted and any(wanted in plain(n) for n in names_of(s))
        ]
        if parts:
            return parts[:SUGGESTED]
        by_name: dict[str, Student] = {}
        for student in self.students:
            words = student.name.replace(",", " ").split()
            for name in (*names_of(student), *words, *orders(student.name)):
                by_name.setdefault(plain(name), student)
        found = get_close_matches(wanted, by_name, SUGGESTED, 0.75)
        return list(dict.fromkeys(by_name[name] for name in found))

    def group(self, name: str) -> tuple[Student, ...]:
        return tuple(self._groups.get(plain(name), ()))

    # ---- what a download says

    def find(self, one: Arrived) -> Found:
        """Whose a submission is, by all that its name can say."""
        claims = (one.claim, *one.readings)
        found = [replace(self._claimed(claim), way=claim.way) for claim in claims]
        known = [each for each in found if each.students]
        different = {frozenset(s.key for s in each.students) for each in known}
        if len(different) > 1:
            return Found(unclear=f"it could be {_either([s for e in known for s in e.students])}")
        unclear = next((each for each in found if each.unclear), None)
        doubts = [each for each in found if each.unclear]
        is_told = known and all(each.meant == known[0].students for each in doubts)
        if known and (is_told or found[0].students):
            return known[0]
        return unclear or found[0]

    def _claimed(self, claim: Claim) -> Found:
        said = any((claim.name, claim.lms_id, claim.email, claim.login, claim.github, claim.group))
        if not said:
            return self._folder(claim.folder)
        found = self._person_or_group(claim)
        if found == NOBODY and claim.no_group:
            return Found(unclear="the roster does not say who is in no group: add a column group")
        if found == NOBODY and claim.github and not self._has_github:
            return self._folder(claim.github)
        if found == NOBODY and claim.folder not in (claim.name, claim.group):
            return self._folder(claim.folder)
        return found

    def _person_or_group(self, claim: Claim) -> Found:
        named = self._named(claim.name)
        keys = [
            self._emails.get(claim.email.casefold(), []),
            self._githubs.get(claim.github.casefold(), []),
            self._logins.get(claim.login.casefold(), [])
            or self._boxes.get(claim.login.casefold(), []),
        ]
        sure, maybe = self._numbered(claim)
        maybe = [] if any(keys) else maybe  # a number of an unknown kind says less than a login
        members = self._members(claim)
        evidence = [found for found in (*keys, named, sure, maybe) if found]
        agreed = [s for s in (evidence or [[]])[0] if all(s in found for found in evidence)]
        if len(named) > 1 and maybe:
            # a number of who knows what does not tell two of one name apart
            evidence.remove(maybe)
            agreed = named
        only_number = not named and not any(keys)
        if members:
            meant = [s for s in named if s in sure or not self._number_denies(claim, s)]
            return _group_or_person(claim, members, meant, sure, any(keys) and bool(agreed))
        if not evidence:
            return NOBODY
        if len(agreed) != 1:
            every = list(dict.fromkeys(s for found in evidence for s in found))
            return Found(unclear=_contradiction(claim, named, sure or maybe, every))
        (student,) = agreed
        if only_number and not _number_suffices(claim, student, bool(sure)):
            return Found(unclear=_number_alone(claim, student), meant=(student,))
        if named and not sure and not any(keys) and self._number_denies(claim, student):
            return Found(unclear=_denied(claim, student))
        if claim.within and student not in sure and not _is_within(claim.within, student):
            group = visible(claim.within)
            other = "somebody else with the whole as a name"
            return Found(unclear=f"it could be {shown(student)} in {group}, or {other}")
        return Found((student,))

    def _members(self, claim: Claim) -> list[Student]:
        members = self._groups.get(plain(claim.group), []) if claim.group else []
        if not members and claim.no_group and self._has_groups:
            return [student for student in self.students if not student.group]
        return members

    def _numbered(self, claim: Claim) -> tuple[list[Student], list[Student]]:
        """Those with this number of the same platform, and of a roster that says no platform."""
        if not claim.lms_id:
            return [], []
        sure = self._numbers.get(f"{claim.kind}:{claim.lms_id}", [])
        # A number that is one assignment's is in no other table than that assignment's.
        may_be = claim.kind and (not claim.is_group_id or not claim.name)
        maybe = self._numbers.get(f":{claim.lms_id}", []) if may_be and not sure else []
        return sure, maybe

    def _number_denies(self, claim: Claim, student: Student) -> bool:
        kinds = [student.id_kind, *(kind for _, kind in student.other_ids)]
        return bool(claim.lms_id) and bool(claim.kind) and claim.kind in kinds

    def _named(self, name: str) -> list[Student]:
        return _closest(name, self._names.get(plain(name), [])) if plain(name) else []

    def _folder(self, name: str) -> Found:
        """What a teacher or student called a folder: any one thing that a student is called."""
        said = name.casefold()
        ways = [
            self._ids.get(name, []),
            self._emails.get(said, []),
            self._logins.get(said, []),
            self._githubs.get(said, []),
            self._named(name),
        ]
        if not any(ways):
            ways.append(self._boxes.get(said, []))
        every = list(dict.fromkeys(student for found in ways for student in found))
        if len(every) == 1:
            return Found((every[0],))
        if every:
            return Found(unclear=f"it could be {_either(every)}")
        members = self._groups.get(plain(name), []) if plain(name) else []
        return Found(tuple(members), as_group=True) if members else NOBODY

    # ---- names in the middle of others

    def mentioned(self, text: str) -> list[Student]:
        """Those whose whole name, login, number or e-mail is a part of a name."""
        words = _words(text)
        found: dict[Student, None] = {}
        for at, word in enumerate(words):
            for order, student in self._first_words.get(word, ()):
                if words[at : at + len(order)] == order:
                    found[student] = None
        return list(found)

    @cached_property
    def _first_words(self) -> dict[str, list[tuple[list[str], Student]]]:
        """What students are called, in words, by the first of them."""
        index: dict[str, list[tuple[list[str], Student]]] = {}
        for student in self.students:
            for name in names_of(student):
                for order in _word_orders(name):
                    if _is_telling(order):
                        index.setdefault(order[0], []).append((order, student))
        return index


def _group_or_person(
    claim: Claim, members: list[Student], named: list[Student], sure: list[Student], is_keyed: bool
) -> Found:
    """A group has this name; is one of the others meant?"""
    group = Found(tuple(members), as_group=True)
    if is_keyed or (named and named != members):
        told = _list(named) or "one student"
        return Found(unclear=f"it could be {told}, or the group {visible(claim.group)}")
    if not claim.is_group_id and sure and not set(sure) & set(members):
        return Found(
            unclear=f"{visible(claim.lms_id)} is the number of {_either(sure)}, who is not in the"
            f" group {visible(claim.group)}"
        )
    return group


def _is_within(group: str, student: Student) -> bool:
    """Is this the student's group or section, or a name that no first name looks like?"""
    known = {plain(student.group), plain(student.section)}
    return plain(group) in known or group == DEFAULT_GROUP or any(c.isdigit() for c in group)


def _number_suffices(claim: Claim, student: Student, is_sure: bool) -> bool:
    """Is a number enough, as the same platform gave it and no other name contradicts?"""
    pairs = ((claim.email, student.email), (claim.login, student.login))
    if any(said and known for said, known in pairs):
        return False  # it is another's, or it had been found by that
    if not claim.group and near_name(claim.name, student.name):
        return True  # a group may be called after one of its members
    # "Participant 17" of a worksheet is what its blind download calls "Participant_17".
    is_its_text = plain(claim.name + claim.lms_id) == plain(student.id_text)
    return is_sure and (not claim.name or is_its_text)


def _number_alone(claim: Claim, student: Student) -> str:
    if claim.email or claim.login:
        return (
            f"{visible(claim.lms_id)} is the number of {shown(student)}, but"
            f" {visible(claim.email or claim.login)} is somebody else"
        )
    if not claim.name:
        return (
            f"{visible(claim.lms_id)} is the number of {shown(student)}, but the roster does not"
            " say that this number is this platform's"
        )
    return (
        f"{visible(claim.lms_id)} is the number of {shown(student)}, but {visible(claim.name)} is"
        " another name: a group's, or somebody else's"
    )


def _denied(claim: Claim, student: Student) -> str:
    return (
        f"it has the name of {shown(student)}, but {visible(claim.lms_id)} is not that student's"
        " number: a group of this name, or a table of another assignment"
    )


def _contradiction(
    claim: Claim, named: list[Student], numbered: list[Student], every: list[Student]
) -> str:
    if named and numbered:
        return (
            f"{visible(claim.name)} is the name of {_list(named)}, and {visible(claim.lms_id)} the"
            f" number of {_list(numbered)}"
        )
    return f"it could be {_either(every)}"


# ---- names


def plain(name: str) -> str:
    """Letters and digits alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def orders(name: str) -> set[str]:
    """A name in the orders of the platforms: Ada Lovelace, Lovelace, Ada, lovelaceada."""
    first, comma, last = name.partition(",")
    words = f"{last} {first}".split() if comma else name.split()
    return {plain("".join(words[cut:] + words[:cut])) for cut in range(max(1, len(words)))}


def near_name(said: str, known: str) -> bool:
    """Has one of two names all words of the other, and at least two of them?"""
    words, others = set(_words(said)), set(_words(known))
    if len(words & others) >= 2 and (words <= others or others <= words):
        return True
    glued = plain(said)  # Canvas leaves no space
    if len(words) > 1 or not 2 <= len(others) <= WORDS_LIMIT:
        return False
    return any("".join(some) in glued for some in permutations(others))


def _words(text: str) -> list[str]:
    parts = re.split(r"[\W_]+", unicodedata.normalize("NFC", text))
    return [plain(part) for part in parts if plain(part)]


def _word_orders(name: str) -> Iterable[list[str]]:
    words = _words(name)
    for cut in range(len(words)):
        yield words[cut:] + words[:cut]


def _is_telling(words: Sequence[str]) -> bool:
    """Does nobody write this by chance? Not a letter, and no small number."""
    text = "".join(words)
    return len(text) >= (NUMBER_LENGTH if text.isdigit() else 2)


def _closest(name: str, found: list[Student]) -> list[Student]:
    """Of those who differ by accents or case alone, the one who is written like this."""
    ways: tuple[Callable[[str], str], ...] = (_with_accents, lambda written: written)
    for written in ways:
        said = {written(order) for order in _joined(name)}
        same = [s for s in found if said & {written(order) for order in _joined(s.name)}]
        if len(found) > 1 and len(same) == 1:
            return same
    return list(found)


def _joined(name: str) -> set[str]:
    first, comma, last = name.partition(",")
    words = f"{last} {first}".split() if comma else name.split()
    return {"".join(words[cut:] + words[:cut]) for cut in range(max(1, len(words)))}


def _with_accents(name: str) -> str:
    letters = unicodedata.normalize("NFC", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


# ---- sentences


def shown(student: Student) -> str:
    """A student, for a sentence: the name, and the key beside it."""
    if student.name and student.name != student.key:
        return f"{visible(student.name)} ({visible(student.key)})"
    return visible(student.key)


def _list(students: Iterable[Student]) -> str:
    return ", ".join(dict.fromkeys(shown(student) for student in students))


def _either(students: Iterable[Student]) -> str:
    *most, last = dict.fromkeys(shown(student) for student in students)
    return f"{', '.join(most)} or {last}" if most else last


# ---- indices

_Index = dict[str, list[Student]]


def _add(index: _Index, value: str, student: Student) -> None:
    known = index.setdefault(value, [])
    if student not in known:
        known.append(student)


def _index(students: Iterable[Student], of: Callable[[Student], Iterable[str]]) -> _Index:
    """Students by value; nobody has the empty one."""
    index: _Index = {}
    for student in students:
        for value in of(student):
            if value:
                _add(index, value, student)
    return index
