"""Rosters of every platform, and who is who."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.roster import read_roster
from grader.batch.students import Student, entries_of
from grader.batch.tables import cell_text, read_table, table_text
from grader.grading.intake import BadInput

ADA = Student("1", "Ada Lovelace", "1", "ada@uni.example", "al1", "ada-l")
BOB = Student("2", "Bob Smith", "2", "bob@uni.example", "bs2", "bobby")


def came(source: str = "x", day: int = 0, attempt: int = 0, **claim: str) -> Arrived:
    when = datetime(2026, 11, day, tzinfo=timezone.utc) if day else None
    return Arrived(Claim(**claim), source, Listing, submitted=when, attempt=attempt)


def roster(tmp_path: Path, text: str | bytes) -> list[Student]:
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


# ---- reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,Lab (9)\n"
            "    Points Possible,,,,,100\n"
            '"Lovelace, Ada",101,s1,al1,A,\n',
            ("101", "Lovelace, Ada", "al1", "", "A"),
        ),
        (
            "Identifier,Full name,Email address,Status,Grade\nParticipant 55,Ada L,a@x.org,,\n",
            ("55", "Ada L", "", "", ""),
        ),
        (
            "First Name,Last Name,SID,Email,Section\nAda,Lovelace,007,a@x.org,B\n",
            ("007", "Ada Lovelace", "", "", "B"),
        ),
        (
            '"identifier","github_username","github_id","name"\n"ada@x.org","ada-l","1","Ada"\n',
            ("ada@x.org", "Ada", "", "ada-l", ""),
        ),
        (
            "username,first_name,last_name,email,section,score,submission_tag,review_url\n"
            "ada-l,Ada,Lovelace,a@x.org,C,,,\n",
            ("ada-l", "Ada Lovelace", "ada-l", "ada-l", "C"),
        ),
        (
            "Last Name;First Name;Username\nLovelace;Ada;al1\n",
            ("al1", "Ada Lovelace", "al1", "", ""),
        ),
    ],
    ids=["canvas", "moodle", "gradescope", "github classroom", "classroom 50", "blackboard"],
)
def test_a_platform_s_export_is_a_roster(
    tmp_path: Path, text: str, expected: tuple[str, ...]
) -> None:
    (student,) = roster(tmp_path, text)
    found = (student.key, student.name, student.login, student.github, student.section)
    assert found == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_roster_in_the_encodings_of_spreadsheets(tmp_path: Path, encoding: str) -> None:
    (student,) = roster(tmp_path, "id,name\r\n1,Zoë Müller\r\n".encode(encoding))
    assert student.name == "Zoë Müller"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no students"),
        ("id,name\n", "holds no students"),
        ("colour,shape\nred,round\n", "roster.csv:1: no column says who"),
        ("id,name\n1,Ada\n1,Bob\n", "roster.csv:3: 1 is there twice"),
        ("id,section\n,A\n", "roster.csv:2: this line names nobody"),
        (b"PK\x03\x04\0\0", "no CSV file"),
    ],
)
def test_a_roster_that_is_none_says_where(tmp_path: Path, text: str | bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        roster(tmp_path, text)


# ---- matching


@pytest.mark.parametrize(
    "claim",
    [
        {"lms_id": "1"},
        {"lms_id": "1", "name": "Ada Lovelace"},
        {"lms_id": "1", "name": "Ada Augusta Lovelace"},
        {"email": "ADA@uni.example"},
        {"github": "Ada-L"},
        {"login": "al1"},
        {"login": "ada"},
        {"folder": "1"},
        {"folder": "ada@uni.example"},
        {"folder": "ada-l"},
        {"folder": "Ada Lovelace"},
        {"name": "lovelaceada"},
        {"name": "Lovelace, Ada"},
        {"name": "ÁDA lovelace".replace("Á", "A")},
    ],
    ids=str,
)
def test_a_student_is_known_by_any_of_their_names(claim: dict[str, str]) -> None:
    entries = entries_of([came(**claim)], [ADA, BOB])
    assert [(e.student.key, e.arrived is not None) for e in entries] == [("1", True), ("2", False)]


def test_a_name_that_two_share_is_nobody_s() -> None:
    twins = [Student("1", "Ada Lovelace", "1"), Student("2", "Ada Lovelace", "2")]
    entries = entries_of([came(name="Ada Lovelace", lms_id="9")], twins)
    stranger = next(entry for entry in entries if entry.arrived)
    assert not stranger.student.on_roster


def test_who_is_not_on_the_roster_is_still_graded_and_named() -> None:
    entries = entries_of([came(folder="eve")], [ADA])
    assert [(e.student.key, e.student.on_roster) for e in entries] == [("1", True), ("eve", False)]


def test_a_stranger_never_takes_the_place_of_a_student() -> None:
    ada = Student("ada lovelace", id="1")
    entries = entries_of([came(folder="x", name="ada lovelace")], [ada, Student("2", id="2")])
    assert len(entries) == 3
    assert next(entry for entry in entries if entry.student.key == ada.key).arrived is None


def test_without_a_roster_everybody_who_handed_in_is_the_class() -> None:
    entries = entries_of([came(folder="b"), came(folder="a")], None)
    assert [entry.student.key for entry in entries] == ["a", "b"]
    assert all(entry.student.on_roster for entry in entries)


def test_the_latest_of_two_counts_and_the_other_is_kept() -> None:
    arrived = [came("new", 20, folder="a"), came("old", 10, folder="a")]
    (entry,) = entries_of(arrived, None)
    assert entry.arrived is not None and entry.arrived.source == "new"
    assert [other.source for other in entry.others] == ["old"]


def test_the_same_student_in_two_shapes_of_name_is_one() -> None:
    arrived = [came("1", 1, lms_id="1", name="lovelaceada"), came("2", 2, email="ada@uni.example")]
    (entry,) = entries_of(arrived, [ADA])
    assert len(entry.others) == 1


def test_a_group_s_submission_is_everybody_s() -> None:
    group = [Student(k, id=k, group="Group 7") for k in ("1", "2")] + [Student("3", id="3")]
    entries = entries_of([came(name="Group 7", lms_id="99", group="Group 7")], group)
    assert [entry.arrived is not None for entry in entries] == [True, True, False]


# ---- folders and cells


def test_every_student_has_a_safe_folder_of_their_own() -> None:
    keys = ["ada", "Ada", "../x", "..", "a/b", "a b", "Żółć", "CON", "x" * 300, "a\nb", ""]
    slugs = [Student(key).slug for key in keys]
    assert len(set(slugs)) == len(keys)
    assert all(slug and "/" not in slug and slug.strip(".") for slug in slugs)
    assert max(map(len, slugs)) < 100


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=5))
def test_any_text_makes_a_table_that_is_read_back(rows: list[list[str]]) -> None:
    import csv
    import io

    text = table_text(rows)
    assert [*csv.reader(io.StringIO(text, newline=""))] == [[cell_text(c) for c in r] for r in rows]


@given(st.text(min_size=1))
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = cell_text(text)
    assert not cell.startswith(("=", "@", "\t", "\r"))
    assert not cell.startswith(("+", "-")) or float(cell) is not None


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_formula_in_a_name_is_only_shown(text: str) -> None:
    assert cell_text(text) == f"'{text}"


def test_a_negative_number_stays_a_number() -> None:
    assert cell_text("-3.5") == "-3.5"


def test_a_table_with_other_separators_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n1;2\n\n", encoding="utf-8")
    assert read_table(tmp_path / "t.csv") == [["a", "b"], ["1", "2"]]
