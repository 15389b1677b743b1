"""The command `grader/class`: grade a class, explain a verdict, work for another machine.

Exit status: 0 done, 2 bad input, 3 this machine cannot grade, or some submissions could not be read
or met an internal error, 130 interrupted: the same command goes on.
"""

import argparse
import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from grader.base import trouble
from grader.base.exercise import ids
from grader.batch import lms
from grader.cli import grade as single
from grader.cli.atomic_write import make_folder
from grader.cli.exit_status import ended
from grader.grading.intake import BadInput
from grader.sandbox import LEVELS, Unavailable

OUT = "results/class"
DONE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked, and say with the exit status how it went."""
    return ended(
        "class",
        lambda: _done(_options(arguments)),
        "interrupted; nothing is lost: the same command goes on",
    )


def _done(options: argparse.Namespace) -> int:
    status: int = options.run(options)
    return status


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = single.Parser(
        prog="grader/class",
        description="Grade a class: what a platform hands out goes in, a gradebook comes out.",
        epilog="Exit status: 0 done, 2 bad input, 3 this machine cannot grade, or some submissions"
        " could not be read or met an internal error, 130 interrupted (the same command goes on).",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_grade(commands)
    _add_explain(commands)
    _add_worker(commands)
    return parser.parse_args(arguments)


def _add_grade(commands: "argparse._SubParsersAction[single.Parser]") -> None:
    parser = commands.add_parser(
        "grade",
        help="grade the submissions of a class, or go on with it",
        description="Grade the submissions of a class, or go on where an earlier call was ended.",
    )
    parser.set_defaults(run=_grade)
    parser.add_argument(
        "submissions",
        metavar="SUBMISSIONS",
        help=f"a folder of submissions, or the zip that {lms.with_downloads()}"
        " gave, or a folder of cloned repositories",
    )
    parser.add_argument("--out", metavar="DIR", default=OUT, help="where all is written")
    parser.add_argument("--roster", metavar="CSV", help="who is in the class")
    parser.add_argument("--policy", metavar="TOML", help="deadline, lateness, points")
    parser.add_argument(
        "--adjustments", metavar="CSV", help="changes of grades by hand, each with its reason"
    )
    parser.add_argument("--exercise", metavar="N", help="grade this exercise alone")
    parser.add_argument("--isolation", choices=LEVELS, help="insist on this level of isolation")
    parser.add_argument(
        "--seed", type=single.seed_number, metavar="N", help="the seed of the class"
    )
    parser.add_argument(
        "--jobs",
        type=single.positive,
        metavar="N",
        default=len(os.sched_getaffinity(0)),
        help="submissions that are graded at a time (default: the number of processors)",
    )
    parser.add_argument(
        "--regrade", action="store_true", help="grade again also what is known and unchanged"
    )
    parser.add_argument(
        "--only",
        metavar="STUDENT",
        action="append",
        default=[],
        help="grade this student alone (may be given several times)",
    )
    parser.add_argument(
        "--accept", action="store_true", help="let the changed grades count that are shown else"
    )
    parser.add_argument(
        "--fill",
        metavar="CSV",
        action="append",
        default=[],
        help=f"the table of {lms.with_tables()} to fill in (else the roster, if it is one)",
    )
    parser.add_argument("--column", metavar="TITLE", help="the column of that table to fill in")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on a Dask cluster, like tcp://host:8786"
    )
    _add_tls(parser)
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.add_argument(trouble.OPTION, action="store_true", help=trouble.HELP)  # taken by then


def _add_explain(commands: "argparse._SubParsersAction[single.Parser]") -> None:
    parser = commands.add_parser(
        "explain",
        help="repeat one check of one student and show everything",
        description="Repeat one check of one student with the recorded seed and show everything.",
        epilog="Exit status: 0 the verdict is the recorded one, 1 it is another one today.",
    )
    parser.set_defaults(run=_explain)
    parser.add_argument("--student", required=True, help="by any name that the roster knows")
    parser.add_argument(
        "--test", required=True, help=f"like parent_waits or {ids()[0]}/parent_waits"
    )
    parser.add_argument("--out", metavar="DIR", default=OUT, help="where the class was graded")
    parser.add_argument("--isolation", choices=LEVELS, help="insist on this level of isolation")
    parser.add_argument("--sources", metavar="DIR", help="write the files that were graded there")


def _add_worker(commands: "argparse._SubParsersAction[single.Parser]") -> None:
    parser = commands.add_parser(
        "worker",
        help="grade for a Dask scheduler on another machine",
        description="Grade for a Dask scheduler, until it goes or this is interrupted.",
    )
    parser.set_defaults(run=_work)
    parser.add_argument("scheduler", nargs="?", metavar="ADDRESS", help="like tcp://host:8786")
    parser.add_argument(
        "--jobs",
        type=single.positive,
        metavar="N",
        default=len(os.sched_getaffinity(0)),
        help="submissions at a time (default: the number of processors)",
    )
    parser.add_argument("--host", help="the address of this machine that others reach")
    _add_tls(parser)
    parser.add_argument("--isolation", choices=LEVELS, help="insist on this level of isolation")
    parser.add_argument("--secret", action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--for", type=int, dest="parent", metavar="PID", help=argparse.SUPPRESS)


def _add_tls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tls-ca-file", metavar="PEM", help="as for dask-scheduler")
    parser.add_argument("--tls-cert", metavar="PEM", help="as for dask-scheduler")
    parser.add_argument("--tls-key", metavar="PEM", help="as for dask-scheduler")


# ---- what the commands do


def _work(options: argparse.Namespace) -> int:
    if options.parent is not None:
        from grader.batch.worker import serve

        return serve(options.parent, options.isolation, options.secret)
    if options.scheduler is None:
        raise BadInput("worker: name the scheduler, like tcp://host:8786")
    from grader.batch.cluster import distributed_module, security_of, tls_of
    from grader.batch.cluster_task import serve_cluster
    from grader.batch.machine import prepare

    security = security_of(distributed_module(), tls_of(options))
    prepare(options.isolation)  # a machine that cannot grade says so and does not join
    try:
        serve_cluster(options.scheduler, options.jobs, security, options.host)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unavailable(f"cannot work for {options.scheduler}: {reason}") from None
    return DONE


def _explain(options: argparse.Namespace) -> int:
    from grader.batch.explain import explain

    return explain(options)


def _grade(options: argparse.Namespace) -> int:
    from grader.batch.classroom import grade_class

    out = Path(options.out)
    make_folder(out)
    with _locked(out):
        return grade_class(options, out)


class _locked:
    """One call at a time works on a folder."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._descriptor = -1

    def __enter__(self) -> None:
        self._descriptor = os.open(self._out / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise BadInput(f"another call of grader/class works on {self._out}") from None

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
