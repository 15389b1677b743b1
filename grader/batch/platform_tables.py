"""Grades in the tables that platforms take back: the table that a teacher downloaded, filled in,
with its rows, their order and all other columns as they were.

Without such a table one is made from what the submissions' names tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from grader.batch import lms
from grader.batch.imports.arrived import Claim
from grader.batch.lms import Grade, GradeTable, Graded, Rows
from grader.batch.roster import students_of
from grader.batch.rows import Json
from grader.batch.students import Entry, Student, finder_of
from grader.grading.intake import BadInput


@dataclass(frozen=True)
class Filled:
    """A table to give back, its file's name, and what a teacher should know of it."""

    file: str
    table: Rows
    notes: tuple[str, ...] = ()


GradeOf = Callable[[Student], Grade | None]


def fill(file: str, rows: Rows, column: str | None, grade_of: GradeOf) -> Filled:
    """The table with the grades in it; raises BadInput where it is not clear which column."""
    kind = lms.kind_of(rows[0]) if rows else ""
    if not kind:
        raise BadInput(f"{file} is no table of {lms.with_tables()}: export it there again")
    table, titles = lms.tables()[kind], rows[0]
    place = titles.index(_column(file, table, titles, column))
    filled = [[*row, *[""] * (len(titles) - len(row))] for row in rows]
    students = students_of(file, rows)
    notes: list[str] = []
    found = 0
    for row, student in zip(filled[1:], students):
        if student is None:
            _compare_possible(row[place], grade_of, students, notes)
            continue
        grade = grade_of(student)
        if grade is None:
            continue
        found += 1
        row[place] = grade.points
        if table.feedback in titles:
            row[titles.index(table.feedback)] = grade.feedback
    notes.insert(0, f"{found} of {len([s for s in students if s])} are filled in")
    return Filled(f"{kind}.csv", filled, tuple(notes))


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
    of = next((grade.of for grade in grades if grade), None)
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
        Graded(entry.student, entry.arrived.claim.lms_id, grade_of_row(rows[entry.student.key]))
        for entry in entries
        if entry.arrived and entry.arrived.claim.lms_id and entry.student.key in rows
    ]
    if not graded or table is None or table.make is None:
        return None
    return Filled(f"{platform}.csv", table.make(graded))


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
    """What a platform is told: points, and a few words for one that takes them."""
    lines = [f"{row['final']} of {row['of']} points"]
    for name, exercise in row["exercises"].items():
        first = row["first"].get(name, "")
        lines.append(
            f"{name}: {exercise['points']}/{exercise['of']}{f'. {first}' if first else ''}"
        )
    lines += row["notes"]
    return Grade(row["final"], row["of"], "<br>".join(escape(line) for line in lines))
