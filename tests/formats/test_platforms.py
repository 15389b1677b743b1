"""What other systems read: each format fits its schema and carries the report's score, or none."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from grader import formats
from grader.base.text import visible
from grader.cli.grade import _options
from grader.diagnose.rules import calls_of
from grader.diagnose.source_line import place_of
from grader.formats.platforms import annotations, summary
from grader.report.model import (
    FAILED,
    PASSED,
    STUDENT,
    TA,
    ExerciseResult,
    Finding,
    Report,
    TestResult,
)
from tests.formats.golden import NAMES, graded, kept, runners, shown
from tests.formats.submissions import Outcome
from tests.harness.reports import reports
from tests.judging.story import Story

SCHEMAS = Path(__file__).resolve().parent / "schemas"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
quickly = settings(max_examples=20, deadline=None, suppress_health_check=SLOW)


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))


def valid(name: str, data: Any) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(data)


def whole(report: Report) -> Report:
    """The report as if the grader had met no fault."""
    exercises = []
    for exercise in report.exercises:
        tests = [
            replace(test, id=f"{test.id}_{number}", points=test.points or 0, fault=None)
            for number, test in enumerate(exercise.tests)
        ]
        score = sum(test.points or 0 for test in tests)
        exercises.append(replace(exercise, tests=tuple(tests), score=score, fault=None))
    return replace(report, exercises=tuple(exercises[:1]))


def report_of(*tests: TestResult, view: str = STUDENT, **more: Any) -> Report:
    score = None if any(test.fault for test in tests) else sum(t.points or 0 for t in tests)
    fault = next((test.fault for test in tests if test.fault), None)
    exercise = ExerciseResult("1-fork-wait", "fork", score, 6, (), tests, fault=fault)
    return Report("mine", "", "namespaces", 7, view, (replace(exercise, **more),))


RIGHT = TestResult("1-fork-wait/copies", "It copies", PASSED, 3, 3, "hidden")
WRONG = TestResult("1-fork-wait/waits", "It waits", FAILED, 0, 3, "hidden", message="It does not.")
BROKEN = replace(RIGHT, verdict="not-reached", points=None, fault="no memory")


def test_every_platform_can_be_asked_for() -> None:
    known = ["annotations", "autograding", "autolab", "classroom50", "gradescope"]
    known += ["sarif", "summary"]
    assert formats.for_systems() == known
    for name in known:
        assert _options(["solution", "--format", name]).format == [name]


@quickly
@given(reports())
def test_whatever_a_program_prints_each_format_fits_its_schema(report: Report) -> None:
    report = whole(report)
    valid("gradescope", json.loads(formats.render("gradescope", report)))
    valid("classroom50", json.loads(formats.render("classroom50", report)))
    valid("sarif", json.loads(formats.render("sarif", report)))
    line = formats.render("autolab", report)
    assert line.count("\n") == 1
    valid("autolab", json.loads(line))
    if report.exercises and report.exercises[0].tests:
        for results in runners(formats.render("autograding", report)).values():
            valid("autograding", results)


@quickly
@given(reports())
def test_nothing_in_any_format_is_more_than_text(report: Report) -> None:
    report = whole(report)
    for name in formats.for_systems():
        text = formats.render(name, report)
        assert text == visible(text, keep="\n"), name
    for results in (
        runners(formats.render("autograding", report)).values() if _tests(report) else ()
    ):
        told = json.dumps(results, ensure_ascii=False)
        assert "::" not in told and told == visible(told)


def _tests(report: Report) -> bool:
    return any(exercise.tests for exercise in report.exercises)


@quickly
@given(reports())
def test_each_annotation_is_one_command_and_there_are_at_most_ten_of_a_kind(report: Report) -> None:
    lines = formats.render("annotations", report).splitlines()
    shape = r"::(error|warning) (file=[\w%./-]+,line=\d+,)?title=[^:,\r\n]*::[^\r\n]*"
    assert all(re.fullmatch(shape, line) for line in lines)
    for kind in ("error", "warning"):
        assert sum(line.startswith(f"::{kind} ") for line in lines) <= 10


def test_a_command_is_not_ended_by_what_stands_in_it() -> None:
    said = annotations.command("error", "a.c", 3, "x::y,z", "one\n::error::two%0A\r\x1b[2J")
    assert said == (
        "::error file=a.c,line=3,title=x%3A%3Ay%2Cz::one%0A::error::two%250A\\r\\x1b[2J"
    )


def test_an_annotation_stands_on_the_line_that_it_is_about() -> None:
    finding = Finding("never-waited", "Never waited", "", tests=(WRONG.id,), lost=3)
    finding = replace(finding, place="1-fork-wait/fork_wait.c:12")
    note = "1-fork-wait/fork_wait.c:7: warning: unused variable"
    lines = annotations.render(report_of(WRONG, diagnoses=(finding,), notes=(note,))).splitlines()
    assert lines[0].startswith("::error file=1-fork-wait/fork_wait.c,line=12,title=")
    assert lines[1].startswith("::warning file=1-fork-wait/fork_wait.c,line=7,title=")
    assert lines[1].endswith("::unused variable")


def test_junit_has_the_line_of_a_failed_test() -> None:
    finding = Finding("never-waited", "Never waited", "", tests=(WRONG.id, RIGHT.id), lost=3)
    finding = replace(finding, place="1-fork-wait/fork_wait.c:12")
    text = formats.render("junit", report_of(RIGHT, WRONG, diagnoses=(finding,)))
    places = {
        c.get("name"): (c.get("file"), c.get("line")) for c in fromstring(text).iter("testcase")
    }
    assert places == {RIGHT.name: (None, None), WRONG.name: ("1-fork-wait/fork_wait.c", "12")}


def test_sarif_has_each_mistake_on_its_line_and_none_without_one() -> None:
    known = Finding("never-waited", "Never waited", "", tests=(WRONG.id,), lost=3)
    unknown = replace(known, id="no-fork", tests=())
    known = replace(known, place="1-fork-wait/fork_wait.c:12")
    note = "1-fork-wait/fork_wait.c:7: warning: unused variable"
    report = report_of(WRONG, diagnoses=(known, unknown), notes=(note, "no place"))
    data = json.loads(formats.render("sarif", report))
    valid("sarif", data)
    (run,) = data["runs"]
    told = [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ]
    assert told == [
        ("never-waited", "error", "1-fork-wait/fork_wait.c", 12),
        ("compiler-warning", "note", "1-fork-wait/fork_wait.c", 7),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [t[0] for t in told]


def test_the_place_of_a_mistake_is_that_of_the_call_that_was_wrong() -> None:
    facts = Story().fork(2).ends(2).ends(1).run()
    (fork,) = facts.forks
    lines = {fork.seq: "fork_wait.c:5"}
    never = calls_of("never-waited")
    assert place_of("never-waited", never, facts, lines) == "fork_wait.c:5"
    assert place_of("never-waited", never, facts, {}) == ""
    assert place_of("never-waited", never, None, lines) == ""
    assert place_of("no-fork", calls_of("no-fork"), facts, lines) == ""


def test_gradescope_hides_from_students_what_a_report_tells_the_ta() -> None:
    for view, seen in ((STUDENT, "visible"), (TA, "hidden")):
        data = json.loads(formats.render("gradescope", report_of(RIGHT, WRONG, view=view)))
        assert {test["visibility"] for test in data["tests"]} == {seen}
        assert ("It does not" in data["output"]) == (view == STUDENT)


def test_a_summary_that_is_too_long_loses_its_details_and_not_the_score() -> None:
    long = replace(WRONG, evidence=("x" * 2000,) * 600)
    text = summary.render(report_of(RIGHT, long))
    assert len(text.encode()) <= summary.LIMIT
    assert "3 / 6" in text and "too long for this page" in text
    assert "too long" not in summary.render(report_of(RIGHT, WRONG))


@pytest.mark.parametrize("name", ["annotations", "summary"])
def test_what_people_read_shows_no_score_of_a_report_that_is_not_whole(name: str) -> None:
    text = formats.render(name, report_of(RIGHT, BROKEN))
    assert not re.search(r"\d ?/ ?6", text)


def test_no_system_gets_a_score_of_a_report_that_is_not_whole(tmp_path: Path) -> None:
    from grader.cli.grade import _printed, _write_all

    (tmp_path / "results.json").write_text("{}")
    _write_all(report_of(RIGHT, BROKEN), tmp_path, formats.for_systems())
    written = {file.name for file in tmp_path.iterdir()}
    assert "summary.md" in written and "report.json" in written
    assert not written & {"results.json", "result.json", "autograding.env"}
    assert "".join(_printed(report_of(RIGHT, BROKEN), ["autolab"])) == ""
    _write_all(report_of(RIGHT, WRONG), tmp_path, formats.for_systems())
    written = {file.name for file in tmp_path.iterdir()}
    assert {"results.json", "result.json", "autograding.env"} <= written


# ---- whole submissions


@pytest.fixture(scope="module", params=NAMES)
def outcome(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Outcome]:
    return request.param, graded(request.param, tmp_path_factory.mktemp("formats"))


def test_every_system_shows_the_score_of_the_report(outcome: tuple[str, Outcome]) -> None:
    name, found = outcome
    score, report = found.report["score"], found.report
    assert (score == 100) == (name == "solution") and (score == 0) == (name == "starter")
    gradescope = json.loads(found.files["results.json"])
    valid("gradescope", gradescope)
    assert gradescope["score"] == sum(test["score"] for test in gradescope["tests"]) == score
    classroom = json.loads(found.files["result.json"])
    valid("classroom50", classroom)
    assert classroom["score"] == sum(test["score"] for test in classroom["tests"]) == score
    assert classroom["max-score"] == report["max_score"]
    autolab = json.loads(found.stdout.splitlines()[-1])
    valid("autolab", autolab)
    assert sum(autolab["scores"].values()) == score
    assert f"{score} / 100" in found.files["summary.md"]


def test_both_totals_of_the_classic_reporter_are_the_reports(outcome: tuple[str, Outcome]) -> None:
    _, found = outcome
    by_tests = by_points = 0.0
    for results in runners(found.files["autograding.env"]).values():
        valid("autograding", results)
        tests: Any = results["tests"]
        max_score: Any = results["max_score"]
        by_tests += sum(t["status"] == "pass" for t in tests) / len(tests) * max_score
        by_points += sum(test["score"] for test in tests)
    assert by_tests == by_points == found.report["score"]


def test_what_is_shown_is_what_was_reviewed(outcome: tuple[str, Outcome]) -> None:
    name, found = outcome
    now, before = shown(found), kept(name)
    assert sorted(now) == sorted(before)
    for file, text in now.items():
        assert (
            text == before[file]
        ), f"{name}/{file}: python3 -m tests.formats.golden, then git diff"
