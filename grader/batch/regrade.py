"""What a grade anew would change, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.base.text import cut, visible
from grader.batch.rows import Json

# Where it lies and how it is worded is no other grade.
NO_GRADE = ("source", "notes", "first", "names", "name", "base", "adjusted")
REASONS = (
    ("content", "another submission"),
    ("kit", "another kit"),
    ("seed", "another seed"),
    ("secret", "another secret half of the seed"),
    ("options", "other options"),
)
CHECKS_SHOWN = 4
NAME_LENGTH = 30


@dataclass(frozen=True)
class Change:
    """One student's old and new grade."""

    student: str
    old: str
    new: str
    why: tuple[str, ...]
    flipped: tuple[str, ...]  # "1-fork-wait/parent_waits 3 → 0"

    @property
    def is_seen(self) -> bool:
        """Would anybody notice?"""
        return self.old != self.new or bool(self.flipped)


def differs(old: Json, new: Json) -> bool:
    """Is this another grade, or made from something else?"""
    names = {*old, *new} - {*NO_GRADE}
    return any(old.get(name) != new.get(name) for name in names)


def change_of(student: str, old: Json, new: Json) -> Change:
    return Change(student, _grade(old), _grade(new), _why(old, new), _flipped(old, new))


def _grade(row: Json) -> str:
    return f"{row['final']}/{row['of']}"


def _why(old: Json, new: Json) -> tuple[str, ...]:
    before, now = old["origin"], new["origin"]
    why = [
        f"{text} ({before[name]} → {now[name]})" if name in ("kit", "seed") else text
        for name, text in REASONS
        if before.get(name) != now.get(name)
    ]
    if old["policy"] != new["policy"]:
        why.append("another policy")
    if old.get("hand", "") != new.get("hand", ""):
        why.append("another adjustment")
    if old["submitted"] != new["submitted"]:
        why.append(f"another time ({old['submitted'] or 'none'} → {new['submitted'] or 'none'})")
    if old["isolation"] != new["isolation"]:
        why.append(f"another isolation ({old['isolation']} → {new['isolation']})")
    if not why:
        why.append("nothing changed: the program does not do the same twice")
    return tuple(why)


def _flipped(old: Json, new: Json) -> tuple[str, ...]:
    before, now = old["tests"], new["tests"]
    return tuple(
        f"{name} {_points(before.get(name))} → {_points(now.get(name))}"
        for name in [*before, *(name for name in now if name not in before)]
        if before.get(name) != now.get(name)
    )


def _points(points: object) -> str:
    return "–" if points is None else str(points)


def table(changes: Sequence[Change], accepted: bool) -> list[str]:
    """The lines that tell a TA of all changes."""
    seen = [change for change in changes if change.is_seen]
    quiet = len(changes) - len(seen)
    if not changes:
        return []
    said = "now count" if accepted else "would change; what counts stays until --accept"
    lines = [f"{len(seen)} grades {said}:"] if seen else []
    names = [cut(visible(change.student), NAME_LENGTH) for change in seen]
    width = max(map(len, names), default=0)
    scores = max((len(change.old) for change in seen), default=0)
    for name, change in zip(names, seen):
        lines.append(
            f"  {name:{width}}  {change.old:>{scores}} → {change.new:{scores}}"
            f"  {'; '.join(change.why)}"
        )
        lines += (f"  {'':{width}}    {check}" for check in change.flipped[:CHECKS_SHOWN])
        more = len(change.flipped) - CHECKS_SHOWN
        if more > 0:
            lines.append(f"  {'':{width}}    and {more} checks more")
    if quiet:
        reasons = dict.fromkeys(why for c in changes if not c.is_seen for why in c.why)
        state = "counts as" if accepted else "would count as"
        lines.append(f"{quiet} with the same points, which {state} made by: {'; '.join(reasons)}")
    return lines
