"""Which kit this is: a fingerprint of all files that a verdict can depend on.

A commit does not say it: a file may have been changed since, and a copy without .git has none.
What only shows results (formats, batch) takes no part, so that a change there grades nobody again.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent.parent
TAKING_PART = (
    "grader/*.py",
    "grader/diagnose/**/*.py",
    "grader/hidden/**/*.[pc]*",
    "grader/judge/**/*.py",
    "grader/witness/**/*.[ch]",
    "solution/*/*.[ch]",
    "starter/*/*.[ch]",
)
ONLY_SHOWN = ("grader/main.py", "grader/rubric.py", "grader/sections.py", "grader/view.py")


@cache
def kit_digest() -> str:
    """Sixteen hexadecimal digits: the same on every machine that has the same kit."""
    digest = hashlib.blake2b(digest_size=8)
    for path in _files():
        name = path.relative_to(KIT).as_posix().encode()
        for part in (name, path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for pattern in TAKING_PART:
        for path in sorted(KIT.glob(pattern)):
            shown = path.relative_to(KIT).as_posix()
            if path.is_file() and shown not in ONLY_SHOWN and "__pycache__" not in path.parts:
                yield path
