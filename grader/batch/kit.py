"""Which kit this is: a fingerprint of all files that a verdict can depend on.

A commit does not say it: a file may have been changed since, and a copy without .git has none.
What only shows results (formats, batch) takes no part, so that a change there grades nobody again.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.base.kit import KIT

TAKING_PART = (
    *("grader/**/*.py", "grader/**/*.[ch]"),
    *("solution/*/*.[ch]", "starter/*/*.[ch]", "starter/*/checks.py"),  # states the exercise
)
# What is not named here takes part: at worst a class is graded once more than needed.
ONLY_SHOWN = frozenset(("author", "batch", "classroom", "cli", "formats", "practice", "setup"))


@cache
def kit_digest() -> str:
    """Sixteen hexadecimal digits: the same on every machine that has the same kit."""
    digest = hashlib.blake2b(digest_size=8)
    for path in files():
        name = path.relative_to(KIT).as_posix().encode()
        for part in (name, path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def files() -> Iterator[Path]:
    for pattern in TAKING_PART:
        for path in sorted(KIT.glob(pattern)):
            parts = path.relative_to(KIT).parts
            only_shown = parts[0] == "grader" and parts[1] in ONLY_SHOWN
            if path.is_file() and not only_shown and "__pycache__" not in parts:
                yield path
