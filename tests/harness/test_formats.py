"""Every format is well-formed, and harmless, whatever a student's program prints."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from grader import formats
from grader.base.text import visible
from grader.formats import markdown, terminal
from grader.report.model import (
    FAILED,
    NOT_REACHED,
    PASSED,
    STUDENT,
    TA,
    ExerciseResult,
    Finding,
    Report,
    TestResult,
    exercise_from_json,
    exercise_to_json,
)
from tests.harness.conftest import KIT
from tests.harness.reports import exercises, reports, texts

SCHEMA = json.loads((KIT / "grader" / "report" / "report.schema.json").read_text("utf-8"))
COLOR = re.compile(r"\x1b\[[0-9;]*m")
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]  # a report is large
quickly = settings(max_examples=25, deadline=None, suppress_health_check=SLOW)


def check(name: str, verdict: str, points: int | None, **more: object) -> TestResult:
    said = TestResult(f"1-fork-wait/{name}", name, verdict, points, 3, "hidden")
    return replace(said, **more)


WAITS = check("waits", FAILED, 0, message="It never waited.", expected="a wait", seen="none")
COPIES = check("copies", PASSED, 3)
NEVER_WAITED = Finding(
    id="never-waited",
    text="The parent never waited for its child",
    section="assignment/1-fork-wait#the-parent-waits",
    evidence=("process 1 (parent)  ended",),
    tests=(WAITS.id,),
    lost=3,
)


def report_of(*tests: TestResult, view: str = STUDENT, **more: object) -> Report:
    faults = [test.fault for test in tests if test.fault]
    points = [test.points for test in tests if test.points is not None]
    exercise = ExerciseResult(
        id="1-fork-wait",
        title="fork and wait",
        score=None if faults else sum(points),
        max_score=sum(test.max_points for test in tests),
        tests=tests,
        fault="; ".join(faults) or None,
    )
    exercise = replace(exercise, **more)
    return Report("starter", "", "namespaces", 7, view, (exercise,), out="results")


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_formats_are_found_by_name() -> None:
    assert {"json", "junit", "markdown", "terminal"} <= set(formats.names())
    files = [formats.load(name).FILE for name in formats.names()]
    assert {"report.json", "report.xml", "report.md"} <= set(files)


@quickly
@given(reports())
def test_json_fits_the_schema(report: Report) -> None:
    text = formats.load("json").render(report)
    assert text.isascii()
    jsonschema.validate(json.loads(text), SCHEMA)


@quickly
@given(reports())
def test_xml_is_well_formed_and_counts_the_tests(report: Report) -> None:
    text = formats.load("junit").render(report)
    root = ElementTree.fromstring(text.encode())
    tests = [test for exercise in report.exercises for test in exercise.tests]
    assert len(root.findall(".//testcase")) == len(tests) == int(root.get("tests", ""))
    assert len(root.findall(".//failure")) == int(root.get("failures", ""))


@quickly
@given(reports())
def test_the_terminal_shows_no_control_and_no_command_of_a_ci(report: Report) -> None:
    text = terminal.render(report)
    assert text == visible(text, keep="\n")
    assert "##[" not in text
    assert not any(line.strip().startswith("::") for line in text.split("\n"))


@quickly
@given(reports())
def test_colour_changes_nothing_but_colour(report: Report) -> None:
    assert COLOR.sub("", terminal.render(report, color=True)) == terminal.render(report)


@quickly
@given(reports())
def test_the_terminal_keeps_to_80_columns(report: Report) -> None:
    wide = [line for line in terminal.render(report).split("\n") if len(line) > 80]
    assert all(" " not in line.strip() or "make grade" in line for line in wide)


@quickly
@given(reports())
def test_markdown_holds_no_control_and_no_tag(report: Report) -> None:
    text = markdown.render(report)
    assert text == visible(text, keep="\n")
    outside = "\n".join(_outside_of_fences(text))
    assert not re.search(r"(?<!\\)<(?!!-- -->)", outside)
    assert not re.search(r"(?<!\\)`", outside)


@quickly
@given(texts)
def test_a_fence_is_closed_by_its_own_end_only(text: str) -> None:
    lines = markdown.fenced(text).split("\n")
    fence = re.match("`+", lines[0])
    assert fence is not None
    assert [line for line in lines[1:] if line.strip().startswith(fence[0])] == [fence[0]]


def test_markdown_makes_no_mention_link_or_markup_of_text() -> None:
    text = markdown.escaped("@all #12 *x* <b> | `y` https://a.example [z](q)\n# head")
    assert text == (
        "@<!-- -->all \\#<!-- -->12 \\*x\\* \\<b\\> \\| \\`y\\` https:<!-- -->//a.example"
        " \\[z\\](q) \\# head"
    )


@quickly
@given(exercises())
def test_a_result_survives_the_pipe_of_a_worker(exercise: ExerciseResult) -> None:
    assert exercise_from_json(json.loads(json.dumps(exercise_to_json(exercise)))) == exercise


def _outside_of_fences(text: str) -> list[str]:
    outside, fence = [], ""
    for line in text.split("\n"):
        ticks = re.match("`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif ticks:
            fence = ticks[0]
        else:
            outside.append(line)
    return outside


def test_the_score_and_the_missing_idea_stand_first() -> None:
    text = terminal.render(report_of(COPIES, WAITS, diagnoses=(NEVER_WAITED,)))
    first, _, row = text.split("\n")[:3]
    assert first.endswith("3 / 6")
    assert "3/6" in row and "The parent never waited for its child." in row


def test_a_diagnosis_is_told_once_with_evidence_section_and_cost() -> None:
    text = terminal.render(report_of(COPIES, WAITS, diagnoses=(NEVER_WAITED,)))
    assert text.count("never waited") == 2  # on the line of the exercise, and above its block
    assert "process 1 (parent)  ended" in text
    assert "Read: assignment/1-fork-wait “The parent waits”" in text
    assert "Lost: 3 points (waits)" in text
    assert "a wait" in text


def test_a_failure_that_no_diagnosis_explains_is_told_by_itself() -> None:
    text = terminal.render(report_of(replace(WAITS, hint="Call wait.")))
    assert "It never waited." in text and "Hint: Call wait." in text


def test_an_exercise_that_was_not_started_is_told_on_its_line_alone() -> None:
    stub = replace(NEVER_WAITED, id="not-started", text="Not started: begin with the page")
    alone = report_of(WAITS, diagnoses=(stub,))
    several = replace(alone, exercises=alone.exercises * 2)
    assert terminal.render(several).count("Not started") == 2
    assert terminal.render(alone).count("Not started") == 2


def test_checks_that_were_not_reached_are_told_once_with_their_reason() -> None:
    unreached = [check(name, NOT_REACHED, 0, message="it does not compile") for name in "abc"]
    text = terminal.render(report_of(*unreached))
    assert "Not reached: 3 tests, 9 points: it does not compile" in text


@pytest.mark.parametrize("name", ["terminal", "markdown", "junit"])
def test_a_fault_of_the_grader_shows_no_score(name: str) -> None:
    broken = check("waits", NOT_REACHED, None, fault="no memory")
    text = formats.load(name).render(report_of(COPIES, broken))
    assert not re.search(r"\b[36] ?/ ?6", text)
    assert "no memory" in text


def test_a_fault_makes_the_scores_null() -> None:
    broken = check("waits", NOT_REACHED, None, fault="no memory")
    data = json.loads(formats.load("json").render(report_of(COPIES, broken)))
    assert data["score"] is None and data["exercises"][0]["score"] is None
    assert data["complete"] is False
    assert data["exercises"][0]["tests"][1]["points"] is None


def test_the_tas_view_tells_all_checks_the_runs_and_how_to_repeat_them() -> None:
    report = report_of(COPIES, WAITS, view=TA, commands=("./fork_wait 12 7",))
    text = terminal.render(report)
    assert "✓  3/3  copies" in text and "./fork_wait 12 7" in text
    assert "grader/grade starter --exercise 1 --seed 7 --view ta" in text


def test_the_students_view_tells_no_runs() -> None:
    report = report_of(COPIES, WAITS, commands=("./fork_wait 12 7",))
    for name in formats.names():
        assert "./fork_wait 12 7" not in formats.render(name, report)
