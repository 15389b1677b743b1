"""Builds an exercise from a submission's sources, in the sandbox: students control the compiler.

The command lines are the kit's own. A sandbox that compiles student code never contains a source of
the kit, only objects made earlier without debug information, because `.incbin` can copy whatever
the compiler can read.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.base.check import Fault
from grader.base.exercise import STARTER, Exercise, given_headers
from grader.base.kit import KIT
from grader.grading.compiler import COMPILER, SHORT, abilities
from grader.grading.compiler_messages import ERROR, WARNING, Message, read_messages
from grader.grading.intake import Intake, Source
from grader.grading.tool_want import tools_want
from grader.sandbox import HOME, MEGABYTE, NAMESPACES, Ended, Held, Placed, level, start

# Distributions turn on more by default (Ubuntu: the stack protector, checked functions, shadow
# stacks, warnings), so that a program that writes past an array would be killed on one machine and
# not on the next. Everything is stated here, as Debian has it: every machine makes the same one.
ALIKE = (
    *("-fPIE", "-pie", "-U_FORTIFY_SOURCE", "-fno-stack-protector", "-fcf-protection=none"),
    *("-fno-stack-clash-protection", "-Wno-format-security", "-Wl,-z,relro,-z,lazy"),
)
INCLUDED = tuple(dict.fromkeys(f"-I{header.parent.name}" for header in given_headers()))
FLAGS = ("-std=gnu17", "-Wall", "-Wextra", "-g", *INCLUDED, *ALIKE)
LIBRARIES = ("-Wl,--as-needed", "-lm")  # behind all that may need them
KIT_FLAGS = ("-std=gnu17", "-O1", *INCLUDED, *ALIKE)
FEW_ERRORS = "-fmax-errors=20"
SECONDS = 20  # for one call of the compiler
ALL_SECONDS = 60  # for all calls of one exercise
QUICK_SECONDS = 4.0  # if an empty program takes longer, the limit says nothing about the source
NOTHING = b"#include <stdio.h>\n#include <sys/shm.h>\n#include <sys/wait.h>\nint main(void) {}\n"
MEMORY_KB = 512 * 1024
FILE_BLOCKS = 64 * MEGABYTE // 512
MESSAGES_SIZE = MEGABYTE
OUTPUT = "/tmp/output"
ATTEMPTS = 3  # if the compiler could not be started
MESSAGES = 20

# $1 is the wanted file, the rest the command that makes it.
LIMITED = f"""
ulimit -v {MEMORY_KB}; ulimit -t {SECONDS}; ulimit -f {FILE_BLOCKS}; ulimit -c 0
output=$1; shift
"$@" 1>&2 && exec cat "$output"
"""


@dataclass(frozen=True)
class Built:
    """The outcome of a build."""

    program: Held | None
    errors: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""  # why there is no program, if no message says so
    extra: tuple["Linked", ...] = ()  # the archive of the student's other files

    @property
    def ok(self) -> bool:
        return self.program is not None


@dataclass(frozen=True)
class Linked:
    """A file that a program is linked with: an object, or an archive."""

    path: str
    content: Held


@dataclass(frozen=True)
class Compiled:
    """What one call of the compiler produced and printed."""

    output: bytes | None
    errors: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    trouble: str = ""


def build(exercise: Exercise, intake: Intake) -> Built:
    """The student's own file, linked with the kit's parts and the student's other files."""
    if intake.own is None:
        return Built(None, trouble=intake.trouble)
    end = time.monotonic() + ALL_SECONDS
    mine = placed(exercise, intake)
    extra = _extra_archive(exercise, intake, mine, end)
    parts = [*kit_parts(exercise), *extra.parts]
    archives = [part.path for part in parts if part.path.endswith(".a")]
    command = [*_gcc(*FLAGS), "-o", OUTPUT, f"{exercise.id}/{intake.own.name}"]
    command += [part.path for part in parts if part.path.endswith(".o")]
    command += ["-Wl,--start-group", *archives, "-Wl,--end-group"] if archives else []
    command += LIBRARIES
    files = [*mine, *(Placed(part.path, part.content) for part in parts)]
    done = _compile(command, files, known_files(exercise, intake), end)
    return Built(
        Held(done.output, exercise.program) if done.output is not None else None,
        # Report an extra file that does not compile only if the program needs it.
        done.errors + (extra.errors if done.output is None else ()),
        done.warnings,
        extra.notes,
        done.trouble,
        extra.parts,
    )


@dataclass(frozen=True)
class _Extra:
    parts: tuple[Linked, ...] = ()
    errors: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()


def _extra_archive(
    exercise: Exercise, intake: Intake, files: Sequence[Placed], end: float
) -> _Extra:
    """An archive of the student's other .c files, each compiled by itself."""
    sources = [extra for extra in intake.extras if extra.name.endswith(".c")]
    if not sources:
        return _Extra()
    known = known_files(exercise, intake)
    objects: list[Placed] = []
    errors: list[Message] = []
    notes: list[str] = []
    for number, source in enumerate(sources, 1):
        name = f"{exercise.id}/{source.name}"
        done = _compile([*_gcc(*FLAGS), "-c", "-o", OUTPUT, name], files, known, end)
        if done.output is None:
            errors += done.errors
            first = done.errors[0] if done.errors else done.trouble
            notes.append(f"{name} does not compile and is left out: {first}")
        else:
            objects.append(Placed(f"/tmp/{number}.o", Held(done.output)))
    if not objects:
        return _Extra((), tuple(errors), tuple(notes))
    command = ["ar", "rc", OUTPUT, *(entry.path for entry in objects)]
    archive = _compile(command, objects, frozenset())
    if archive.output is None:
        raise Fault(f"ar made no archive of {exercise.id}: {archive.trouble}")
    parts = (Linked("/tmp/extra.a", Held(archive.output)),)
    return _Extra(parts, tuple(errors), tuple(notes))


def kit_parts(exercise: Exercise) -> list[Linked]:
    """The driver and the reference that the exercise needs, compiled apart from student code."""
    parts: list[Linked] = []
    if exercise.driver:
        driver = KIT / "grader" / "hidden" / exercise.driver
        parts.append(Linked("/tmp/driver.o", kit_object(driver)))
    for name in exercise.with_reference:
        source = KIT / "solution" / name
        parts.append(Linked(f"/tmp/{source.stem}.a", kit_object(source, archive=True)))
    return parts


def compile_kit_parts(exercises: Iterable[Exercise]) -> None:
    """Compile now, for this process and those that it forks, what these exercises need of the kit.
    Where students' programs share the machine with the compiler, none runs beside it.
    """
    if level() != NAMESPACES:
        for exercise in exercises:
            with suppress(Fault):  # told by the exercise that meets it
                kit_parts(exercise)


@cache
def kit_object(source: Path, archive: bool = False) -> Held:
    """An object of one of the kit's own sources, or an archive of it."""
    place = f"{HOME}/{source.name}"
    files = [Placed(place, Held(source.read_bytes())), *placed_headers()]
    command = [*_gcc(*KIT_FLAGS), "-c", "-o", OUTPUT, place]
    if archive:
        script = 'object=$1; archive=$2; shift 2; "$@" -o "$object" && ar rc "$archive" "$object"'
        command = ["sh", "-c", script, "sh", "/tmp/1.o", OUTPUT, *_gcc(*KIT_FLAGS), "-c", place]
    done = _compile(command, files, frozenset({source.name}), alone=True)
    if done.output is None:
        reason = str(done.errors[0]) if done.errors else done.trouble
        raise Fault(f"the kit's own {source.name} does not compile: {reason}")
    return Held(done.output, source.stem)


def placed_headers() -> list[Placed]:
    """The kit's own headers, which win over any from the student."""
    return [
        Placed(f"{HOME}/{header.relative_to(STARTER)}", Held(header.read_bytes()))
        for header in given_headers()
    ]


def known_files(exercise: Exercise, intake: Intake) -> frozenset[str]:
    """The names that a message may point to."""
    return frozenset(f"{exercise.id}/{name}" for name in intake.sources)


def placed(exercise: Exercise, intake: Intake) -> list[Placed]:
    """The student's files, where the starter's Makefile finds them, and the given headers."""
    own = (intake.own,) if intake.own else ()
    return [*placed_headers(), *(_in_folder(exercise, source) for source in (*own, *intake.extras))]


def _in_folder(exercise: Exercise, source: Source) -> Placed:
    return Placed(f"{HOME}/{exercise.id}/{source.name}", Held(source.data))


def _gcc(*flags: str) -> list[str]:
    # The folder's name in messages of the linker and valgrind is the same at every isolation level.
    found = abilities()
    place = f"-fdebug-prefix-map={HOME}={HOME}"
    return [COMPILER, *flags, *found.lenient, place, FEW_ERRORS, *found.messages]


def _in_short(command: Sequence[str]) -> list[str]:
    """The same command, with messages as lines instead of a document."""
    long = abilities().messages
    return [short for word in command for short in (SHORT if word in long else (word,))]


def _compile(
    command: Sequence[str],
    files: Sequence[Placed],
    known: frozenset[str],
    end: float | None = None,
    alone: bool = False,
) -> Compiled:
    """One call of the compiler in a sandbox, within limits; `end` is the deadline for all."""
    seconds = SECONDS if end is None else min(SECONDS, end - time.monotonic())
    if seconds <= 0:
        _demand_a_quick_machine()
        return Compiled(None, trouble=f"the compiler didn't finish within {ALL_SECONDS} s in all")
    ended = _call(command, files, seconds, alone)
    for _ in range(ATTEMPTS - 1):
        if not tools_want(_lines(ended)):
            break
        _demand_a_compiler()
        ended = _call(command, files, seconds, alone)
    if ended.flooded and len(ended.err) >= MESSAGES_SIZE and _in_short(command) != [*command]:
        # A document of many warnings, or one that quotes a large source, as SARIF does.
        ended = _call(_in_short(command), files, seconds, alone)
    messages = list(read_messages(ended.err.decode("utf-8", "replace"), known))
    if ended.status != 0 and not messages and not (ended.late or ended.flooded):
        # It may have been cut off, or its document has an unknown form: lines say more.
        ended = _call(_in_short(command), files, seconds, alone)
        messages = list(read_messages(ended.err.decode("utf-8", "replace"), known))
    errors = tuple(message for message in messages if message.kind == ERROR)
    warnings = tuple(message for message in messages if message.kind == WARNING)
    if ended.status == 0 and not ended.late and not ended.flooded:
        return Compiled(ended.out, (), warnings[:MESSAGES])
    trouble = ""
    if ended.late or not (errors or ended.flooded):
        _demand_a_quick_machine()
    if ended.late:
        trouble = f"the compiler didn't finish within {SECONDS} s"
    elif ended.flooded:
        trouble = "the compiler wrote more than 1 MB of messages, or a program of more than 64 MB"
    elif not errors:
        trouble = (
            "the compiler gave up, and none of its messages points to a line of this submission"
        )
    return Compiled(None, errors[:MESSAGES], warnings[:MESSAGES], trouble)


def _demand_a_compiler() -> None:
    """Raise Fault if the kit's own program cannot be compiled either, for lack of processes."""
    source = Placed(f"{HOME}/empty.c", Held(b"int main(void) { return 0; }\n"))
    ended = _call([*_gcc(*KIT_FLAGS), "-o", OUTPUT, source.path], [source], SECONDS)
    want = tools_want(_lines(ended))
    if want:
        raise Fault(want)


def _lines(ended: Ended) -> list[str]:
    return ended.err.decode("utf-8", "replace").splitlines() if ended.status != 0 else []


def _call(
    command: Sequence[str], files: Sequence[Placed], seconds: float, alone: bool = False
) -> Ended:
    limited = ["/bin/sh", "-c", LIMITED, "sh", OUTPUT, *command]
    with start(limited, files, alone=alone, deadline=seconds, err_limit=MESSAGES_SIZE) as job:
        return job.finish()


def _demand_a_quick_machine() -> None:
    """Raise Fault if the compiler takes long even for a program that does nothing: then the limit
    says something about the machine, not the source.
    """
    place = f"{HOME}/nothing.c"
    began = time.monotonic()
    _call([COMPILER, *FLAGS, "-o", OUTPUT, place], [Placed(place, Held(NOTHING))], SECONDS)
    took = time.monotonic() - began
    if took > QUICK_SECONDS:
        raise Fault(f"this machine is too slow: compiling an empty program takes {took:.0f} s")
