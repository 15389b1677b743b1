"""Leaves out what need not be run now, and says so; keeps how long each test took."""

from __future__ import annotations

import os
from functools import cache

import pytest

from tests.quick.change import by_folder, changed_files, touched
from tests.quick.choice import chosen, keep_times, known_times

PROCESSES = "PYTEST_XDIST_WORKER_COUNT"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked = os.environ.get("QUICK")
    if not asked:
        return
    changed = changed_files() if asked == "1" else asked.split()
    notices = cache(lambda file: touched(file, changed))
    processes = int(os.environ.get(PROCESSES, "1"))
    run = set(chosen([item.nodeid for item in items], notices, known_times(), processes))
    left_out = [item for item in items if item.nodeid not in run]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item.nodeid in run]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("QUICK") and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # nothing was changed, so nothing is wrong


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    times: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                times[report.nodeid] = times.get(report.nodeid, 0.0) + report.duration
    keep_times({name: round(seconds, 3) for name, seconds in times.items()})
    if os.environ.get("QUICK"):
        run = ", ".join(f"{count} of {name}" for name, count in by_folder(times).items())
        terminalreporter.line(f"quick: {run or 'nothing that a test can notice was changed'}")
        terminalreporter.line("all other tests were left out: make test runs them")
