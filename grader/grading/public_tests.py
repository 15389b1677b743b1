"""The public unit tests of an exercise, the kit's own copy, run for display: no points.

They run inside the student's process, so they prove nothing; they show what the student sees at
home.
"""

from grader import sandbox
from grader.base.check import Fault
from grader.base.exercise import Exercise
from grader.base.kit import KIT
from grader.grading.compile import FLAGS, Built, placed
from grader.grading.compiler import abilities
from grader.grading.criterion_tap import read_tap
from grader.grading.execute import read_facts
from grader.grading.intake import Intake
from grader.report.model import PublicTest
from grader.sandbox import HOME, WITNESS, Held, Job, Placed

PROGRAM = "/tmp/test_segment"
SECONDS = 30
# $1 is the witness, $2 an option of it or nothing, $3 the program, the rest its sources and the
# options that they are compiled with.
BUILD_AND_RUN = f"""
ulimit -t {SECONDS}; ulimit -c 0
witness=$1; option=$2; program=$3; shift 3
gcc -w -o "$program" "$@" -lcriterion >/dev/null 2>&1 &&
exec "$witness" $option --limit wall-ms={SECONDS * 1000} --limit memory={1 << 30} -- \\
    "$program" --tap=/dev/stdout --quiet
"""


class PublicTests:
    """The tests of one submission's segment.c, which run in parallel with the hidden ones."""

    def __init__(self, exercise: Exercise, intake: Intake, built: Built, witness: Held) -> None:
        tests = f"{exercise.id}/{exercise.unit_tests}"
        files = [
            *placed(exercise, intake),
            *(Placed(part.path, part.content) for part in built.extra),
            Placed(f"{HOME}/{tests}", Held((KIT / "starter" / tests).read_bytes())),
            Placed(WITNESS, witness, 0o555),
        ]
        sources = [tests, f"{exercise.id}/{exercise.source}"]
        option = "--untraced" if sandbox.may_untrace() else ""
        words = ["/bin/sh", "-c", BUILD_AND_RUN, "sh", WITNESS, option, PROGRAM, *sources]
        words += [*(part.path for part in built.extra), *FLAGS, *abilities().lenient]
        self._job: Job = sandbox.start(words, files, runs_student=True, deadline=2 * SECONDS)

    def finish(self) -> tuple[PublicTest, ...]:
        """What each test says, or nothing if they could not run."""
        try:
            (run,) = read_facts(self._job.finish(), 1)
        except Fault:
            return ()
        # They run in parallel, and end in a different order each time.
        return tuple(sorted(read_tap(run.stdout.text), key=lambda test: test.name))

    def close(self) -> None:
        self._job.kill()
