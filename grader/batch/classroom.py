"""`grader/class grade`: from the command line's words to the files of a graded class."""

import argparse
import shutil
import sys
from fractions import Fraction
from pathlib import Path

from grader.base.text import visible
from grader.batch.adjustments import Adjustment, read_adjustments
from grader.batch.came import FILE as HANDED_IN
from grader.batch.came import LEFT_SHOWN, came_table, left_out, question
from grader.batch.class_run import STUDENTS, Done, Evening, Settings
from grader.batch.feedback import FILE as FEEDBACK
from grader.batch.feedback import write_feedback
from grader.batch.gradebook import FILE as GRADEBOOK
from grader.batch.imports.top import open_top
from grader.batch.jobs import Backend
from grader.batch.lms import Download, kind_of, read_all, title_of
from grader.batch.outputs import write_outputs
from grader.batch.page import FILE as PAGE
from grader.batch.platform_tables import check_column, check_range
from grader.batch.policy import Policy, read_policy
from grader.batch.pool import LocalPool
from grader.batch.progress import progress_for
from grader.batch.regrade import table
from grader.batch.roster import read_roster
from grader.batch.rows import on_time
from grader.batch.score import most_points
from grader.batch.store import Store
from grader.batch.students import Entry, assigned, names_of_submission
from grader.batch.tables import read_table
from grader.batch.who import Register
from grader.cli.atomic_write import write_whole
from grader.cli.grade import chosen
from grader.grading.catalogue import catalogue
from grader.grading.intake import BadInput

DONE, CANNOT = 0, 3


def grade_class(options: argparse.Namespace, out: Path) -> int:
    exercises = {entry.exercise.id: entry.points for entry in catalogue()}
    policy = read_policy(Path(options.policy), exercises) if options.policy else Policy()
    roster = read_roster(Path(options.roster)) if options.roster else None
    download = read_all(open_top(Path(options.submissions)))
    called = {name for one in download.arrived for name in names_of_submission(one)}
    who = assigned(download.arrived, roster, policy.told(Register(roster or ()), called))
    policy = policy.for_students(Register(entry.student for entry in who.entries))
    entries = [on_time(entry, policy) for entry in who.entries]
    write_whole(out / HANDED_IN, came_table(download, who, _earlier(entries)))
    if who.unclear:
        raise BadInput(question(who, out / HANDED_IN))
    if not any(entry.arrived for entry in entries):
        raise BadInput(f"{visible(options.submissions)} holds no submissions{_why_none(download)}")
    register = Register(entry.student for entry in entries)
    adjusted = _adjustments(options.adjustments, register)
    ids = _exercises(options.exercise, policy)
    settings = Settings(
        out=out,
        policy=policy,
        exercises=ids,
        adjustments=adjusted,
        isolation=options.isolation,
        seed=options.seed,
        regrade=options.regrade,
        only=_only(options.only, register),
        accept=options.accept,
    )
    exports = [Path(name) for name in options.fill] or _platform_roster(options.roster)
    _check_tables(options, exports, most_points(ids, policy, exercises))
    came = sum(1 for one in download.arrived if who.owners.get(one.source))
    _say(options, f"{title_of(download.platform)}: {came} submissions, {len(entries)} students")
    if left := left_out(download, who):
        names = ", ".join(visible(name) for name in left[:LEFT_SHOWN])
        more = f" and {len(left) - LEFT_SHOWN} more" if len(left) > LEFT_SHOWN else ""
        _say(options, f"nobody's: {names}{more}; see {out / HANDED_IN}")
    store = Store(out)
    try:
        evening = Evening(settings, store, progress_for(sys.stdout, options.quiet))
        done = evening.run(entries, _backend(options))
        notes = write_outputs(
            out,
            store,
            entries,
            done.faults,
            settings.exercises,
            download.platform,
            exports,
            options.column,
            left_out(download, who),
        )
        graded = store.accepted_rows().keys()
        count = write_feedback(out, out / STUDENTS, download.platform, entries)
        notes += [f"{out / FEEDBACK}: the reports, to hand back at once"] if count else []
        shutil.rmtree(out / ".scratch", ignore_errors=True)
    finally:
        store.close()
    notes += [
        f"{visible(key)} has no grade, so the adjustment in line {some[0].line} changes nothing"
        for key, some in adjusted.items()
        if key not in graded
    ]
    return _told(options, out, entries, done, notes)


def _exercises(wanted: str | None, policy: Policy) -> tuple[str, ...]:
    """The exercises that are graded: those of the policy, or the one that is asked for."""
    entries = chosen(catalogue(), wanted)
    ids = tuple(entry.exercise.id for entry in entries)
    if wanted is not None:
        return ids
    return tuple(name for name in ids if name not in policy.left_out)


def _adjustments(path: str | None, register: Register) -> dict[str, tuple[Adjustment, ...]]:
    if path is None:
        return {}
    rubric = {
        entry.exercise.id: {
            f"{entry.exercise.id}/{name.removeprefix('test_')}": check.points
            for name, _, check in entry.tests
        }
        for entry in catalogue()
    }
    return read_adjustments(Path(path), register, rubric)


def _check_tables(options: argparse.Namespace, tables: list[Path], most: Fraction) -> None:
    for path in tables:
        shown, rows = visible(str(path)), read_table(path)
        _, place = check_column(shown, rows, options.column)
        if note := check_range(shown, rows, place, most):
            _say(options, note)


def _earlier(entries: list[Entry]) -> dict[str, str]:
    """Why something does not count although it is known whose it is, by its place."""
    counts = {entry.arrived.source for entry in entries if entry.arrived}
    return {
        other.source: f"another one counts: {entry.arrived.source}"
        for entry in entries
        for other in entry.others
        if entry.arrived
        and other.source not in counts
        and not entry.arrived.source.startswith(f"{other.source} at ")  # an earlier commit of it
    }


def _why_none(download: Download) -> str:
    return f": it is {title_of(download.platform)}" if download.arrived else ""


def _backend(options: argparse.Namespace) -> Backend:
    if options.scheduler is None:
        secrets = [Path(options.submissions), Path(options.out)]
        return LocalPool(options.jobs, options.isolation, secrets)
    from grader.batch.cluster import ClusterBackend, tls_of

    def warn(line: str) -> None:
        print(f"class: {visible(line)}", file=sys.stderr, flush=True)

    return ClusterBackend(options.scheduler, tls_of(options), warn)


def _platform_roster(roster: str | None) -> list[Path]:
    """The roster, where it is a platform's own table: it is what that platform takes back."""
    if roster is None or not kind_of(read_table(Path(roster))[0]):
        return []
    return [Path(roster)]


def _only(names: list[str], register: Register) -> frozenset[str]:
    """The keys of those who are named."""
    keys = set()
    for name in names:
        student, why_not = register.one(name)
        if student is None:
            raise BadInput(f"--only {visible(name)}: {why_not}")
        keys.add(student.key)
    return frozenset(keys)


def _told(
    options: argparse.Namespace, out: Path, entries: list[Entry], done: Done, notes: list[str]
) -> int:
    missing = [entry for entry in entries if entry.arrived is None]
    strangers = [entry for entry in entries if not entry.student.on_roster]
    if missing:
        names = ", ".join(visible(entry.student.name or entry.student.key) for entry in missing)
        _say(options, f"not submitted: {names}")
    if strangers:
        names = ", ".join(visible(entry.student.name or entry.student.key) for entry in strangers)
        _say(options, f"not on the roster: {names}")
    for line in table(done.by_hand, accepted=True):
        _say(options, line)
    for line in table(done.changes, options.accept):
        _say(options, line)
    for note in notes:
        _say(options, note)
    _say(options, f"{out / GRADEBOOK} and {out / PAGE}")
    for student, fault in done.faults.items():
        print(f"class: not graded: {visible(student)}: {visible(fault)}", file=sys.stderr)
    return CANNOT if done.faults else DONE


def _say(options: argparse.Namespace, line: str) -> None:
    if not options.quiet:
        print(line, flush=True)
