"""Does a level hold on this machine? Found by trying it, never by guessing."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.base.kit import KIT
from grader.base.text import cut
from grader.sandbox import advice
from grader.sandbox.job import Ended, Unavailable

SECONDS = 30.0
LIMITS = ("--limit", "wall-ms=25000", "--limit", "cpu-ms=20000")  # for a slow machine
REFUSED = 3  # witness's exit status where the machine does not allow what it needs
LONGEST = 300
NOTHING_FOUND = '{"problems": [], "readable": []}'

# Runs inside, under witness: tells what it can do that it must not be able to do. Its argument is a
# list of what it must not be able to read, now or once it is made.
PROBE = """
import ctypes, json, os, resource, sys
with open("/proc/self/status") as status:
    said = dict(line.split(":") for line in status)
problems = []
if int(said["NoNewPrivs"]) != 1:
    problems.append("a program in the sandbox can gain privileges")
if os.getuid() == 0:
    problems.append("a program in the sandbox is root")
if int(said["CapEff"], 16) or int(said["CapPrm"], 16):
    problems.append("a program in the sandbox has capabilities")
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 4, 0o1000)
if segment < 0:
    problems.append("no segment can be made in the sandbox: " + os.strerror(ctypes.get_errno()))
elif libc.shmat(segment, None, 0) != ctypes.c_void_p(-1).value:
    problems.append("a segment of mode 0 can be attached in the sandbox")
libc.shmctl(segment, 0, None)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    if os.fork() == 0:
        os._exit(0)
    problems.append("the limit on processes does not hold in the sandbox")
except OSError:
    pass
scratch = os.environ.get("TMPDIR")
if scratch and not os.access(scratch, os.X_OK):
    problems.append("other users cannot reach the folder of the runs, " + scratch
                    + ": set TMPDIR to a folder that all can pass through, like /var/tmp")

def readable(path):
    if os.path.lexists(path):
        return os.access(path, os.R_OK)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return os.access(path, os.X_OK)

found = {"problems": problems, "readable": [p for p in json.loads(sys.argv[1]) if readable(p)]}
print(json.dumps(found))
"""


class Refused(Unavailable):
    """A level does not hold: what was seen, and what to do about it, where that is known."""

    def __init__(self, seen: str, fix: str = "") -> None:
        super().__init__(f"{seen}: {fix}" if fix else seen)
        self.seen = seen
        self.fix = fix


class NoTracing(Refused):
    """Where programs cannot be watched, no level is left."""


def command(witness: str, secrets: Sequence[Path]) -> list[str]:
    """What the probe of a level that promises secrecy runs."""
    paths = json.dumps([os.path.abspath(path) for path in secrets])
    return [witness, *LIMITS, "--", "/usr/bin/python3", "-I", "-S", "-c", PROBE, paths]


def command_without_secrecy(witness: str) -> list[str]:
    """The same for a level that promises nothing but that programs are watched."""
    return [witness, *LIMITS, "--", "/bin/echo", NOTHING_FOUND]


def judge(ended: Ended) -> None:
    """Raise Unavailable where the sandbox does not hold: the level counts only when it was seen
    to.
    """
    said = ended.err.decode("utf-8", "replace").strip().splitlines()
    last = cut(said[-1].removeprefix("witness: ").partition(", likely")[0], LONGEST) if said else ""
    if ended.status == REFUSED and last:
        raise _no_tracing(last)
    if ended.late:
        raise Refused(
            f"the sandbox did not answer within {SECONDS:.0f} s",
            "try again when the machine has less to do",
        )
    if ended.status < 0:
        raise Refused(f"the sandbox was killed by signal {-ended.status}", advice.AGAIN)
    if ended.status != 0:
        reason = last or f"status {ended.status}"
        raise Refused(f"the sandbox cannot be made: {reason}", advice.for_namespaces(reason))
    _judge_found(_found(ended.out))


def _no_tracing(line: str) -> NoTracing:
    """Of witness's line: what it cannot do, the system's error, and what to do."""
    parts = line.split(": ", 2)
    return NoTracing(f"witness {': '.join(parts[:2])}", parts[2] if len(parts) > 2 else "")


def _found(out: bytes) -> dict[str, Any]:
    """What the probe found, out of witness's facts; Refused where it did not come that far."""
    if not out.strip():
        raise Refused("witness wrote nothing about the probe of the sandbox", advice.AGAIN)
    try:
        facts = json.loads(out)
        verdict, detail = facts["verdict"], str(facts["detail"])
        text, errors = str(facts["stdout"]["text"]), str(facts["stderr"]["text"])
        end = facts["processes"][0]
        how = f"signal {end['signal']}" if end["signal"] else f"status {end['code']}"
    except (ValueError, LookupError, TypeError):
        raise Refused("what witness wrote about the probe is cut off", advice.AGAIN) from None
    if verdict != "ended":
        raise Refused(f"the probe of the sandbox was stopped: {cut(detail, LONGEST)}", advice.AGAIN)
    try:
        found = json.loads(text)
        if isinstance(found["problems"], list) and isinstance(found["readable"], list):
            return dict(found)
    except (ValueError, LookupError, TypeError):
        pass
    last = cut(errors.strip().splitlines()[-1], LONGEST) if errors.strip() else "it wrote nothing"
    raise Refused(f"the probe of the sandbox ended with {how}: {last}", advice.AGAIN)


def _judge_found(found: dict[str, Any]) -> None:
    if found["problems"]:
        raise Refused(f"the sandbox does not hold: {'; '.join(map(str, found['problems']))}")
    if found["readable"]:
        paths = [Path(str(path)) for path in found["readable"]]
        named = ", ".join(map(str, paths))
        raise Refused(f"every user of this machine can read {named}", advice.closing(paths, KIT))
