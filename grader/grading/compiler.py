"""What this machine's gcc can do, found out by trying it once, never from its version.

The trial compiles the kit's own code, so it needs no sandbox; the environment is that of the
sandboxes, so it is the same gcc.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache

from grader.base.check import Fault
from grader.grading.compiler_messages import ERROR, Message, read_messages

COMPILER = "gcc"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
SECONDS = 20
JSON = "-fdiagnostics-format=json"  # gcc 9 to 15
SARIF = "-fdiagnostics-format=sarif-stderr"  # gcc 13 and later
# JSON comes first: the SARIF of gcc 13 and 14 does not tell an error that hangs below another
# message from a note. Without either, plain lines are read.
FORMATS: tuple[tuple[str, ...], ...] = ((JSON,), (SARIF,), ())
SHORT = ("-fno-diagnostics-show-caret",)  # lines without the source's: the least that gcc writes

# gcc 12 and 13 only warn of these, gcc 14 and later refuse them, and so does clang. A grade must
# not depend on the machine that graded, so they are warnings everywhere.
LENIENT: tuple[tuple[str, ...], ...] = (
    (),
    ("-fpermissive",),  # gcc 14 and later
    (
        "-Wno-error=implicit-function-declaration",
        "-Wno-error=implicit-int",
        "-Wno-error=int-conversion",
        "-Wno-error=incompatible-pointer-types",
        "-Wno-error=return-mismatch",
    ),
)
TRIED = """\
old(void)
{
    char *one = 1;
    int *two = one;
    return called(two) + undeclared;
}
"""
TRIED_NAME = "<stdin>"
MISTAKE = 5  # the line of the one thing that no compiler takes


@dataclass(frozen=True)
class Abilities:
    """Options that this machine's gcc understands."""

    messages: tuple[str, ...] = ()  # makes its messages a document
    lenient: tuple[str, ...] = ()  # takes what every gcc takes


@cache
def abilities(compiler: str = COMPILER) -> Abilities:
    """What the compiler can do; nothing if it can't run, and compiling will say so.

    Raises Fault if it does not answer in time: then nobody knows what it can do.
    """
    for messages in FORMATS:
        for lenient in LENIENT:
            errors = _errors(compiler, (*messages, *lenient))
            if not any(_is_the_mistake(error) for error in errors):
                break  # it does not write its messages in this way
            if len(errors) == 1:
                return Abilities(messages, lenient)
        else:
            return Abilities(messages)
    return Abilities()


def _is_the_mistake(error: Message) -> bool:
    return error.line == MISTAKE and "undeclared" in error.text


def _errors(compiler: str, options: tuple[str, ...]) -> list[Message]:
    """The errors in the compiler's messages about the trial program."""
    command = [compiler, "-std=gnu17", *options, "-fsyntax-only", "-x", "c", "-"]
    try:
        said = subprocess.run(
            command,
            input=TRIED.encode("ascii"),
            env=ENVIRONMENT,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        ).stderr.decode("utf-8", "replace")
    except OSError:
        return []
    except subprocess.TimeoutExpired:
        raise Fault(f"this machine is too slow: {compiler} did not answer in {SECONDS} s") from None
    messages = read_messages(said, frozenset({TRIED_NAME}))
    return [message for message in messages if message.kind == ERROR]
