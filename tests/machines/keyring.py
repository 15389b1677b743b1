"""The newest keyring that this machine's own keyring vouches for.

An older release does not know the keys that sign a newer one, and one distribution has not the keys
of another. Both are packages of Debian, and a release is signed with a key that the release before
it has. So the package comes from the newest release that this machine's apt verifies.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.machines import host
from tests.machines.sources import for_release, rendered

PACKAGES = {"debian": "debian-archive-keyring", "ubuntu": "ubuntu-keyring"}
FILES = {
    "debian": "usr/share/keyrings/debian-archive-keyring",
    "ubuntu": "usr/share/keyrings/ubuntu-archive-keyring",
}
# Some mirrors stand still: their Release files have expired. What they sign is right all the same.
EXPIRED = ("-o", "Acquire::Check-Valid-Until=false")


def keyring(distribution: str, folder: Path) -> Path:
    """The keyring of a distribution, fetched where it was not yet; raises NotRun."""
    made = folder / distribution
    found = _file(distribution, made)
    if found is None:
        _fetch(PACKAGES[distribution], made)
        found = _file(distribution, made)
    if found is None:
        raise host.NotRun(f"no keyring of {distribution} is in its package")
    return found


def _file(distribution: str, folder: Path) -> Path | None:
    stems = [folder / f"{FILES[distribution]}{ending}" for ending in (".gpg", ".pgp")]
    return next((file for file in stems if file.is_file()), None)


def _fetch(package: str, folder: Path) -> None:
    """Unpacks the package into the folder; this machine's apt keeps its state."""
    own = host.itself()[1]
    suites = [*host.released(host.itself()[0]), own]
    suites = suites[: suites.index(own) + 1]
    said = "this machine's sources name no archive of its own release"
    for suite in suites:
        sources = for_release(host.sources(), own, suite)[:1]
        if not sources:
            continue
        apt = _private_apt(folder / suite, rendered(sources))
        # Without Error-Mode an archive that is not verified is no more than a warning.
        done = _run([*apt, "-o", "APT::Update::Error-Mode=any", "update"], folder / suite)
        if done.returncode == 0:
            done = _run([*apt, "download", package], folder / suite)
        found = sorted((folder / suite).glob(f"{package}_*.deb"))
        if done.returncode == 0 and found:
            subprocess.run(["dpkg-deb", "-x", found[-1], folder], check=True)
            return
        said = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "apt-get failed"
    raise host.NotRun(f"{package} cannot be fetched: {said}")


def _private_apt(folder: Path, sources: str) -> list[str | Path]:
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(sources, encoding="utf-8")
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": folder / "parts",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    return ["apt-get", "-q", *EXPIRED, *options]


def _run(words: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
