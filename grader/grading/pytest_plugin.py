"""The pytest plugin: runs the hidden tests of one exercise and turns their ends into verdicts."""

from typing import Any, Literal

import pytest

from grader.base import trouble
from grader.base.check import Check, Fault, NotReached, check_of
from grader.base.exercise import Exercise
from grader.base.kit import KIT
from grader.base.text import cut
from grader.diagnose.arrows import pointed
from grader.grading.catalogue import PREFIX, Entry, result_of, sentence_of
from grader.grading.submission import Submission
from grader.judge.finding import Failed
from grader.report.model import FAILED, NOT_REACHED, PASSED, TestResult

MESSAGE_LENGTH = 1000
# Parts of pytest that the tests don't use: setting them up takes a fifth of a short exercise.
UNUSED = (
    "cacheprovider debugging doctest faulthandler freeze_support junitxml"
    " legacypath logging monkeypatch nose pastebin recwarn reports setuponly setupplan stepwise"
    " terminal threadexception tmpdir unittest unraisableexception warnings"
).split()


class Verdicts:
    """A pytest plugin object for one exercise."""

    def __init__(self, entry: Entry, submission: Submission) -> None:
        self.results: dict[str, TestResult] = {}
        self._entry = entry
        self._submission = submission

    @pytest.fixture(name="submission")
    def submission_fixture(self) -> Submission:
        return self._submission

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run only the tests of the entry, in its order, each after those that it needs."""
        found = {_name(item): (item, _check(item)) for item in items}
        wanted = [name for name, _, _ in self._entry.tests]
        checks = {name: found[name] for name in wanted if name in found}
        ordered: dict[str, pytest.Item] = {}

        def place(name: str, above: tuple[str, ...]) -> None:
            if name in ordered or name in above or name not in checks:
                return
            item, check = checks[name]
            for need in check.needs if check else ():
                place(need, (*above, name))
            ordered[name] = item

        for name in checks:
            place(name, ())
        items[:] = ordered.values()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        check = _check(item)
        for need in check.needs if check else ():
            result = self.results.get(need)
            if result is None or result.verdict != PASSED:
                name = result.name if result else need
                raise NotReached(f'pass "{name}" first')

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """The verdict; pytest's own report would show source lines that nobody reads."""
        self._note(item, call)
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        when: Any = call.when  # of an item it is never "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)

    def _note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        name, check = _name(item), _check(item)
        if check is None or (call.when != "call" and call.excinfo is None):
            return
        sentence = sentence_of(getattr(item, "function"), name)
        error, exercise = call.excinfo.value if call.excinfo else None, self._entry.exercise
        verdict, points, more = _verdict(check, error, exercise)
        self.results[name] = result_of(exercise, name, sentence, check, verdict, points, **more)


def _verdict(
    check: Check, error: BaseException | None, exercise: Exercise
) -> tuple[str, int | None, dict[str, Any]]:
    """What a test's end means: verdict, points earned, and the rest of its result."""
    if error is None:
        return PASSED, check.points, {}
    if isinstance(error, Failed):
        found = error.finding
        return (
            FAILED,
            0,
            {
                "message": cut(found.message, MESSAGE_LENGTH),
                "expected": found.expected,
                "seen": found.seen,
                "evidence": pointed(found.evidence, exercise, found.expected).lines,
                "cause": found.cause,
                "shows": found.evidence.run,
                **({"hint": found.hint} if found.hint else {}),
            },
        )
    if isinstance(error, NotReached):
        return NOT_REACHED, 0, {"message": error.reason}
    if isinstance(error, AssertionError):
        said = str(error).strip()
        return FAILED, 0, {"message": cut(said or check.hint, MESSAGE_LENGTH)}
    if isinstance(error, Fault):
        return NOT_REACHED, None, {"fault": error.reason}
    return NOT_REACHED, None, {"fault": trouble.told(error)}


def run_tests(entry: Entry, submission: Submission) -> list[TestResult]:
    """The results of all tests of one exercise, in the order of its file."""
    verdicts = Verdicts(entry, submission)
    arguments = [word for name in UNUSED for word in ("-p", f"no:{name}")]
    arguments += ["--assert=plain", "--capture=no", "--strict-markers"]
    arguments += ["-c", "/dev/null", f"--rootdir={KIT}", entry.file]
    status = pytest.main(arguments, plugins=[verdicts])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return [
        verdicts.results.get(name)
        or result_of(
            entry.exercise, name, sentence, check, NOT_REACHED, None, fault="the test did not run"
        )
        for name, sentence, check in entry.tests
    ]


def _name(item: pytest.Item) -> str:
    return item.name.removeprefix(PREFIX)


def _check(item: pytest.Item) -> Check | None:
    return check_of(getattr(item, "function", None))
