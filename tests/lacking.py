"""Skips what this machine lacks the tools for: one reason for a group, from the grader's table.

A test says what it needs with `@pytest.mark.needs("strace")`.
"""

from __future__ import annotations

from functools import cache

import pytest

from grader.setup import needs


@cache
def lack(group: str) -> str:
    """Why the tests of a group are left out, "" where they are not."""
    broken = needs.broken(needs.table().of(group))
    return needs.left_out_text(group, broken) if broken else ""


def require(*groups: str) -> None:
    """Skip what is being run, or the module that is being imported. All skips come from this one
    line, so that the summary shows a reason once, however many tests have it."""
    for said in filter(None, map(lack, groups)):
        pytest.skip(said, allow_module_level=True)
