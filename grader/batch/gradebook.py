"""gradebook.csv: a line for everybody, with all that their grade is made of."""

from collections.abc import Iterable, Mapping, Sequence

from grader.batch.rows import NOT_GRADED, NOT_SUBMITTED, WAITING, Json, whole_seed
from grader.batch.students import Entry
from grader.batch.tables import table_text

FILE = "gradebook.csv"
WHO = ("student", "name", "id", "email", "login", "github", "section", "on_roster")
SUM = ("score", "max_score", "points", "penalty", "final", "of")
HOW = ("adjusted", "late", "submitted", "commit", "seed", "kit", "isolation", "source", "notes")


def status_of(entry: Entry, row: Json | None, faults: Mapping[str, str]) -> str:
    if row is not None:
        return str(row["status"])
    if entry.arrived is None:
        return NOT_SUBMITTED
    return NOT_GRADED if entry.student.key in faults else WAITING


def why_not_again(student: str, faults: Mapping[str, str]) -> list[str]:
    """For the row of a student who has an earlier grade, and could not be graded now."""
    return [f"an earlier grade: {faults[student]}"] if student in faults else []


def gradebook(
    entries: Iterable[Entry],
    rows: Mapping[str, Json],
    faults: Mapping[str, str],
    exercises: Sequence[str],
) -> str:
    """The whole file: nothing in it depends on when or in which order it was graded."""
    table: list[Sequence[object]] = [[*WHO, "status", *exercises, *SUM, *HOW]]
    for entry in entries:
        student, row = entry.student, rows.get(entry.student.key)
        who = [student.key, student.name, student.id, student.email, student.login, student.github]
        who += [student.section, "yes" if student.on_roster else "no"]
        line: list[object] = [*who, status_of(entry, row, faults)]
        if row is None:
            reason = faults.get(student.key, "")
            table.append([*line, *[""] * (len(exercises) + len(SUM) + len(HOW) - 1), reason])
            continue
        graded = row["exercises"]
        line += [graded[name]["points"] if name in graded else "" for name in exercises]
        line += [row[name] for name in SUM]
        line += [
            "; ".join(row.get("adjusted", ())),
            row["late"],
            row["submitted"],
            row["commit"],
            whole_seed(row["origin"]),
        ]
        notes = [*row["notes"], *why_not_again(student.key, faults)]
        line += [row["origin"]["kit"], row["isolation"], row["source"], "; ".join(notes)]
        table.append(line)
    return table_text(table)
