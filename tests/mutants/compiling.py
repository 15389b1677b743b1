"""Which mutants are programs of their own: they compile, and not to the solution's machine code."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from grader.grading.compile import FLAGS, KIT
from grader.grading.compiler import abilities
from tests.mutants.mutant import Mutant
from tests.mutants.program import programs

# Optimised and without line numbers, so that what means the same becomes the same.
PLAIN = (*(flag for flag in FLAGS if flag != "-g"), "-O1", "-g0", "-w")


def compiled(text: str, exercise: str) -> bytes | None:
    """The assembly of this program, or None where it does not compile."""
    options = (*PLAIN, *abilities().lenient, f"-I{KIT}/solution/{exercise}")
    command = ["gcc", *options, "-x", "c", "-", "-S", "-o", "-"]
    done = subprocess.run(
        command, input=text.encode(), cwd=KIT / "solution", capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


@cache
def of_the_solution() -> dict[str, bytes]:
    texts = {program.exercise: program.text() for program in programs()}
    return {exercise: compiled(text, exercise) or b"" for exercise, text in texts.items()}


def is_a_program(mutant: Mutant) -> bool:
    """Does it compile, to something else than the solution does?"""
    code = compiled(mutant.text, mutant.exercise)
    return code is not None and code != of_the_solution()[mutant.exercise]


def those_that_compile(found: Sequence[Mutant], jobs: int) -> Iterator[Mutant]:
    """The mutants of these that are programs of their own, in their order."""
    of_the_solution()
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, good in zip(found, pool.map(is_a_program, found)):
            if good:
                yield mutant
