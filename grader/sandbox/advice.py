"""What to do where a level does not hold. Each piece of advice is given only where its cause was
seen on this machine; else the reason is not known.
"""

import shlex
import stat
from collections.abc import Sequence
from pathlib import Path

PROC = Path("/proc")
CONTAINER_FILES = (Path("/.dockerenv"), Path("/run/.containerenv"))
AGAIN = "try again; where it stays so, run grader/doctor on a machine with less to do"
NOT_KNOWN = "the reason is not known"

# What forbids namespaces on some systems: the file that says so, its value, and what allows them.
FORBIDDEN = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("user/max_user_namespaces", "0", "15000"),
)
CONTAINER_OPTIONS = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
ALL_OF_PROC = "--security-opt systempaths=unconfined"


def for_namespaces(reason: str) -> str:
    """What to allow, where a refusal is the reason."""
    if not any(word in reason for word in ("not permitted", "ermission", "No space left")):
        return NOT_KNOWN
    for name, value, allowed in FORBIDDEN:
        if _said(PROC / "sys" / name) == value:
            setting = name.replace("/", ".")
            return f"allow user namespaces: sudo sysctl -w {setting}={allowed}"
    options = [CONTAINER_OPTIONS] if is_filtered() or is_container() else []
    options += [ALL_OF_PROC] if "proc" in reason and _is_proc_covered() else []
    if not options:
        return NOT_KNOWN
    seen = "a seccomp filter is around this process" if is_filtered() else "this is a container"
    return f"allow user namespaces: {seen}; start the container with {' '.join(options)}"


def is_container() -> bool:
    return any(path.exists() for path in CONTAINER_FILES)


def is_filtered() -> bool:
    """Is a seccomp filter around this process? See proc(5)."""
    return "\nSeccomp:\t2" in _said(PROC / "self" / "status")


def _is_proc_covered() -> bool:
    """Is something mounted over a part of /proc, as containers do? Then no other is allowed."""
    mounts = (line.split() for line in _said(PROC / "self" / "mountinfo").splitlines())
    return any(len(words) > 4 and words[4].startswith("/proc/") for words in mounts)


def _said(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def closing(paths: Sequence[Path], kit: Path) -> str:
    """The commands after which other users can read none of these."""
    commands: list[str] = []
    for path in paths:
        closed = kit if path.is_relative_to(kit) else path
        command = f"chmod go-rwx {shlex.quote(str(closed))}"
        if not closed.exists():
            command = f"mkdir -p -m 700 {shlex.quote(str(closed))}"
        elif closed.stat().st_mode & stat.S_ISVTX:
            command = f"use another folder than {closed}, which is for all users"
        if command not in commands:
            commands.append(command)
    return " && ".join(commands)
