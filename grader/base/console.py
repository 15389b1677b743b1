"""Output to the terminal: text in any locale, colors if they are wanted."""

import os
import sys


class Unwritable(Exception):
    """Standard output can't be written: one line that says why."""


def wants_color() -> bool:
    """https://no-color.org: any value of NO_COLOR that is not empty."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def write(text: str) -> None:
    """To stdout, at once; a character that its encoding lacks becomes a question mark."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"standard output cannot be written: {error.strerror}") from None
