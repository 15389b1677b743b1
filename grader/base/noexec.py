"""File systems that were mounted noexec: no program on them can run, whatever its permissions."""

import os
from pathlib import Path


def mounted_noexec(folder: Path) -> Path | None:
    """Where the file system of this folder is mounted, if no program may run on it."""
    if not os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    mount = folder.resolve()
    while not mount.is_mount():
        mount = mount.parent
    return mount


def remount(mount: Path) -> str:
    """The command that lets programs run there."""
    return f"{'' if os.geteuid() == 0 else 'sudo '}mount -o remount,exec {mount}"
