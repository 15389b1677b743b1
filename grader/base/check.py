"""How a hidden test describes itself, and how it reports its verdict.

A hidden test is a pytest function that takes the `submission` fixture. Its docstring is its name
in the report, its decorator says how many points it has, and it returns (passed) or raises Failed,
NotReached or Fault. A plain `assert fact, "message"` is a Failed with that message.

    @check(points=3, concept="waiting", section="1-fork-wait#the-parent-waits", hint="Wait first.")
    def test_parent_waits(submission: Submission) -> None:
        \"\"\"The parent waits for its child\"\"\"
        run = submission.run(12, 7, schedule="parent-first")
        assert run.parent.waited_for(run.child), "the parent never waited for its child"
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

VISIBILITIES = ("hidden", "public")
ATTRIBUTE = "__grader_check__"

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True)
class Check:
    """What the decorator of a hidden test says."""

    points: int
    concept: str
    section: str
    hint: str
    visibility: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """What was found, for a diagnosis to match: a code (judge/codes.py), and its details.

    `when` says in which runs only it was seen ("With the argument 3"), `where` is the line of the
    student's file, if these are known.
    """

    code: str = ""
    detail: str = ""
    when: str = ""
    where: str = ""


class Outcome(BaseException):
    """How a test ends if it does not return. As with pytest's own outcomes, an `except Exception`
    does not swallow it.
    """


class NotReached(Outcome):
    """The test can't be judged, because something else is missing that is reported elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fault(Outcome):
    """An internal error: the grader's own, never the student's, never scored."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(
    *,
    points: int,
    concept: str,
    section: str,
    hint: str,
    visibility: str = "hidden",
    needs: Sequence[str] = (),
) -> Callable[[F], F]:
    """Mark a pytest function as a hidden test; `needs` names tests that must pass first."""
    if visibility not in VISIBILITIES:
        raise ValueError(f"visibility is {visibility!r}, not one of {', '.join(VISIBILITIES)}")
    if points < 0:
        raise ValueError("points are not negative")
    said = Check(points, concept, section, hint, visibility, tuple(needs))

    def mark(function: F) -> F:
        setattr(function, ATTRIBUTE, said)
        return function

    return mark


def check_of(function: object) -> Check | None:
    """What the decorator of this function said, or None if there is none."""
    said = getattr(function, ATTRIBUTE, None)
    return said if isinstance(said, Check) else None
