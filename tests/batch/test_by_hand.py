"""What a person should look at before grades go out."""

from __future__ import annotations

from dataclasses import replace

from grader.batch.alike import Pair
from grader.batch.page import class_page
from grader.batch.students import Entry, Student
from grader.batch.summary import Summary
from grader.report.model import ExerciseResult
from tests.batch.made import entry, result, row

STRANGER = Student("dan", "Dan", on_roster=False)


def summary() -> Summary:
    """One student for each reason, and one without any."""
    made = Summary(("1-fork-wait",))
    graded: dict[str, ExerciseResult] = {
        "ok": result(3),
        "spy": replace(result(3), remarks=("the facts of some runs are not trusted: x",)),
        "slow": _diagnosed(result(0), "limit-hit"),
        "typo": _diagnosed(result(1), "wrong-label"),
        "close": _one_failed(result(3)),
        "dan": result(3),
    }
    for key, exercise in graded.items():
        student = STRANGER if key == "dan" else Student(key, key.title())
        made.add(entry(student), row(student, exercise, key), {})
        made.add_results(key, [exercise])
    late = {**row(Student("late"), result(3), "late", "5 min"), "penalty": "1.5"}
    made.add(entry(Student("late")), late, {})
    empty = {**row(Student("doc"), result(0), "doc"), "status": "nothing to grade"}
    made.add(entry(Student("doc")), {**empty, "notes": ["doc.docx is a Word document"]}, {})
    made.add(Entry(Student("flo"), entry(Student("flo")).arrived), None, {"flo": "no memory"})
    return made


def _diagnosed(exercise: ExerciseResult, ident: str) -> ExerciseResult:
    return replace(exercise, diagnoses=(replace(exercise.diagnoses[0], id=ident),))


def _one_failed(exercise: ExerciseResult) -> ExerciseResult:
    failed = replace(exercise.tests[2], verdict="failed", points=0)
    return replace(exercise, score=2, tests=(*exercise.tests[:2], failed))


def test_the_list_is_ranked_and_names_each_reason_once() -> None:
    looks = summary().to_look_at([("ok", "late", 80)])
    assert [(look.what, look.student) for look in looks] == [
        ("not graded", "flo"),
        ("facts not trusted", "Spy"),
        ("nothing to grade", "doc"),
        ("hangs on a limit", "Slow"),
        ("right but for one thing", "Close"),
        ("right but for one thing", "Typo"),
        ("late by minutes", "late"),
        ("nearly alike", "Ok and late"),
        ("not on the roster", "Dan"),
    ]
    whys = {look.student: look.why for look in looks}
    assert whys["doc"] == "doc.docx is a Word document"
    assert whys["late"] == "5 min late: 1.5 points off"
    assert whys["Close"] == "1-fork-wait: only “pipe is right” (1 point)"


def test_the_page_shows_the_list_with_links_and_what_is_nobody_s() -> None:
    made = summary()
    made.nobodys = ("notes.txt",)
    text = class_page(made, (Pair("ok", "late", 80, ()),), 7, "kit")
    assert '<a href="students/spy/report.html">Spy</a>' in text
    assert "Came, and is nobody&#39;s (1):" in text or "Came, and is nobody's (1):" in text
    assert "The commonest mistakes" in text and 'href="students/slow/report.html">see it' in text
    empty = class_page(Summary(("1-fork-wait",)), (), 7, "kit")
    assert "Nothing stands out." in empty


def test_the_middle_half_is_told() -> None:
    assert summary().quartiles[0] and Summary(()).quartiles == ("", "")
