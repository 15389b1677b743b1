"""Whom `make explain` means: a student by any name, with suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch.explain import _student
from grader.batch.store import Store
from grader.batch.students import Student
from grader.grading.intake import BadInput
from tests.batch.made import result, row


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    for number, name in ((1012, "Lang, Lea"), (1013, "Meer, Max"), (1014, "Lang, Leo")):
        student = Student(str(number), name, str(number), login=f"u{number}")
        store.accept(student.key, row(student, result(3)), {"exercises": []})
    yield store
    store.close()


@pytest.mark.parametrize("name", ["1012", "u1012", "Lang, Lea", "Lea Lang", "lea lang", "lea"])
def test_a_student_is_explained_by_any_name(store: Store, name: str) -> None:
    assert _student(store, name) == "1012"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("lang", r"nobody is called lang: is it Lang, Lea \(1012\); Lang, Leo \(1014\)\?"),
        ("Meier", r"nobody is called Meier: is it Meer, Max \(1013\)\?"),
        ("xyz", r"nobody is called xyz: graded are: Lang, Lea \(1012\); Meer, Max"),
    ],
)
def test_who_is_not_found_is_answered_with_names(store: Store, name: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        _student(store, name)
