"""Runs an exercise's program under witness, in a sandbox, and returns the facts."""

import json
import os
import pwd
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.base.bounds import most_in_group
from grader.base.check import Fault
from grader.base.exercise import Exercise
from grader.base.text import cut
from grader.facts.command import Command
from grader.facts.from_json import read_run
from grader.facts.records import FactsError, Run
from grader.facts.shortage import machines_want
from grader.grading.compile import placed_headers
from grader.grading.intake import Intake
from grader.grading.time_budget import WALL, WALL_MS
from grader.sandbox import HOME, PROGRAMS, WITNESS, Ended, Held, Job, Placed, start
from grader.sandbox.ipc import Segment

DEFAULT_LINGER_MS = 500
GRACE_SECONDS = 10.0  # what the witness may need beyond the time that it gives its commands
SLOWNESS_MAX = 3  # and so much longer may these take where the machine is slow (limits.c)
ATTEMPTS = 2
EXPLORING_SECONDS = 20.0  # at most 1 s of a processor in all, and one run that meets its limit
LONGEST_SHOWN = 250  # letters of an argument
# What reading facts can raise that are none: a list for an object, a text for a number, and so on.
UNREADABLE = (
    FactsError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Want(Fault):
    """The machine had too little of something for a run, and will not have more for the next."""


@dataclass(frozen=True)
class World:
    """The environment of a program of this exercise."""

    program: str  # its path inside the sandbox
    files: tuple[Placed, ...]

    def start(self, lines: Sequence[Sequence[str]], seconds: float) -> Job:
        """Start a series of witness in its own sandbox."""
        return start(
            [WITNESS, "--series", "-"],
            self.files,
            lines=lines,
            runs_student=True,
            deadline=seconds * SLOWNESS_MAX + GRACE_SECONDS,
        )


def world(exercise: Exercise, intake: Intake, program: Held, witness: Held) -> World:
    """The working folder has what a student may pass to ftok: the sources, the Makefile and the
    program, as at home.
    """
    files = [*placed_headers(), Placed(WITNESS, witness, 0o555)]
    for source in (*((intake.own,) if intake.own else ()), *intake.extras):
        content = Held(source.data)
        files.append(Placed(f"{HOME}/{exercise.id}/{source.name}", content))
        files.append(Placed(f"{HOME}/{source.name}", content))
    path = f"{PROGRAMS}/{exercise.program}"
    files.append(Placed(path, program, 0o555))
    files.append(Placed(f"{HOME}/{exercise.program}", program, 0o555))
    files.append(Placed(f"{HOME}/Makefile", Held(b"# of the assignment\n", "Makefile")))
    return World(path, tuple(files))


def run(around: World, commands: Sequence[Command], program: str = "") -> list[Run]:
    """The facts of some commands that run one after the other in one sandbox: of the student's
    program, or of another program.
    """
    lines = [command.words(program or around.program) for command in commands]
    seconds = sum(seconds_of(command) for command in commands)
    met = Fault("")
    for _ in range(ATTEMPTS):
        with around.start(lines, seconds) as job:
            ended = job.finish()
        try:
            facts = read_facts(ended, len(commands))
        except Fault as fault:
            met = fault
            continue
        demand_own_keys(facts, job.met)
        return facts
    raise met


def explore(around: World, asked: Command) -> list[Run]:
    """The facts of a command in some of the orders that its processes can be in: all of them, or as
    many as it asks for. The last one says whether there are more.
    """
    with around.start([asked.words(around.program)], EXPLORING_SECONDS) as job:
        ended = job.finish()
    facts = read_facts(ended)
    if not (facts and facts[-1].order and facts[-1].order.is_last):
        raise Fault("the witness did not tell of the last order")
    demand_own_keys(facts, job.met)
    return facts


def demand_own_keys(facts: Sequence[Run], met: Sequence[Segment]) -> None:
    """Raise Fault if a program used the key of somebody else's segment: at the isolation levels
    that share the machine's keys, such a run can't be judged.
    """
    strangers = {segment.key: segment for segment in met if segment.key != 0}
    for run_ in facts:
        for call in run_.calls("shmget"):
            if call.key in strangers:
                raise Fault(_in_use(strangers[call.key]))


def _in_use(segment: Segment) -> str:
    try:
        owner = pwd.getpwuid(segment.uid).pw_name
    except KeyError:
        owner = "a user without a name"
    return (
        f"key {segment.key} is in use on this machine: segment {segment.id} of {owner}"
        f" (uid {segment.uid}), made by process {segment.creator};"
        f" where nobody needs it: ipcrm -m {segment.id}"
    )


def seconds_of(command: Command) -> float:
    """How long witness may let this command run."""
    limits = dict(command.limits)
    linger = DEFAULT_LINGER_MS if command.linger is None else command.linger
    return (limits.get(WALL, WALL_MS) + linger) / 1000


def read_facts(
    ended: Ended, count: int | None = None, read: Callable[[Mapping[str, object]], Run] = read_run
) -> list[Run]:
    """Witness's answer to so many commands; raises Fault if it is incomplete."""
    said = ended.err.decode("utf-8", "replace").strip()
    last = said.splitlines()[-1] if said else ""
    if ended.late:
        raise Fault("the witness did not end in time" + (f": {last}" if last else ""))
    if ended.flooded:
        raise Fault("the witness wrote more facts than can be read")
    if ended.status != 0:
        raise Fault(f"the witness ended with status {ended.status}" + (f": {last}" if last else ""))
    try:
        runs = [read(json.loads(line)) for line in ended.out.splitlines()]
    except UNREADABLE as error:
        raise Fault(f"the witness's facts cannot be read: {error}") from error
    if count is not None and len(runs) != count:
        raise Fault(f"the witness told of {len(runs)} commands, not {count}")
    for fact in runs:
        if fact.verdict == "fault":
            raise Fault(f"the witness met a fault: {fact.detail}")
        want = machines_want(fact, most_in_group())
        if want:
            raise Want(want)
    return runs


def shown(exercise: Exercise, commands: Sequence[Command]) -> str:
    """The commands as the TA's view shows them."""
    return " && ".join(_shown(exercise, command) for command in commands)


def _shown(exercise: Exercise, command: Command) -> str:
    arguments = [cut(shlex.quote(arg), LONGEST_SHOWN) for arg in command.args]
    words = [f"./{exercise.program}", *arguments]
    told = [
        " ".join(option).removeprefix("--")
        for option in command.options()
        if option != ("--stdout", "terminal")
    ]
    pipe = ["through a pipe"] if command.stdout == "pipe" else []
    return " ".join(words) + (f"   ({', '.join(pipe + told)})" if pipe + told else "")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))
