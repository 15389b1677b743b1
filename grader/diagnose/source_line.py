"""The line of the student's file that a mistake belongs to: the line of its call."""

import re
from collections.abc import Mapping

HIDDEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def place_of(names: tuple[str, ...], exercise: str, sources: Mapping[str, str]) -> str:
    """ "2-sharing/sharing.c:31", or "" if none of these calls is found."""
    if not names:
        return ""
    call = re.compile(rf"\b(?:{'|'.join(names)})\s*\(")
    for file, text in sources.items():
        plain = HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        found = call.search(plain)
        if found:
            return f"{exercise}/{file}:{plain.count(chr(10), 0, found.start()) + 1}"
    return ""
