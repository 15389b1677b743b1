"""The kit itself: where it is, and which version it is."""

from pathlib import Path

KIT = Path(__file__).resolve().parent.parent.parent


def kit_version() -> str:
    """The commit of the kit, or "" if it is not a clone."""
    try:
        head = (KIT / ".git" / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:12]
        name = head.removeprefix("ref: ")
        loose = KIT / ".git" / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()[:12]
        for line in (KIT / ".git" / "packed-refs").read_text(encoding="ascii").splitlines():
            if line.endswith(f" {name}"):
                return line[:12]
    except (OSError, ValueError):
        pass
    return ""
