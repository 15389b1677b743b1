"""Mistakes that show only where memory is not empty, or process ids are large."""

from __future__ import annotations

from grader.diagnose.case import Case, Said
from grader.diagnose.errors import FAILURES
from grader.diagnose.output import VALUE_TESTS
from grader.judge import codes


def reads_past_the_end(case: Case) -> Said | None:
    failed = case.failed_by(codes.READS_PAST_THE_END, VALUE_TESTS)
    slots = case.exercise.has_slots
    if not failed:
        return None
    return Said(
        "The program reads past the end of the segment.",
        "The system gives memory in whole pages. What follows the segment on its last page can be "
        f"read and is mostly 0, so that it may look right: but it is not yours, and here something "
        f"else stood there. {'N slots have the numbers 0 to N - 1; an' if slots else 'An'} int has "
        "4 bytes, a long 8.",
        case.evidence(*failed),
        failed,
    )


def id_for_status(case: Case) -> Said | None:
    failed = case.failed_by(codes.ID_FOR_STATUS, VALUE_TESTS)
    if not failed:
        return None
    return Said(
        "The child's process id is taken for its status.",
        "wait and waitpid return the id of the child that ended, and store its status at the "
        "address that you give. WIFEXITED and WEXITSTATUS take that status. A small id looks like "
        "the status 0; on a machine that has been running for a while ids are large.",
        case.evidence(*failed),
        (*failed, *FAILURES),  # nor does it see then that a child failed
    )
