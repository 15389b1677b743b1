"""What a process that grades needs of its machine: the witness, and a sandbox that was seen to
hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.requirements import check_machine, witness_file
from grader.sandbox import Held, ladder


@dataclass(frozen=True)
class Machine:
    witness: Held
    isolation: str  # the level that was found


def prepare(isolation: str | None, secrets: Sequence[Path] = ()) -> Machine:
    """Raises Unavailable with the advice where this machine cannot grade."""
    check_machine(isolation)
    witness = Held(witness_file().read_bytes(), "witness")
    with ladder.Search(isolation, witness, secrets) as search:
        import grader.grading.catalogue
        import grader.grading.pytest_plugin
        import grader.grading.workers  # noqa: F401  (pytest too: once, not in each fork)

        return Machine(witness, search.finish())
