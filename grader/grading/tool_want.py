"""A compiler or make that this machine could not start: that says nothing about the program that it
should have built.

These are only words, which a source can forge through the linker: a grade believes them only if the
kit's own program cannot be compiled at the same moment either.
"""

from __future__ import annotations

import re
import resource
from collections.abc import Iterable

from grader.base.bounds import most_in_group
from grader.facts.records import Granted
from grader.facts.shortage import limit_of_processes

NO_ROOM = "(?:Resource temporarily unavailable|Cannot allocate memory)"
REFUSED = re.compile(
    rf"(?:gcc|cc|collect2)[-\w.]*: (?:fatal )?error: (?:cannot execute .*: )?v?fork: {NO_ROOM}"
    r"|make(?:\[\d+\])?: .*: Resource temporarily unavailable"
    r"|(?:/bin/)?sh: \d+: Cannot fork"
)


def tools_want(lines: Iterable[str]) -> str | None:
    """Which tool says that it could not start, and what to raise; None if none does."""
    refused = next((line for line in lines if REFUSED.fullmatch(line)), None)
    if refused is None:
        return None
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    granted = Granted(processes=None if most == resource.RLIM_INFINITY else most)
    raised = limit_of_processes(granted, {}, most_in_group())
    return f"{refused.partition(':')[0]} could not start another process: raise {raised}"
