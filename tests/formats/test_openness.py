"""A teacher chooses what is shown of a hidden test; no format tells more than that."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from grader import formats
from grader.diagnose.rules import RULES, concept_of
from grader.formats import terminal
from grader.formats.redact import shown
from grader.picture.model import Lane, Picture, Row
from grader.report.model import (
    CONCEPT,
    EVIDENCE,
    FAILED,
    NOT_REACHED,
    OPENNESS,
    POINTS,
    STUDENT,
    TA,
    ExerciseResult,
    Finding,
    PublicTest,
    Report,
    TestResult,
)
from tests.formats.submissions import Outcome, grade, lay

LESS = (CONCEPT, POINTS)
# What is known of a check or an exercise before any program ran, or tells nothing of a run.
STATIC = {
    "Report": {"submission", "kit", "isolation", "view", "schema", "openness", "out", "notes"},
    "ExerciseResult": {"id", "title"},
    "TestResult": {"id", "name", "verdict", "visibility", "section", "concept", "hint", "message"},
    "Finding": {"id", "section", "tests", "place"},
    "PublicTest": {"name", "message"},
    "Lane": {"kind"},
    "Row": {"kind", "arrow"},
    "Picture": {"spans"},
}
SECRET = "secretly drawn"


def spoiled(record: Any) -> Any:
    """The record with a secret in every text of it that is not known to be static."""
    changes: dict[str, Any] = {}
    static = STATIC.get(type(record).__name__, set())
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            changes[field.name] = spoiled(value)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            changes[field.name] = tuple(spoiled(entry) for entry in value)
        elif field.name in static or isinstance(value, (bool, int, float)):
            continue
        elif value is None and field.name != "fault":
            continue
        elif isinstance(value, tuple):
            changes[field.name] = (f"{SECRET} {field.name}",)
        else:
            changes[field.name] = f"{SECRET} {field.name}"
    return replace(record, **changes)


def report_of(view: str, openness: str, finding: str = "never-waited") -> Report:
    section = "assignment/1-fork-wait#the-parent-waits"
    drawn = Picture("a", (Lane("process", "b", "c", 0, 0),), (Row(0, "print", "d", None, "e"),))
    known = TestResult("1-fork-wait/waits", "The parent waits", FAILED, 0, 3, "hidden")
    known = replace(known, section=section, concept="waiting", hint="Call wait first.")
    known = replace(known, picture=drawn)
    broken = replace(known, id="1-fork-wait/broken", verdict=NOT_REACHED, points=None)
    failed = [spoiled(known), spoiled(replace(known, id="1-fork-wait/alone", hint="Alone."))]
    exercise = spoiled(
        ExerciseResult(
            "1-fork-wait",
            "fork and wait",
            None,
            9,
            (Finding(finding, "", section, tests=(known.id,), lost=3, picture=drawn),),
            (broken,),
            public_tests=(PublicTest("public", False, "shown always"),),
        )
    )
    said = (replace(test, fault=None, message=f"{SECRET} message") for test in failed)
    notes = (*exercise.notes_of_runs, "main.c: line 3: unused")
    exercise = replace(exercise, tests=(*said, *exercise.tests), notes=notes)
    return Report("starter", "", "namespaces", 7, view, (exercise,), openness=openness)


def rendered(report: Report) -> dict[str, str]:
    return {name: formats.render(name, report) for name in formats.names()}


@pytest.mark.parametrize("openness", LESS)
def test_nothing_of_a_run_is_in_any_format(openness: str) -> None:
    for name, text in rendered(report_of(STUDENT, openness)).items():
        assert SECRET not in text, name
        assert "secretly" not in text, name


@pytest.mark.parametrize("openness", OPENNESS)
def test_the_tas_view_shows_all(openness: str) -> None:
    report = report_of(TA, openness)
    assert shown(report) == report
    texts = rendered(report)
    assert all(f"{SECRET} message" in texts[name] for name in texts)


def test_evidence_is_shown_where_it_was_chosen() -> None:
    texts = rendered(report_of(STUDENT, EVIDENCE))
    pages = ("json", "junit", "markdown", "html")
    assert all(f"{SECRET} expected" in texts[name] for name in pages)
    assert all(f"{SECRET} wrong" in texts[name] for name in ("json", "markdown", "html"))
    assert f"{SECRET} commands" not in texts["json"]


def test_concept_tells_the_idea_the_hint_and_where_to_read() -> None:
    text = terminal.render(shown(report_of(STUDENT, CONCEPT)))
    assert "The parent waits for its child" in text  # the idea behind never-waited
    assert "Call wait first." in text and "Hint: Alone." in text
    assert "Read: assignment/1-fork-wait “The parent waits”" in text
    assert "main.c: line 3: unused" in text and "shown always" in text


def test_points_tell_the_names_and_the_points_alone() -> None:
    for name, text in rendered(report_of(STUDENT, POINTS)).items():
        assert "The parent waits" in text or name == "terminal"
        assert "Call wait" not in text and "the-parent-waits" not in text, name
    assert "0/3  The parent waits" in terminal.render(
        shown(replace(report_of(STUDENT, POINTS), exercises=(graded(),)))
    )


def graded() -> ExerciseResult:
    (exercise,) = report_of(STUDENT, POINTS).exercises
    tests = tuple(replace(test, points=0, fault=None) for test in exercise.tests)
    return replace(exercise, score=0, fault=None, tests=tests)


@pytest.mark.parametrize("openness", OPENNESS)
def test_what_the_compiler_says_is_shown_always(openness: str) -> None:
    report = report_of(STUDENT, openness, finding="does-not-build")
    for name in ("json", "markdown", "terminal"):
        assert f"{SECRET} evidence" in formats.render(name, report)


@pytest.mark.parametrize("openness", OPENNESS)
def test_shown_again_a_report_stays_the_same(openness: str) -> None:
    report = shown(report_of(STUDENT, openness))
    assert shown(report) == report


CONCEPTS = {rule.mistake.concept for rule in RULES}


def test_every_diagnosis_has_its_concept_without_a_value() -> None:
    for concept in CONCEPTS:
        assert not re.search(r"[\"“{]|\d\d", concept) and concept.endswith(".")
    assert concept_of("a-new-one") == "A new one."


def test_a_mistake_has_one_concept_and_one_kind_of_call() -> None:
    assert len({rule.mistake.id for rule in RULES}) == len({rule.mistake for rule in RULES})


# ---- the same with real submissions

ARGUMENT = re.compile(r"-?\d{4,}|(?<= )[A-Za-z]*\d\w{4,}")
NAMES = ("prints-the-wrong-thing", "waits-for-nobody")
ANSWER = re.compile(r"(?:child|parent|total|value): ?[-\w]+\w")


@pytest.fixture(scope="module", params=NAMES)
def submission(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name: str = request.param
    return lay(name, tmp_path_factory.mktemp("openness") / name)


@pytest.fixture(scope="module")
def full(submission: Path) -> Outcome:
    return grade(submission, submission.parent / "full", "--view", "ta")


def told(report: dict[str, Any]) -> Iterator[str]:
    """Every line that rests on what a program did, and each answer in it."""
    for exercise in report["exercises"]:
        for test in exercise["tests"]:
            lines = [test["expected"], test["seen"], *test["evidence"]]
            if test["verdict"] == FAILED:
                lines.append(test["message"])
            for text in lines:
                yield from ANSWER.findall(text)
                yield from (line for line in text.split("\n") if len(line) > 20)
        for finding in exercise["diagnoses"]:
            yield from finding["evidence"]
            yield from ANSWER.findall(finding["text"] + finding["explanation"])
        for command in exercise["commands"]:
            yield from (word for word in ARGUMENT.findall(command.partition("   ")[0]))


@pytest.mark.parametrize("openness", LESS)
def test_no_drawn_value_and_no_evidence_reaches_a_student(
    openness: str, submission: Path, full: Outcome
) -> None:
    secrets = {text for text in told(full.report) if text and text not in CONCEPTS}
    assert len(secrets) > 50
    less = grade(submission, submission.parent / openness, "--openness", openness)
    assert less.report["score"] == full.report["score"]
    assert less.report["openness"] == openness
    kit = less.report["kit"]  # its digits are another kit's another day
    for name, text in less.everything.items():
        leaks = [secret for secret in secrets if secret in text.replace(kit, "")]
        assert not leaks, (name, leaks[:5])
