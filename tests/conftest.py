"""After a run that graded submissions or mutants, one table says how well the grader judged; after
one that tried attacks, another what each of them earned.
"""

from __future__ import annotations

import os

import pytest

from tests.hostile import table as attacks
from tests.judge.table import rendered
from tests.lacking import require

pytest_plugins = ["tests.quick.plugin"]

# Students wrote these, some of them to take pytest over: nothing there is ours to collect.
collect_ignore = ["submissions"]


def pytest_configure(config: pytest.Config) -> None:
    line = "needs(group, ...): skipped where this machine lacks a group of grader/setup/needs.txt"
    config.addinivalue_line("markers", line)
    # They were for these tests; the grader's own pytest would take them for its own.
    os.environ.pop("PYTEST_ADDOPTS", None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        require(*mark.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The marks come with the reports, also from other processes."""
    said = [
        (name, value)
        for each in terminalreporter.stats.values()
        for report in each
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
    ]
    tried = [tuple(value) for name, value in said if name == "attacked"]
    if tried:
        file = attacks.write(tried)
        terminalreporter.line(f"{len(tried)} attacks: what each of them earned is in {file}")
    marks = [(row, good) for name, value in said if name == "judged" for row, good in value]
    if marks:
        terminalreporter.section("how the grader judges", sep="-")
        for line in rendered(marks):
            terminalreporter.line(line)
