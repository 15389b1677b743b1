"""A minimal root of a release, kept as a tar: what a reader of the README has, and nothing more."""

from __future__ import annotations

import datetime
import shlex
import subprocess
from pathlib import Path

from tests.machines import host
from tests.machines.keyring import keyring
from tests.machines.sources import for_release, rendered

# To clone the kit over https, and to type the README's first command.
READER_HAS = ("apt", "ca-certificates", "git", "make")
TRUSTED = "etc/apt/trusted.gpg.d/machines"


def root_of(release: str, folder: Path, fresh: bool) -> Path:
    """The tar of a release's root, made where there is none yet; raises NotRun."""
    kept = sorted(folder.glob(f"{release}-????-??-??.tar"))
    if kept and not fresh:
        return kept[-1]
    folder.mkdir(parents=True, exist_ok=True)
    tar = folder / f"{release}-{datetime.date.today().isoformat()}.tar"
    part = tar.with_suffix(".part")
    command, sources = _command(release, part, folder / "keyrings"), _sources(release)
    log = folder / f"{release}.log"
    try:
        with log.open("wb") as stream:
            done = subprocess.run(
                command,
                input=sources.encode(),
                stdout=stream,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise host.NotRun(f"{release} cannot be fetched: {reason(log.read_text())} ({log})")
        part.rename(tar)
    finally:
        part.unlink(missing_ok=True)
    for old in kept:
        if old != tar:
            old.unlink()
    return tar


def _sources(release: str) -> str:
    """Nothing for another distribution: mmdebstrap knows where that is."""
    own_distribution, own = host.itself()
    if host.distribution_of(release) != own_distribution:
        return ""
    found = for_release(host.sources(), own, release)
    if not found:
        raise host.NotRun(f"this machine's sources name no archive of its own release ({own})")
    return rendered(found)


def _command(release: str, tar: Path, keyrings: Path) -> list[str | Path]:
    distribution = host.distribution_of(release)
    keys = keyring(distribution, keyrings)
    elsewhere = distribution != host.itself()[0]
    return [
        "mmdebstrap",
        "--variant=minbase",
        "--format=tar",
        f"--include={','.join(READER_HAS)}",
        f"--keyring={keys}",
        # Inside the same keys are known, and an archive that stands still is not refused.
        f'--customize-hook=install -D -m 644 {shlex.quote(str(keys))} "$1"/{TRUSTED}{keys.suffix}',
        '--aptopt=Acquire::Check-Valid-Until "false"',
        "--dpkgopt=force-unsafe-io",
        *(["--components=main,universe"] if elsewhere else []),
        release,
        tar,
        *([] if elsewhere else ["-"]),
    ]


def reason(log: str) -> str:
    """What mmdebstrap, or the apt under it, says went wrong."""
    lines = [line.strip() for line in log.splitlines() if line.startswith(("E: ", "Err:", "W: "))]
    apt = [line for line in lines if line.startswith("E: ") and "apt-get" not in line]
    return (apt or lines or ["no reason is given"])[0]
