"""Reports that go back in bulk, as each platform takes them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grader.batch.feedback import places, write_feedback
from grader.batch.students import Student, assigned
from tests.batch.conftest import lay
from tests.batch.test_who import FILE, read_all, top_of

ANN = Student("ann", "Ann A_lpha", "17", login="ann", group="Red", id_kind="moodle")
BOB = Student("bob", "Bob Beta", "18", login="bob", group="Red", id_kind="moodle")
CANVAS = [
    Student("ann", "Ann Alpha", "101", group="Team 1"),
    Student("bob", "Bob Beta", "102", group="Team 1"),
]


@pytest.mark.parametrize(
    ("names", "class_", "expected"),
    [
        (
            [f"Red_18_assignsubmission_file/{FILE}"],
            [ANN, BOB],
            {
                "Ann A lpha_17_assignfeedback_file/report.html": "ann",
                "Bob Beta_18_assignfeedback_file/report.html": "bob",
            },
        ),
        (
            [f"Bob Beta_99_assignsubmission_file/{FILE}"],
            [Student("bob", "Bob Beta")],
            {"Bob Beta_99_assignfeedback_file/report.html": "bob"},
        ),
        (
            ["team1_LATE_101_90001_fork_wait.c"],
            CANVAS,
            {"report_101_90001_report.html": "ann"},  # Canvas has one submission for the group
        ),
        (
            [f"1-2 - Bob Beta - Nov 20, 2026 1103 PM/{FILE}"],
            [BOB],
            {"1-2 - Bob Beta - Nov 20, 2026 1103 PM/report.html": "bob"},
        ),
        (
            [f"Lab/Beta, Bob(bob)/Submission attachment(s)/{FILE}"],
            [BOB],
            {"Lab/Beta, Bob(bob)/Feedback Attachment(s)/report.html": "bob"},
        ),
        (
            [f"Lab/Abgaben/Beta_Bob_bob_55/{FILE}"],
            [BOB],
            {"multi_feedback/Beta_Bob_bob_55/report.html": "bob"},
        ),
        (
            [f"{who}/Submission attachment(s)/{FILE}" for who in ("Beta, Bob(bob)", "Eve(eve)")],
            [BOB, Student("eve", login="eve")],
            {
                "Beta, Bob(bob)/Feedback Attachment(s)/report.html": "bob",
                "Eve(eve)/Feedback Attachment(s)/report.html": "eve",
            },
        ),
        (
            [f"bob/{FILE}", f"ann/{FILE}"],
            [ANN, BOB],
            {"ann/report.html": "ann", "bob/report.html": "bob"},
        ),
    ],
    ids=[
        "moodle groups",
        "moodle",
        "canvas",
        "brightspace",
        "sakai",
        "ilias",
        "sakai flat",
        "folders",
    ],
)
def test_each_report_goes_where_the_platform_looks(
    names: list[str], class_: list[Student], expected: dict[str, str]
) -> None:
    download = read_all(top_of(*names))
    who = assigned(download.arrived, class_)
    assert not who.unclear
    assert places(download.platform, [e for e in who.entries if e.arrived]) == expected


def test_the_zip_holds_the_reports_that_there_are_and_is_the_same_every_time(
    tmp_path: Path,
) -> None:
    download = read_all(top_of(f"bob/{FILE}", f"ann/{FILE}"))
    entries = assigned(download.arrived, [ANN, BOB]).entries
    assert write_feedback(tmp_path, tmp_path / "students", "folders", entries) == 0
    assert not (tmp_path / "feedback.zip").exists()
    lay(tmp_path / "students", {"bob/report.html": "<p>bob"})
    assert write_feedback(tmp_path, tmp_path / "students", "folders", entries) == 1
    data = (tmp_path / "feedback.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {"bob/report.html": b"<p>bob"}
    write_feedback(tmp_path, tmp_path / "students", "folders", entries)
    assert (tmp_path / "feedback.zip").read_bytes() == data
