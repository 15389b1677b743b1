"""Removes a folder tree that a student's program built: however deep, whatever its modes.

Nothing may run in it any more. Only two descriptors are open at a time and no path is ever put
together, so neither the number of open files nor the length of a path is a limit.
"""

import os
import stat
from contextlib import suppress

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_entry(above: int, name: str) -> None:
    """Remove what has this name in an opened folder; a link is removed, not followed."""
    if not _is_folder(above, name):
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=above)
        return
    names = [name]  # from the entry to the folder that is being emptied
    current = _enter(above, name)
    try:
        while True:
            inner = _empty_up_to_a_folder(current)
            if inner is not None:
                current = _moved(current, _enter(current, inner))
                names.append(inner)
            elif len(names) == 1:
                break
            else:
                current = _moved(current, os.open("..", FOLDER, dir_fd=current))
                os.rmdir(names.pop(), dir_fd=current)
    finally:
        os.close(current)
    os.rmdir(name, dir_fd=above)


def _empty_up_to_a_folder(current: int) -> str | None:
    """Unlink what is no folder; the first folder that is met, or None where all is gone."""
    with os.scandir(current) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                return entry.name
            os.unlink(entry.name, dir_fd=current)
    return None


def _is_folder(above: int, name: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _enter(above: int, name: str) -> int:
    os.chmod(name, 0o700, dir_fd=above)  # its owner may have taken its own rights away
    return os.open(name, FOLDER, dir_fd=above)


def _moved(old: int, new: int) -> int:
    os.close(old)
    return new
