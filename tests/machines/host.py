"""What this machine says of itself: its distribution, its sources, its tools."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.machines.dockerfile import series
from tests.machines.sources import (
    Source,
    parse_deb822,
    parse_list,
    parse_os_release,
    released as released_by,
    releases_of,
)

APT = Path("/etc/apt")
TABLES = Path("/usr/share/distro-info")
NEEDED = {
    "mmdebstrap": "mmdebstrap",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "git": "git",
    "gpgv": "gpgv",
}
DISTRIBUTIONS = ("debian", "ubuntu")


class Cannot(Exception):
    """This machine cannot make others; one line says why, and what to do."""


class NotRun(Exception):
    """A machine that cannot be had here, and why: nothing that the kit could help."""


def check() -> None:
    """Raises Cannot."""
    if os.geteuid() != 0:
        raise Cannot("only root can make a machine and mount what it needs: sudo make machines")
    missing = [package for tool, package in NEEDED.items() if shutil.which(tool) is None]
    missing += [] if TABLES.is_dir() else ["distro-info-data"]
    if missing:
        packages = " ".join(dict.fromkeys(missing))
        raise Cannot(f"please run: apt-get update && apt-get install -y {packages}")


def itself() -> tuple[str, str]:
    """This machine's distribution and release."""
    return parse_os_release(Path("/etc/os-release").read_text(encoding="utf-8"))


def distribution_of(release: str) -> str:
    """Raises NotRun for a name that no distribution has."""
    for name in DISTRIBUTIONS:
        table = TABLES / f"{name}.csv"
        if table.is_file() and release in releases_of(table.read_text(encoding="utf-8")):
            return name
    raise NotRun(f"no release of Debian or Ubuntu is named {release}")


def released(distribution: str) -> list[str]:
    """The releases that are out, newest first."""
    table = (TABLES / f"{distribution}.csv").read_text(encoding="utf-8")
    return released_by(table, datetime.date.today().isoformat())


def release_of(distribution: str, version: str) -> str:
    """The code name of a version; raises ValueError."""
    return series((TABLES / f"{distribution}.csv").read_text(encoding="utf-8"), version)


def sources(apt: Path = APT) -> list[Source]:
    """All that this machine's apt installs from."""
    return [plain for source in _files(apt) for plain in _plain(source)]


def _files(apt: Path) -> Iterator[Source]:
    parts = apt / "sources.list.d"
    for file in [apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if file.is_file():
            yield from parse_list(file.read_text(encoding="utf-8", errors="replace"))
    for file in sorted(parts.glob("*.sources")):
        yield from parse_deb822(file.read_text(encoding="utf-8", errors="replace"))


def _plain(source: Source) -> Iterator[Source]:
    """A list of mirrors in a file of this machine's: the made machine has no such file."""
    scheme, _, path = source.uri.partition(":")
    if scheme == "mirror+file":
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if line.split():
                yield Source(line.split()[0], source.suite, source.components)
    elif scheme != "cdrom":
        yield source
