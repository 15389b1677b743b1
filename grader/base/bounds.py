"""How many processes the system grants to this one and to all that it starts."""

from __future__ import annotations

import resource
from contextlib import suppress
from functools import cache
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def raise_soft_limit() -> None:
    """As many as the hard limit says: a user namespace keeps to the soft one of who made it."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))


@cache
def most_in_group() -> int | None:
    """What the cgroups around this process allow (cgroups(7), pids.max), where they do."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    return lowest_bound(own, GROUPS)


def lowest_bound(own: str, groups: Path) -> int | None:
    """From the text of /proc/self/cgroup, and the folder where both versions are mounted."""
    bounds = []
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "pids" not in controllers.split(","):
            continue
        top = groups / controllers if controllers else groups
        folder = top / path.lstrip("/")
        for each in (folder, *folder.parents):
            with suppress(OSError, ValueError):  # no file, or "max"
                bounds.append(int((each / "pids.max").read_text(encoding="ascii")))
            if each == top:  # a container may be shown its own part alone
                break
    return min(bounds, default=None)
