"""After a run that graded submissions or mutants, one table says how well the grader judged."""

from __future__ import annotations

import pytest

from tests.judge.table import rendered

# Students wrote these, some of them to take pytest over: nothing there is ours to collect.
collect_ignore = ["submissions"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The marks come with the reports, also from other processes."""
    reports = [r for each in terminalreporter.stats.values() for r in each]
    marks = [
        (row, good)
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == "judged"
        for row, good in value
    ]
    if marks:
        terminalreporter.section("how the grader judges", sep="-")
        for line in rendered(marks):
            terminalreporter.line(line)
