"""One submission of the corpus: a folder with one changed exercise, and its `case.toml`.

    about = "what it is, in one line"
    exercise = "1-fork-wait"
    fails = ["parent_waits"]            the tests that fail, and no others; none for a right one
    not_reached = ["memory"]            those not reached, and no others; not asked if absent
    diagnosis = "never-waited"          the first diagnosis; "" where no rule fits, and the failed
                                        test itself says best what is wrong
    or_diagnosis = "removed-twice"      as right, where the order of the processes decides
    and_diagnosis = "errno-lost"        told, too: two mistakes in one program
    loses = 3                           the points lost; not asked where absent
    why = "..."                         the reason of a decision that could be another
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
KINDS = ("right", "wrong")
KEYS = {"about", "exercise", "fails", "not_reached", "loses", "why"}
KEYS |= {"diagnosis", "or_diagnosis", "and_diagnosis"}


@dataclass(frozen=True)
class Case:
    """What a submission says of itself."""

    folder: Path
    about: str
    exercise: str
    fails: frozenset[str] = frozenset()
    not_reached: frozenset[str] | None = None
    diagnosis: str | None = None
    or_diagnosis: str | None = None
    and_diagnosis: str | None = None
    loses: int | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """As in `wrong/1-no-wait`."""
        return f"{self.kind}/{self.folder.name}"

    @property
    def kind(self) -> str:
        return self.folder.parent.name


def read(folder: Path) -> Case:
    """The case in this folder; raises ValueError where its case.toml does not hold together."""
    said = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    unknown = said.keys() - KEYS
    if unknown:
        raise ValueError(f"{folder}/case.toml: unknown: {', '.join(sorted(unknown))}")
    not_reached = said.get("not_reached")
    right = folder.parent.name == "right"
    return Case(
        folder=folder,
        about=said["about"],
        exercise=said["exercise"],
        fails=frozenset(said.get("fails", ())),
        not_reached=frozenset()
        if right
        else None
        if not_reached is None
        else frozenset(not_reached),
        diagnosis=said.get("diagnosis"),
        or_diagnosis=said.get("or_diagnosis"),
        and_diagnosis=said.get("and_diagnosis"),
        loses=0 if right else said.get("loses"),
        why=said.get("why", ""),
    )


def cases() -> list[Case]:
    """All cases, the right ones first, each kind in the order of its names."""
    folders = (path.parent for kind in KINDS for path in SUBMISSIONS.glob(f"{kind}/*/case.toml"))
    return [read(folder) for folder in sorted(folders)]
