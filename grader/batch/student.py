"""A student of a class. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

SLUG_LENGTH = 60


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
    other_ids: tuple[tuple[str, str], ...] = ()  # numbers, and of which kind each is
    on_roster: bool = True
    id_kind: str = ""  # the platform whose number `id` is; "" where the roster does not say
    id_text: str = ""  # `id` with what the platform writes around it: Participant 17

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
