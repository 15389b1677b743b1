"""The kit as the machine gets it: the files of this checkout, built for arm64, as a disk."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

KIT = Path(__file__).resolve().parents[3]
COMPILER = "aarch64-linux-gnu-gcc"
ROOM_MB = 600  # that the disk has beyond the files
NOTHING_TO_INSTALL = (
    "#!/bin/sh\n# The machine has no network, and what the steps need is there.\nexit 0\n"
)


def disk(work: Path) -> Path:
    """The disk, made anew; what was built before is built again only where it changed."""
    kit = work / "kit"
    _copy(kit)
    _build(kit, work / "cross")
    image = work / "kit.img"
    used = int(
        subprocess.run(["du", "-sm", kit], check=True, capture_output=True).stdout.split()[0]
    )
    with open(image, "wb") as file:
        file.truncate((used + ROOM_MB) << 20)
    form = ["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", str(kit), str(image)]
    subprocess.run(form, check=True)
    return image


def _copy(kit: Path) -> None:
    """The files that git knows, and new ones; with their times, as make looks at them."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listed, cwd=KIT, check=True, capture_output=True, text=True).stdout
    names = {
        name
        for name in told.split("\0")
        if name and (KIT / name).is_symlink() | (KIT / name).is_file()
    }
    for name in names:
        target = kit / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy2(KIT / name, target, follow_symlinks=False)
    for path in [path for path in kit.rglob("*") if path.is_symlink() or path.is_file()]:
        name = str(path.relative_to(kit))
        if name not in names and not name.startswith("build/"):
            path.unlink()
    (kit / "grader" / "install").write_text(NOTHING_TO_INSTALL, "utf-8")


def _build(kit: Path, cross: Path) -> None:
    criterion = f"-I{cross / 'include'} -L{cross / 'lib'}"
    lenient = "-Wl,--unresolved-symbols=ignore-in-shared-libs"  # Criterion's own libraries
    for compiler, *targets in (
        (COMPILER, "witness", "witness-programs", "witness-asan", "witness-late"),
        (f"{COMPILER} {criterion} {lenient}", "witness-units"),
    ):
        make = ["make", "--silent", "--no-print-directory", "-j2", f"CC={compiler}"]
        subprocess.run([*make, *targets], cwd=kit, check=True)
