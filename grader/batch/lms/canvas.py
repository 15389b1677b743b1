"""Canvas. Its bulk download: `<name>[_LATE]_<user>_<attachment>_<file>`, all at the top; for an
anonymous assignment `[LATE_]anon_<id>_<attachment>_<file>`. A group's files come once, with the
group's name and the number of one of its members.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.imports.top import Top
from grader.batch.lms import REPORT, Graded, GradeTable, Rows, Sign
from grader.batch.students import Entry

NAME = "Canvas"
TITLE = "a download of Canvas"
SIGN = Sign.PATTERN
PAIR = re.compile(r"(?=_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+))")
ANONYMOUS = re.compile(
    # five characters of base58: canvas-lms, lib/anonymity.rb
    r"(?P<late>LATE_)?anon_(?P<late2>LATE_)?(?P<id>[1-9A-HJ-NP-Za-km-z]{5}|\d+)"
    r"_(?P<attachment>\d+)_(?P<file>.+)"
)
TEXT_ENTRY = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?:text|link)\.html")
LATE = "_LATE"
POSSIBLE = "Points Possible"
ASSIGNMENT = "Sharing is caring"  # the column's title in a table that is made here
KIND = "canvas"


@dataclass(frozen=True)
class _Reading:
    """One way to read a name: a student's and a file's may hold underscores and numbers."""

    name: str
    user: str
    attachment: int
    file: str
    is_late: bool
    entry: str

    @property
    def who(self) -> tuple[str, str]:
        return self.name, self.user

    def likeliness(self, digits: int) -> tuple[bool, bool, bool]:
        """Attachments and users are counted for a whole site: the numbers of a download's
        attachments are about the same, and there are far fewer users.
        """
        is_as_others = len(str(self.attachment)) == digits
        return is_as_others, self.attachment > int(self.user), not re.match(r"\d+_", self.file)


def read(top: Top) -> list[Arrived] | None:
    files = [entry.name for entry in top.entries() if not entry.is_folder]
    anonymous = [match for match in map(ANONYMOUS.fullmatch, files) if match]
    hidden = {match.string for match in anonymous}
    named = [found for file in files if file not in hidden and (found := _readings(file))]
    if not anonymous and not named:
        return None
    support = Counter(who for found in named for who in {one.who for one in found})
    lengths = Counter(len(str(found[0].attachment)) for found in named if len(found) == 1)
    digits = max(lengths, key=lambda length: (lengths[length], length), default=0)
    groups: dict[tuple[str, str], list[list[_Reading]]] = {}
    for found in named:
        # max takes the first of equals
        best = max(found, key=lambda one: (support[one.who], one.likeliness(digits)))
        groups.setdefault(best.who, []).append([best, *(o for o in found if o is not best)])
    arrived = [_one(top, found) for found in groups.values()]
    arrived += _anonymous(top, anonymous)
    users = {user for _, user in groups}
    return arrived + _without_files(top, users)


def _readings(file: str) -> list[_Reading]:
    found = []
    for match in PAIR.finditer(file):
        name = file[: match.start()]
        if name and "@" not in name:  # no letter, digit or underscore: Canvas takes it out
            is_late = name.endswith(LATE)
            user, attachment = match["user"], int(match["attachment"])
            name = name.removesuffix(LATE)
            found.append(_Reading(name, user, attachment, match["file"], is_late, file))
    return found


def _one(top: Top, found: Sequence[Sequence[_Reading]]) -> Arrived:
    best = [readings[0] for readings in found]
    others = set.intersection(*({one.who for one in readings[1:]} for readings in found))
    name, user = best[0].who
    return Arrived(
        _claim(name, user),
        f"{top.name}/{name}_{user}",
        _listing(top, [(one.attachment, one.entry, one.file) for one in best]),
        is_late=any(one.is_late for one in best),
        entries=tuple(one.entry for one in best),
        readings=tuple(_claim(*who) for who in sorted(others)),
    )


def _claim(name: str, user: str) -> Claim:
    """A group's files have its name, and the number of the one who stands for it."""
    return Claim(folder=name, name=name, lms_id=user, group=name, kind=KIND)


def _anonymous(top: Top, found: Sequence[re.Match[str]]) -> list[Arrived]:
    users: dict[str, list[re.Match[str]]] = {}
    for match in found:
        users.setdefault(match["id"], []).append(match)
    return [
        Arrived(
            Claim(folder=f"anon_{user}", lms_id=user, kind="anonymous"),
            f"{top.name}/anon_{user}",
            _listing(top, [(int(one["attachment"]), one.string, one["file"]) for one in files]),
            is_late=any(one["late"] or one["late2"] for one in files),
            entries=tuple(one.string for one in files),
        )
        for user, files in users.items()
    ]


def _listing(top: Top, files: Sequence[tuple[int, str, str]]) -> Callable[[], Listing]:
    def read_them() -> Listing:
        ordered = sorted(files)
        return Listing(tuple(replace(top.file(entry), path=file) for _, entry, file in ordered))

    return read_them


def _without_files(top: Top, users: Collection[str]) -> list[Arrived]:
    """Who typed a text or gave a link instead of handing in files."""
    found = []
    for entry in top.entries():
        match = TEXT_ENTRY.fullmatch(entry.name)
        if match and match["user"] not in users:
            note = "a text or a link was entered in Canvas, and no file handed in"
            source = f"{top.name}/{entry.name}"
            claim = _claim(match["name"], match["user"])
            found.append(
                Arrived(
                    claim,
                    source,
                    Listing,
                    is_late=bool(match["late"]),
                    notes=(note,),
                    entries=(entry.name,),
                )
            )
    return found


def _made(graded: Sequence[Graded]) -> Rows:
    titles = ["Student", "ID", "SIS Login ID", "Section", ASSIGNMENT]
    possible = [f"    {POSSIBLE}", "", "", "", str(graded[0].grade.of)]
    rows = [[g.student.name, g.number, g.student.login, g.student.section] for g in graded]
    return [titles, possible, *([*row, g.grade.points] for row, g in zip(rows, graded))]


TABLE = GradeTable(
    is_mine=lambda titles: {"Student", "ID", "Section"} <= set(titles),
    columns=re.compile(r".* \(\d+\)"),
    possible=POSSIBLE,
    id_kind=KIND,
    make=_made,
)


def feedback_place(entry: Entry) -> str | None:
    """Under an attachment of that very submission; the name in front must hold no number."""
    claim = entry.arrived.claim if entry.arrived else Claim()
    for name in entry.arrived.entries if entry.arrived and claim.kind == KIND else ():
        for match in PAIR.finditer(name):
            if match["user"] == claim.lms_id:
                return f"report_{claim.lms_id}_{match['attachment']}_{REPORT}"
    return None
