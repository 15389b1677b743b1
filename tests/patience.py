"""How long a test waits until it says that something hangs: only here is it known that a machine is
slow.

`KIT_TESTS_SLOW=7` in the environment makes these limits seven times as long. What a verdict rests
on is never stretched: it is the same on every machine.
"""

import os

VARIABLE = "KIT_TESTS_SLOW"
SLOW = float(os.environ.get(VARIABLE, "1"))


def patient(seconds: float) -> float:
    """This many seconds of an ordinary machine."""
    return seconds * SLOW
