"""`--not-before TIME`: until then no hidden test is run, so that nothing can be learnt of one."""

from datetime import datetime

SHOWN = "%Y-%m-%d %H:%M %Z"


def moment(text: str) -> datetime:
    """2027-01-15T12:00, in this machine's zone where none is named; ValueError for all else."""
    return datetime.fromisoformat(text).astimezone()


def withheld(not_before: datetime | None, now: datetime) -> str:
    """Why hidden tests are not run yet, or ""."""
    if not_before is None or now >= not_before:
        return ""
    return f"the hidden tests are not run before {not_before.strftime(SHOWN)}"
