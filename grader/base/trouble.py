"""A mistake of the grader's own: one line for a user, the whole traceback for a developer.

`--debug` asks for the traceback. It is a variable of the environment from then on, so that the
processes that a command starts know of it; what runs in a sandbox has an environment of its own.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from grader.base.kit import KIT
from grader.base.text import cut

OPTION = "--debug"
HELP = "show the whole traceback of a mistake of the grader's own"
_VARIABLE = "GRADER_DEBUG"
_LENGTH = 1000


def taken(arguments: Sequence[str]) -> list[str]:
    """The arguments without --debug, which holds from now on where it was among them."""
    left = [argument for argument in arguments if argument != OPTION]
    if len(left) < len(arguments):
        os.environ[_VARIABLE] = "1"
    return left


def told(error: BaseException) -> str:
    """The exception in one line, with the place in the kit that raised it."""
    show(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({_place(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return cut(f"{type(error).__name__}: {error}".replace("\n", " "), _LENGTH) + place


def show(error: BaseException) -> None:
    """Where --debug asked for it, the traceback on stderr."""
    if is_shown():
        print("".join(traceback.format_exception(error)), end="", file=sys.stderr, flush=True)


def is_shown() -> bool:
    return bool(os.environ.get(_VARIABLE))


def _place(file: str) -> str:
    """A file of the kit by its path there; any other one by its own."""
    path = Path(file)
    return str(path.relative_to(KIT)) if path.is_relative_to(KIT) else file
