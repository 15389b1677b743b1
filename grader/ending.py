"""How a command ends: its exit status, and one line on stderr where something went wrong."""

import os
import sys
from collections.abc import Callable

from grader import interrupts, sandbox
from grader.intake import BadInput
from grader.sandbox import Unavailable

BAD_INPUT, CANNOT, INTERRUPTED = 2, 3, 130


def ended(name: str, work: Callable[[], int], interrupted: str) -> int:
    """The exit status of this command: that of its work, or what its failure means. No traceback
    reaches the user; what runs in a sandbox is ended. `interrupted` says what Ctrl-C did.
    """
    interrupts.listen()
    try:
        return work()
    except BadInput as problem:
        return tell(name, str(problem), BAD_INPUT)
    except Unavailable as problem:
        return tell(name, str(problem), CANNOT)
    except KeyboardInterrupt:
        return tell(name, interrupted, INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes stdout at its end
        return CANNOT
    except Exception as error:
        from grader.plugin import describe

        return tell(name, f"a mistake of the grader itself: {describe(error)}", CANNOT)
    finally:
        interrupts.ignore()
        sandbox.end_all()


def tell(name: str, message: str, status: int) -> int:
    """One line on stderr, and then the status."""
    from grader.text import visible

    try:
        print(f"{name}: {visible(message)}", file=sys.stderr)
    except OSError:
        pass
    return status
