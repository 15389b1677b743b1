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
