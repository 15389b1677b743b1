"""Grades in the files that platforms take back: the table that a teacher downloaded, filled in,
with its rows, their order and all other columns as they were.

Without such a table one is made from what the submissions' names tell.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from grader.batch.imports.arrived import Claim
from grader.batch.roster import students_of
from grader.batch.rows import Json
from grader.batch.students import Entry, Student, finder_of
from grader.grading.intake import BadInput

Table = list[list[str]]
TITLE = "Sharing is caring"

CANVAS_OWN = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Section")
CANVAS_COLUMN = re.compile(r".* \(\d+\)")
POSSIBLE = "    Points Possible"
MOODLE_FEEDBACK = "Feedback comments"
BLACKBOARD_COLUMN = re.compile(r".*\|_?\d+(_\d+)?")


@dataclass(frozen=True)
class Grade:
    points: str
    of: int
    feedback: str  # HTML


@dataclass(frozen=True)
class Filled:
    """A table to give back, its file's name, and what a teacher should know of it."""

    file: str
    table: Table
    notes: tuple[str, ...] = ()


GradeOf = Callable[[Student], Grade | None]


def kind_of(titles: Sequence[str]) -> str:
    """Whose table it is, by its titles: "canvas", "moodle", "blackboard", or ""."""
    if "Student" in titles and "ID" in titles and "Section" in titles:
        return "canvas"
    if "Identifier" in titles and "Grade" in titles:
        return "moodle"
    if "Username" in titles and any(BLACKBOARD_COLUMN.fullmatch(title) for title in titles):
        return "blackboard"
    return ""


def fill(file: str, table: Table, column: str | None, grade_of: GradeOf) -> Filled:
    """The table with the grades in it; raises BadInput where it is not clear which column."""
    kind = kind_of(table[0]) if table else ""
    if not kind:
        raise BadInput(f"{file} is no table of Canvas, Moodle or Blackboard: export it there again")
    titles = table[0]
    place = titles.index(_column(file, kind, titles, column))
    filled = [[*row, *[""] * (len(titles) - len(row))] for row in table]
    notes: list[str] = []
    found = 0
    for row, student in zip(filled[1:], students_of(file, table)):
        if student is None:  # Canvas's row of points
            _compare_possible(row[place], grade_of, students_of(file, table), notes)
            continue
        grade = grade_of(student)
        if grade is None:
            continue
        found += 1
        row[place] = grade.points
        if kind == "moodle" and MOODLE_FEEDBACK in titles:
            row[titles.index(MOODLE_FEEDBACK)] = grade.feedback
    notes.insert(0, f"{found} of {len([s for s in students_of(file, table) if s])} are filled in")
    return Filled(f"{kind}.csv", filled, tuple(notes))


def _column(file: str, kind: str, titles: Sequence[str], wanted: str | None) -> str:
    if kind == "moodle" and wanted is None:
        return "Grade"
    pattern = CANVAS_COLUMN if kind == "canvas" else BLACKBOARD_COLUMN
    columns = [t for t in titles if pattern.fullmatch(t) and t not in CANVAS_OWN]
    if wanted is not None:
        columns = [t for t in titles if t == wanted] or [t for t in columns if wanted in t]
    if len(columns) != 1:
        names = "; ".join(columns[:8]) or "none"
        raise BadInput(f"{file}: say which column with --column: it could be {names}")
    return columns[0]


def _compare_possible(
    possible: str, grade_of: GradeOf, students: Sequence[Student | None], notes: list[str]
) -> None:
    grades = (grade_of(student) for student in students if student)
    of = next((grade.of for grade in grades if grade), None)
    try:
        if of is not None and possible.strip() and float(possible) != of:
            notes.append(f"the platform's points are {possible.strip()}, these grades are of {of}")
    except ValueError:
        pass


# ---- tables of our own


def made(shape: str, entries: Sequence[Entry], rows: dict[str, Json]) -> Filled | None:
    """A table for the platform that the submissions came from, where no export was given."""
    graded = [
        (entry.student, entry.arrived.claim.lms_id, grade_of_row(rows[entry.student.key]))
        for entry in entries
        if entry.arrived and entry.arrived.claim.lms_id and entry.student.key in rows
    ]
    if not graded:
        return None
    if shape == "canvas":
        possible = [POSSIBLE, "", "", "", str(graded[0][2].of)]
        table = [["Student", "ID", "SIS Login ID", "Section", TITLE], possible]
        table += [[s.name, number, s.login, s.section, grade.points] for s, number, grade in graded]
    elif shape == "moodle":
        table = [["Identifier", "Full name", "Email address", "Grade", MOODLE_FEEDBACK]]
        table += [
            [f"Participant {number}", s.name, s.email, grade.points, grade.feedback]
            for s, number, grade in graded
        ]
    else:
        return None
    return Filled(f"{shape}.csv", table)


def finder(entries: Sequence[Entry], rows: dict[str, Json]) -> GradeOf:
    """Looks up the grade of whom a platform's row means."""
    find = finder_of([entry.student for entry in entries])
    by_number = {
        entry.arrived.claim.lms_id: entry.student
        for entry in entries
        if entry.arrived and entry.arrived.claim.lms_id
    }

    def grade_of(student: Student) -> Grade | None:
        found = by_number.get(student.id)
        claims = [
            Claim(
                student.key, student.name, student.id, student.email, student.login, student.github
            ),
            *(Claim(lms_id=number) for number in student.other_ids if number),
        ]
        for claim in claims:
            found = found or next(iter(find(claim)), None)
        row = rows.get(found.key) if found else None
        return grade_of_row(row) if row else None

    return grade_of


def grade_of_row(row: Json) -> Grade:
    """What a platform is told: points, and for Moodle a few words."""
    lines = [f"{row['final']} of {row['of']} points"]
    for name, exercise in row["exercises"].items():
        first = row["first"].get(name, "")
        lines.append(
            f"{name}: {exercise['points']}/{exercise['of']}{f'. {first}' if first else ''}"
        )
    lines += row["notes"]
    return Grade(row["final"], row["of"], "<br>".join(escape(line) for line in lines))
