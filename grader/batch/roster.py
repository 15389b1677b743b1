"""Reads a roster: a CSV file of one's own, or what a platform exports, as it is.

Columns are known by their titles, in the words of Canvas, Moodle, Blackboard, Gradescope, GitHub
Classroom and Classroom 50, and in those that a platform of `lms` adds.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.base.text import visible
from grader.batch import lms
from grader.batch.student import Student
from grader.batch.tables import read_table
from grader.grading.intake import BadInput

# Titles without case and punctuation; the first column that is there counts.
COLUMNS = {
    "id": (
        "id",
        "studentid",
        "sid",
        "lmsid",
        "identifier",
        "idnumber",
        "sisuserid",
        "matriculation",
    ),
    "name": ("name", "fullname", "student", "studentname"),
    "first": ("firstname", "givenname"),
    "last": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail"),
    "login": ("login", "username", "user", "sisloginid", "loginid"),
    "github": ("github", "githubusername", "githubuser", "githublogin"),
    "section": ("section", "sections", "class"),
    "group": ("group", "team", "groupname"),
}
# Numbers beside `id`, and whose they are: "sid" is the school's own, "" what nobody says.
OTHER_IDS = {
    "sisuserid": "sid",
    "idnumber": "sid",
    "sid": "sid",
    "matriculation": "sid",
    "studentid": "",
    "identifier": "",
    "uniqueid": "",
}
CLASSROOM_50 = {"username", "submission_tag", "review_url"}


def read_roster(path: Path) -> list[Student]:
    """The students, in the file's order; raises BadInput with the line where it is wrong."""
    rows = read_table(path)
    shown = visible(str(path))
    if len(rows) < 2:
        raise BadInput(f"{shown} holds no students: a line of titles and a line for each is needed")
    students: dict[str, Student] = {}
    for number, student in enumerate(students_of(shown, rows), 2):
        if student is None:
            continue
        if student.key in students:
            raise BadInput(f"{shown}:{number}: {visible(student.key)} is there twice")
        students[student.key] = student
    return list(students.values())


def students_of(shown: str, rows: Sequence[Sequence[str]]) -> list[Student | None]:
    """Who each row below the titles is; None for a row that is nobody's (Canvas's points)."""
    titles = [_plain(title) for title in rows[0]]
    where = {
        what: next((titles.index(name) for name in _words(what) if name in titles), None)
        for what in COLUMNS
    }
    if CLASSROOM_50 <= set(rows[0]) or "githubid" in titles:
        where["github"] = where["login"] if where["github"] is None else where["github"]
    if all(where[what] is None for what in ("id", "name", "email", "login", "github", "last")):
        raise BadInput(
            f"{shown}:1: no column says who a student is: one of id, name, email, login, github"
        )
    kind = lms.kind_of(rows[0])
    pattern = lms.tables()[kind].number if kind else None
    its_id = where["id"]
    id_kind = lms.tables()[kind].id_kind if kind else ""
    if its_id is not None and titles[its_id] in OTHER_IDS:
        id_kind = id_kind or OTHER_IDS[titles[its_id]]
    others = {n: OTHER_IDS[t] for n, t in enumerate(titles) if t in OTHER_IDS and n != its_id}
    nobodys = {table.possible for table in lms.tables().values()}
    students: list[Student | None] = []
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() in nobodys for cell in row[:1]):
            students.append(None)
            continue
        student = _student(row, where, others, pattern, id_kind)
        if not student.key:
            raise BadInput(f"{shown}:{number}: this line names nobody")
        students.append(student)
    return students


def _student(
    row: Sequence[str],
    where: dict[str, int | None],
    others: Mapping[int, str],
    pattern: re.Pattern[str] | None,
    id_kind: str,
) -> Student:
    def at(column: int | None) -> str:
        return row[column].strip() if column is not None and column < len(row) else ""

    def cell(what: str) -> str:
        text = at(where[what])
        # D2L writes a mark before what a spreadsheet could take for a number.
        return text.removeprefix("#") if what in ("login", "email") else text

    name = cell("name") or " ".join(part for part in (cell("first"), cell("last")) if part)
    text = cell("id")
    found = pattern.fullmatch(text) if pattern else None
    own = found[1] if found else text
    return Student(
        key=own or cell("login") or cell("github") or cell("email") or name,
        name=name,
        id=own,
        email=cell("email"),
        login=cell("login"),
        github=cell("github"),
        section=cell("section"),
        group=cell("group"),
        other_ids=tuple((at(column), kind) for column, kind in others.items() if at(column)),
        id_kind=id_kind,
        id_text=text,
    )


def _words(what: str) -> Sequence[str]:
    """The titles of a column that says this of a student."""
    theirs = (table.words for table in lms.tables().values())
    return (
        *COLUMNS[what],
        *(_plain(w) for words in theirs for w, of in words.items() if of == what),
    )


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.lower())
