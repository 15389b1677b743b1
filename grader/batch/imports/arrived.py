"""One submission as it came, before it is known whose it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.batch.imports.files import Listing


@dataclass(frozen=True)
class Claim:
    """All that a download says of who handed something in; "" where it does not."""

    folder: str = ""  # the name of the folder, archive or repository
    name: str = ""
    lms_id: str = ""
    email: str = ""
    login: str = ""
    github: str = ""
    group: str = ""
    kind: str = ""  # whose number lms_id is: "canvas", ...; "" where that is not known
    is_group_id: bool = False  # lms_id may be a group's, and not a person's
    no_group: bool = False  # handed in by all who are in no group
    way: str = ""  # how the names of this whole download are read, where there are several ways
    within: str = ""  # the group or section that the name says this person is in

    @property
    def label(self) -> str:
        """What to call them where the roster does not know them."""
        return self.name or self.github or self.login or self.email or self.lms_id or self.folder


@dataclass(frozen=True)
class Arrived:
    """A submission: who, when, and how to get at its files."""

    claim: Claim
    source: str  # where it lies, for a person to find it again
    listing: Callable[[], Listing]
    folder: Path | None = None  # the same as a folder on this disk, where it is one
    submitted: datetime | None = None
    is_late: bool | None = None  # what the platform says; None: it says nothing
    attempt: int = 0  # among those with the same time, the higher is the later
    commit: str = ""
    notes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()  # what it is made of at the top of the download
    readings: tuple[Claim, ...] = ()  # what else its name could say of who it was
    earlier: "Callable[[datetime], Arrived | None] | None" = None  # as it was then, where kept
    is_sure: bool = True  # False: it counts only if its name is somebody's on the roster

    @property
    def place(self) -> str:
        """What a teacher calls it by: the last part of where it lies."""
        return self.source.rpartition("/")[2]
