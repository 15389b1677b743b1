"""report.xml: the tests in JUnit's format, for CI systems and editors.

A test that was not reached is `skipped`; an internal error of the grader is an `error`.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from grader.base.text import visible
from grader.report.model import FAILED, NOT_REACHED, ExerciseResult, Report, TestResult

FILE: str | None = "report.xml"


def render(report: Report) -> str:
    root = ElementTree.Element("testsuites", name="Sharing is caring")
    for exercise in report.exercises:
        root.append(_suite(exercise))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _suite(exercise: ExerciseResult) -> ElementTree.Element:
    tests = exercise.tests
    faults = [test for test in tests if test.fault is not None]
    skipped = [test for test in tests if test.verdict == NOT_REACHED and test.fault is None]
    suite = ElementTree.Element(
        "testsuite",
        name=_text(exercise.id),
        tests=str(len(tests)),
        failures=str(sum(test.verdict == FAILED for test in tests)),
        errors=str(len(faults)),
        skipped=str(len(skipped)),
        time=f"{exercise.seconds:.3f}",
    )
    if exercise.score is not None:
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("score", exercise.score), ("max_score", exercise.max_score)):
            ElementTree.SubElement(properties, "property", name=name, value=str(value))
    places = {test: found.place for found in reversed(exercise.diagnoses) for test in found.tests}
    for test in tests:
        suite.append(_case(exercise, test, places.get(test.id, "")))
    return suite


def _case(exercise: ExerciseResult, test: TestResult, place: str) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname=_text(exercise.id), name=_text(test.name), time="0"
    )
    if test.fault is not None:
        ElementTree.SubElement(case, "error", message=_text(test.fault))
    elif test.verdict == NOT_REACHED:
        ElementTree.SubElement(case, "skipped", message=_text(test.message or "not reached"))
    elif test.verdict == FAILED:
        if place:
            file, _, line = place.rpartition(":")
            case.set("file", _text(file))
            case.set("line", _text(line))
        failure = ElementTree.SubElement(case, "failure", message=_text(test.message or test.name))
        failure.text = _text("\n".join(_details(test)), keep="\n")
    return case


def _details(test: TestResult) -> Iterator[str]:
    if test.expected:
        yield f"expected: {test.expected}"
    if test.seen:
        yield f"your program: {test.seen}"
    yield from test.evidence
    if test.section:
        yield f"read: {test.section}"


def _text(text: str, keep: str = "") -> str:
    """Only characters that XML 1.0 allows: the others become escapes."""
    return visible(text, keep)
