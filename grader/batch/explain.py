"""`grader/class explain`: one check of one student again, with the recorded seed, and all of it."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.base.text import visible, visible_lines
from grader.batch.bundle import Bundle, unpack
from grader.batch.kit import kit_digest
from grader.batch.machine import prepare
from grader.batch.rows import Json, whole_seed
from grader.batch.store import FILE, Store
from grader.batch.student import Student
from grader.batch.task import Order, grade_bundle
from grader.batch.who import Register, plain, shown
from grader.grading.intake import BadInput
from grader.report.model import ExerciseResult, TestResult, exercise_from_json

SAME, ANOTHER = 0, 1
SHOWN = 8


def explain(options: argparse.Namespace) -> int:
    """Print everything about the check; 1 where today's verdict is not the recorded one."""
    out = Path(options.out)
    if not (out / FILE).is_file():
        raise BadInput(f"{visible(options.out)} holds no graded class: there is no {FILE}")
    store = Store(out)
    try:
        student = _student(store, options.student)
        row = store.accepted_row(student)
        assert row is not None
        results = [exercise_from_json(r) for r in store.accepted_result(student)["exercises"]]
        data = store.bundle(row["origin"]["content"])
    finally:
        store.close()
    then = _test(results, options.test)
    exercise = then.id.partition("/")[0]
    seed, secret = row["origin"]["seed"], row["origin"].get("secret", "")
    order = Order(seed, (exercise,), row["valgrind"], options.isolation, secret)
    machine = prepare(options.isolation)
    (now,) = grade_bundle(data, order, machine.witness)
    today = next(test for test in now.tests if test.id == then.id)
    print("\n".join(_lines(student, row, then, today, now, unpack(data))))
    if options.sources:
        _write_sources(unpack(data), Path(options.sources))
    return SAME if (then.verdict, then.points) == (today.verdict, today.points) else ANOTHER


def _student(store: Store, wanted: str) -> str:
    """The key of whom a teacher means: by any name, in any order of its words."""
    rows = store.accepted_rows()
    students = [Student(key, row.get("name", "")) for key, row in rows.items()]
    by_key = {student.key: student for student in students}
    found = [key for key, row in rows.items() if wanted in row["names"]]
    found = [key for key in found if key == wanted] or found
    register = Register(students)
    found = found or [student.key for student in register.called(wanted)]
    near = [] if found else register.near(wanted)
    if len(near) == 1 and any(plain(wanted) in plain(n) for n in (near[0].key, near[0].name)):
        return near[0].key  # a part of one name alone
    if len(found) == 1:
        return found[0]
    if found:
        which = f"{len(found)} are called that: {_list([by_key[key] for key in found])}"
    elif near:
        which = f"is it {_list(near)}?"
    else:
        more = f" and {len(students) - SHOWN} more" if len(students) > SHOWN else ""
        which = f"graded are: {_list(students[:SHOWN])}{more}" if students else "nobody is graded"
    raise BadInput(f"nobody is called {visible(wanted)}: {which}" if not found else which)


def _list(students: Sequence[Student]) -> str:
    return "; ".join(shown(student) for student in students)


def _test(results: list[ExerciseResult], wanted: str) -> TestResult:
    tests = [test for result in results for test in result.tests]
    found = [test for test in tests if wanted in (test.id, test.short_id, test.name)]
    if len(found) != 1:
        names = ", ".join(test.id for test in (found or tests))
        raise BadInput(f"which check is {visible(wanted)}? There are: {names}")
    return found[0]


def _lines(
    student: str,
    row: Json,
    then: TestResult,
    now: TestResult,
    exercise: ExerciseResult,
    bundle: Bundle,
) -> Iterator[str]:
    origin = row["origin"]
    yield f"{shown(Student(student, row.get('name', '')))} · {now.id}: {visible(now.name)}"
    yield f"  recorded   {_verdict(then)}"
    yield f"  today      {_verdict(now)}"
    if origin["kit"] != kit_digest():
        yield f"  the kit is another one since: {origin['kit']} → {kit_digest()}"
    elif (then.verdict, then.points) != (now.verdict, now.points):
        yield "  the kit, the seed and the submission are the same: the program is not"
    yield f"  from       {visible(row['source'])}"
    yield f"  handed in  {row['submitted'] or 'time unknown'} {row['commit']}".rstrip()
    yield f"  seed       {whole_seed(origin)}   kit {origin['kit']}   isolation {row['isolation']}"
    yield f"  idea       {now.concept}   (read {now.section})"
    for title, text in (
        ("What it says", now.fault or now.message),
        ("Your program", now.seen),
        ("Asked for", now.expected),
        ("What happened", "\n".join(now.evidence)),
        ("Hint", now.hint),
    ):
        if text:
            yield f"\n{title}:"
            yield from (f"  {line}" for line in visible_lines(text))
    for finding in exercise.diagnoses:
        if now.id in finding.tests:
            yield f"\nDiagnosis {finding.id}, {finding.lost} points: {visible(finding.text)}"
            yield from (f"  {visible(line)}" for line in finding.evidence)
            yield from (f"  {line}" for line in visible_lines(finding.explanation))
    yield "\nRuns of this exercise:"
    yield from (f"  {visible(command)}" for command in exercise.commands)
    yield from (f"  remark: {visible(remark)}" for remark in exercise.remarks)
    for intake in bundle.intakes:
        if intake.exercise == exercise.id:
            yield "\nFiles that were graded (--sources DIR writes them):"
            yield from (f"  {intake.exercise}/{visible(name)}" for name in intake.sources)
            yield from (f"  {visible(note)}" for note in (intake.trouble, *intake.notes) if note)


def _verdict(test: TestResult) -> str:
    points = "no points" if test.points is None else f"{test.points} of {test.max_points}"
    return f"{test.verdict}, {points}"


def _write_sources(bundle: Bundle, target: Path) -> None:
    """The files as they were graded; their names were looked at when they were read."""
    for intake in bundle.intakes:
        for source in (*((intake.own,) if intake.own else ()), *intake.extras):
            folder = target / intake.exercise
            try:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / Path(source.name).name).write_bytes(source.data)
            except OSError as error:
                raise BadInput(f"cannot write {folder}: {error.strerror}") from None
