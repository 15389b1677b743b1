"""Which files make the kit another kit."""

from grader.batch.kit import KIT, files


def test_all_that_a_verdict_can_depend_on_takes_part() -> None:
    taking_part = {path.relative_to(KIT).as_posix() for path in files()}
    for name in (
        "grader/base/check.py",
        "grader/hidden/test_1_fork_wait.py",
        "grader/hidden/3_segment_driver.c",
        "grader/judge/fork_wait.py",
        "grader/sandbox/__init__.py",
        "grader/witness/trace.c",
        "solution/3-segment/segment.c",
        "starter/3-segment/segment.h",
        "starter/2-sharing/checks.py",
    ):
        assert name in taking_part


def test_what_only_shows_or_batches_grades_nobody_again() -> None:
    folders = {path.relative_to(KIT).parts[:2] for path in files()}
    assert not folders & {("grader", "formats"), ("grader", "batch"), ("grader", "cli")}
