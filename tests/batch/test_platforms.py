"""What goes back to Canvas, Moodle and Blackboard, read back with the columns that they ask for."""

from __future__ import annotations

import pytest

from grader.batch import lms
from grader.batch.lms import Grade, kind_of
from grader.batch.platform_tables import Filled, fill, finder, made
from grader.batch.rows import Json
from grader.batch.students import Entry, Student
from grader.batch.tables import table_text
from grader.grading.intake import BadInput
from tests.batch.made import entry, result, row

ADA = Student("101", "Lovelace, Ada", "101", login="al1")
BOB = Student("102", "=1+1", "102", login="bs2")
CEM = Student("103", "Cem", "103", login="c3")
CANVAS = [
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz (1)", "Lab (42)", "Final"],
    ["    Points Possible", "", "", "", "", "5", "3", "(read only)"],
    ["Lovelace, Ada", "101", "s1", "al1", "A", "4", "", "80"],
    ["Student, Test", "999", "", "x", "A", "", "", ""],
    ["=1+1", "102", "s2", "bs2", "A", "3", "1", "70"],
]
MOODLE = [
    ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
     "Last modified (grade)", "Feedback comments"],
    ["Participant 101", "Ada Lovelace", "a@x.org", "Submitted", "", "100.00", "-", ""],
    ["Participant 103", "Cem", "c@x.org", "No submission", "", "100.00", "-", ""],
]  # fmt: skip
BLACKBOARD = [
    ["Last Name", "First Name", "Username", "Lab [Total Pts: 3 Score] |_42_1"],
    ["Lovelace", "Ada", "al1", ""],
]


def rows() -> dict[str, Json]:
    return {ADA.key: row(ADA, result(2)), BOB.key: row(BOB, result(3))}


def entries() -> list[Entry]:
    return [entry(ADA, "101"), entry(BOB, "102"), Entry(CEM)]


def filled(table: list[list[str]], column: str | None = None) -> Filled:
    return fill("export.csv", table, column, finder(entries(), rows()))


@pytest.mark.parametrize(
    ("table", "kind"), [(CANVAS, "canvas"), (MOODLE, "moodle"), (BLACKBOARD, "blackboard")]
)
def test_whose_table_it_is_shows_in_its_titles(table: list[list[str]], kind: str) -> None:
    assert kind_of(table[0]) == kind
    assert kind_of(["name", "grade"]) == ""


def test_people_are_told_of_the_platforms_that_there_are() -> None:
    assert lms.with_downloads() == (
        "Sakai, ILIAS, Canvas, PrairieLearn, Moodle, Brightspace, Blackboard, Autolab or Gradescope"
    )
    assert lms.with_tables() == "Canvas, Moodle, Brightspace or Blackboard"


def test_canvas_keeps_rows_order_and_columns_and_gets_the_points() -> None:
    back = filled(CANVAS, "Lab (42)")
    assert back.file == "canvas.csv"
    assert [line[:6] for line in back.table] == [line[:6] for line in CANVAS]
    assert [line[6] for line in back.table] == ["Lab (42)", "3", "2", "", "3"]
    assert [line[7] for line in back.table] == [line[7] for line in CANVAS]


def test_canvas_s_column_can_be_named_in_part_and_must_be_clear() -> None:
    assert filled(CANVAS, "Lab").table[2][6] == "2"
    with pytest.raises(BadInput, match=r"--column: it could be Quiz \(1\); Lab \(42\)"):
        filled(CANVAS)
    with pytest.raises(BadInput, match="it could be none"):
        filled(CANVAS, "Exam")


def test_other_points_than_the_platform_s_are_told() -> None:
    table = [[*line] for line in CANVAS]
    table[1][6] = "100"
    assert "the platform's points are 100, these grades are of 3" in filled(table, "Lab").notes
    assert len(filled(CANVAS, "Lab").notes) == 1


def test_moodle_gets_grade_and_feedback_and_keeps_its_dates() -> None:
    back = filled(MOODLE)
    line = dict(zip(back.table[0], back.table[1]))
    assert (line["Identifier"], line["Grade"]) == ("Participant 101", "2")
    assert line["Last modified (grade)"] == "-"
    assert "never waited" in line["Feedback comments"]
    assert back.table[2] == MOODLE[2]  # who handed in nothing gets no number


def test_feedback_for_moodle_is_harmless_html() -> None:
    bad = row(ADA, result(0, "<script>alert(1)</script> & co"))
    back = fill("x", MOODLE, None, finder([entry(ADA, "101")], {ADA.key: bad}))
    assert "&lt;script&gt;" in back.table[1][7] and "<script" not in back.table[1][7]


def test_blackboard_is_filled_by_user_name() -> None:
    assert filled(BLACKBOARD).table[1] == ["Lovelace", "Ada", "al1", "2"]


def test_no_formula_comes_back_to_a_spreadsheet() -> None:
    text = table_text(filled(CANVAS, "Lab").table)
    assert "\n'=1+1,102" in text


def test_a_table_of_nobody_s_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no table of Canvas, Moodle, Brightspace or Blackboard"):
        fill("x.csv", [["a", "b"]], None, lambda student: Grade("1", 1, ""))


def test_without_an_export_canvas_s_file_is_made_from_the_numbers() -> None:
    back = made("canvas", entries(), rows())
    assert back is not None
    assert back.table[0] == ["Student", "ID", "SIS Login ID", "Section", "Sharing is caring"]
    assert back.table[1] == ["    Points Possible", "", "", "", "3"]
    assert back.table[2] == ["Lovelace, Ada", "101", "al1", "", "2"]
    assert len(back.table) == 4


def test_without_a_worksheet_moodle_s_file_is_made_from_the_numbers() -> None:
    back = made("moodle", entries(), rows())
    assert back is not None
    assert back.table[1][0] == "Participant 101" and back.table[1][3] == "2"


def test_a_plain_folder_makes_no_file_for_a_platform() -> None:
    assert made("folders", entries(), rows()) is None
