"""Grades in the tables that platforms take back: the table that a teacher downloaded, filled in,
with its rows, their order and all other columns as they were.

Without such a table one is made from what the submissions' names tell.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape

from grader.batch import lms
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing
from grader.batch.lms import Grade, GradeTable, Graded, Rows
from grader.batch.roster import students_of
from grader.batch.rows import Json
from grader.batch.score import number_text
from grader.batch.students import Entry, Student
from grader.batch.who import Register
from grader.grading.intake import BadInput


NUMBER = re.compile(r"\d+(\.\d+)?")
ANONYMOUS = "anonymous"  # numbers that a platform hides people behind: no table has them


@dataclass(frozen=True)
class Filled:
    """A table to give back, its file's name, and what a teacher should know of it."""

    file: str
    table: Rows
    notes: tuple[str, ...] = ()


# The grade of whom a row means, None where there is none, or why it is not clear who that is.
GradeOf = Callable[[Student], Grade | str | None]


def fill(file: str, rows: Rows, column: str | None, grade_of: GradeOf) -> Filled:
    """The table with the grades in it; raises BadInput where it is not clear which column."""
    kind, place = check_column(file, rows, column)
    table, titles = lms.tables()[kind], rows[0]
    filled = [[*row, *[""] * (len(titles) - len(row))] for row in rows]
    students = students_of(file, rows)
    notes: list[str] = []
    found = 0
    for number, (row, student) in enumerate(zip(filled[1:], students), 2):
        if student is None:
            _compare_possible(row[place], grade_of, students, notes)
            continue
        grade = grade_of(student)
        if isinstance(grade, str):
            notes.append(f"line {number} is not filled in: {grade}")
            continue
        if grade is None:
            continue
        found += 1
        row[place] = grade.points
        if table.feedback in titles:
            row[titles.index(table.feedback)] = grade.feedback
    notes.insert(0, f"{found} of {len([s for s in students if s])} are filled in")
    return Filled(f"{kind}.csv", filled, tuple(notes))


def check_column(file: str, rows: Rows, column: str | None) -> tuple[str, int]:
    """Whose table it is, and the place of the column that takes the grades; raises BadInput where
    that is not clear, before anything is graded.
    """
    kind = lms.kind_of(rows[0]) if rows else ""
    if not kind:
        raise BadInput(f"{file} is no table of {lms.with_tables()}: export it there again")
    return kind, rows[0].index(_column(file, lms.tables()[kind], rows[0], column))


def check_range(file: str, rows: Rows, place: int, most: Fraction) -> str:
    """Refuse grades that the platform would drop or cut; what else a teacher should know."""
    kind = lms.kind_of(rows[0])
    table = lms.tables()[kind]
    if table.possible and (row := _possible(table, rows)):
        return _of_others(file, row[place] if place < len(row) else "", most)
    takes = _takes(table, rows, place)
    if takes is None or takes == most:
        return ""
    shown, highest = number_text(takes), number_text(most)
    if takes < most:
        raise BadInput(
            f"{file}: its column takes at most {shown} points, and these grades go up to {highest}:"
            f" scale them with [score] total in the policy, or change the column"
        )
    return _of_others(file, shown, most)


def _possible(table: GradeTable, rows: Rows) -> list[str] | None:
    """Canvas's row of full points: a column takes more than that."""
    return next((row for row in rows[1:] if row and row[0].strip() == table.possible), None)


def _of_others(file: str, text: str, most: Fraction) -> str:
    if not NUMBER.fullmatch(text.strip()) or Fraction(text.strip()) == most:
        return ""
    return (
        f"{file}: its column is of {text.strip()} points, these grades are of {number_text(most)}"
    )


def _takes(table: GradeTable, rows: Rows, place: int) -> Fraction | None:
    """The most that the column takes, by what the platform says beside it."""
    titles = rows[0]
    texts: list[str] = []
    if table.most_in and (found := table.most_in.fullmatch(titles[place])):
        texts.append(found[1])
    if table.most is not None:
        columns = [at for at, t in enumerate(titles) if t.casefold() == table.most.casefold()]
        texts += [row[at] for at in columns for row in rows[1:] if at < len(row)]
    numbers = [Fraction(text.strip()) for text in texts if NUMBER.fullmatch(text.strip())]
    return min(numbers, default=None)


def _column(file: str, table: GradeTable, titles: Sequence[str], wanted: str | None) -> str:
    if table.column is not None and wanted is None:
        return table.column
    columns = [t for t in titles if table.columns and table.columns.fullmatch(t)]
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
    of = next((grade.of for grade in grades if isinstance(grade, Grade)), None)
    try:
        if of is not None and possible.strip() and float(possible) != of:
            notes.append(f"the platform's points are {possible.strip()}, these grades are of {of}")
    except ValueError:
        pass


# ---- tables of our own


def made(platform: str, entries: Sequence[Entry], rows: dict[str, Json]) -> Filled | None:
    """A table for the platform that the submissions came from, where no export was given."""
    table = lms.load(platform).TABLE
    graded = [
        Graded(entry.student, entry.number, grade_of_row(rows[entry.student.key]))
        for entry in entries
        if entry.number and entry.kind != ANONYMOUS and entry.student.key in rows
    ]
    if not graded or table is None or table.make is None:
        return None
    return Filled(f"{platform}.csv", table.make(graded))


def finder(entries: Sequence[Entry], rows: dict[str, Json]) -> GradeOf:
    """Looks up the grade of whom a platform's row means: by all that it says, and where that is
    two people, by nothing.
    """
    register = Register(_with_number(entry) for entry in entries)

    def grade_of(student: Student) -> Grade | str | None:
        row = Claim(
            name=student.name,
            lms_id=student.id,
            email=student.email,
            login=student.login,
            github=student.github,
            kind=student.id_kind,
        )
        others = (Claim(lms_id=number, kind=kind) for number, kind in student.other_ids)
        who = register.find(Arrived(row, student.key, Listing, readings=tuple(others)))
        if who.unclear:
            return who.unclear
        row_of_grade = rows.get(who.students[0].key) if who.students else None
        return grade_of_row(row_of_grade) if row_of_grade else None

    return grade_of


def _with_number(entry: Entry) -> Student:
    """A student, with the number that the download told."""
    if not entry.number:
        return entry.student
    known = (entry.number, entry.kind)
    return replace(entry.student, other_ids=(*entry.student.other_ids, known))


def grade_of_row(row: Json) -> Grade:
    """What a platform is told: points, and a few words for one that takes them."""
    lines = [f"{row['final']} of {row['of']} points"]
    for name, exercise in row["exercises"].items():
        first = row["first"].get(name, "")
        lines.append(
            f"{name}: {exercise['points']}/{exercise['of']}{f'. {first}' if first else ''}"
        )
    lines += row["notes"]
    return Grade(row["final"], row["of"], "<br>".join(escape(line) for line in lines))
