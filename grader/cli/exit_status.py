"""How a command ends: its exit status, and one line on stderr where something went wrong."""

import errno
import os
from collections.abc import Callable

from grader import sandbox
from grader.base import signals, streams
from grader.base.check import Fault
from grader.base.console import Unwritable
from grader.grading.intake import BadInput
from grader.sandbox import Unavailable

BAD_INPUT, CANNOT, INTERRUPTED = 2, 3, 130
# Errors that say that the machine has no more of something: no mistake of the grader's.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)


def ended(name: str, work: Callable[[], int], interrupted: str) -> int:
    """The exit status of this command: that of its work, or what its failure means. No traceback
    reaches the user; what runs in a sandbox is ended. `interrupted` says what Ctrl-C did.
    """
    signals.listen()
    try:
        return work()
    except BadInput as problem:
        return tell(name, str(problem), BAD_INPUT)
    except Unavailable as problem:
        return tell(name, str(problem), CANNOT)
    except Fault as fault:
        return tell(name, f"not graded: {fault.reason}", CANNOT)
    except KeyboardInterrupt:
        return tell(name, interrupted, INTERRUPTED)
    except BrokenPipeError:
        streams.silence(1)
        return CANNOT
    except Unwritable as problem:
        streams.silence(1)
        return tell(name, str(problem), CANNOT)
    except MemoryError:
        return tell(name, "this machine has no memory left for the grader", CANNOT)
    except Exception as error:
        from grader.base import trouble

        if isinstance(error, OSError) and error.errno in FULL:
            trouble.show(error)
            return tell(name, f"this machine stopped the grader: {_cause(error)}", CANNOT)
        return tell(name, f"internal error in the grader: {trouble.told(error)}", CANNOT)
    finally:
        signals.ignore()
        sandbox.end_all()


def _cause(error: OSError) -> str:
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
    return f"{where}{error.strerror}"


def tell(name: str, message: str, status: int) -> int:
    """One line on stderr, and then the status."""
    from grader.base.text import visible

    streams.tell(name, visible(message))
    return status
