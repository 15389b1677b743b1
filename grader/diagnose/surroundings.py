"""Mistakes that show only if memory is not empty, or process IDs are large."""

from __future__ import annotations

from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.errors import FAILURES
from grader.diagnose.output import VALUE_TESTS
from grader.judge import codes


def reads_past_the_end(case: Case) -> RuleMatch | None:
    failed = case.failed_by(codes.READS_PAST_THE_END, VALUE_TESTS)
    slots = case.exercise.has_slots
    if not failed:
        return None
    return RuleMatch(
        "Your program reads past the end of the segment.",
        "The system hands out whole pages. You can read what follows the segment on its last page, "
        "and it is mostly 0, so it may look right: but it isn't yours, and here it held something "
        f"else. {'N slots have the numbers 0 to N - 1; an' if slots else 'An'} int has 4 bytes, a "
        "long 8.",
        case.evidence(*failed),
        failed,
    )


def id_for_status(case: Case) -> RuleMatch | None:
    failed = case.failed_by(codes.ID_FOR_STATUS, VALUE_TESTS)
    if not failed:
        return None
    return RuleMatch(
        "You use the child's process ID as its status.",
        "wait and waitpid return the process ID of the child that ended, and store its status at "
        "the address that you pass. WIFEXITED and WEXITSTATUS take that status. A small ID looks "
        "like the status 0; on a machine that has been running for a while, IDs are large.",
        case.evidence(*failed),
        (*failed, *FAILURES),  # it cannot see either that a child failed
    )
