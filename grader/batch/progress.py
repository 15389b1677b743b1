"""How far a class is: plain lines for a log."""

from grader.batch.jobs import Outcome


class Progress:
    """Says nothing."""

    def read(self, count: int) -> None:
        """So many submissions were read."""

    def begin(self, total: int, known: int) -> None:
        """Grading begins: of all, so many need no grade."""

    def done(self, student: str, outcome: Outcome) -> None:
        """One more is graded, or could not be."""

    def end(self) -> None:
        """Grading has ended."""
