"""Does a level hold on this machine? Found by trying it, never by guessing."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox.job import Ended, Unavailable

SECONDS = 30.0

# Runs inside, under the witness: tells what it can do that it must not be able to do. Its argument
# is a list of what it must not be able to read.
PROBE = """
import ctypes, json, os, resource, sys
with open("/proc/self/status") as status:
    said = dict(line.split(":") for line in status)
found = []
if int(said["NoNewPrivs"]) != 1:
    found.append("a program in the sandbox can gain privileges")
if os.getuid() == 0:
    found.append("a program in the sandbox is root")
if int(said["CapEff"], 16) or int(said["CapPrm"], 16):
    found.append("a program in the sandbox has capabilities")
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 4, 0o1000)
if segment < 0:
    found.append("no segment can be made in the sandbox: " + os.strerror(ctypes.get_errno()))
elif libc.shmat(segment, None, 0) != ctypes.c_void_p(-1).value:
    found.append("a segment of mode 0 can be attached in the sandbox")
libc.shmctl(segment, 0, None)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    if os.fork() == 0:
        os._exit(0)
    found.append("the limit on processes does not hold in the sandbox")
except OSError:
    pass
for path in json.loads(sys.argv[1]):
    if os.access(path, os.R_OK):
        found.append("every user of this machine can read " + path + ": chmod go-rwx it"
                     " or a folder above it")
        break
print("; ".join(found) or "holds")
"""


def command(witness: str, secrets: Sequence[Path]) -> list[str]:
    """What the probe of a level that promises secrecy runs."""
    paths = json.dumps([os.path.abspath(path) for path in secrets])
    return [witness, "--", "/usr/bin/python3", "-I", "-S", "-c", PROBE, paths]


def judge(ended: Ended) -> None:
    """Raise Unavailable where the sandbox does not hold: the level counts only when it was seen
    to.
    """
    said = ended.err.decode("utf-8", "replace").strip().splitlines()
    if ended.status == 3 and said:
        raise NoTracing(said[-1])
    if ended.late:
        raise Unavailable(f"the sandbox did not answer within {SECONDS:.0f} s")
    if ended.status != 0:
        reason = said[-1].partition(", likely")[0] if said else f"status {ended.status}"
        raise Unavailable(f"the sandbox cannot be made: {reason}{_advice(reason)}")
    out = ended.out.replace(b'": "', b'":"')
    if b'"text":"holds' not in out:
        text = out.partition(b'"stdout":')[2].partition(b'"text":"')[2].partition(b"\\n")[0]
        raise Unavailable(f"the sandbox does not hold: {text[:300].decode('utf-8', 'replace')}")


class NoTracing(Unavailable):
    """Where ptrace is refused, no level is left."""


# What forbids namespaces on some systems: the file that says so, its value, and what allows them.
FORBIDDEN = (
    (
        "apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("../user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
)
IN_A_CONTAINER = (
    "in a container: --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    " --security-opt systempaths=unconfined"
)


def _advice(reason: str) -> str:
    """What to allow, where a refusal is the reason."""
    if not any(word in reason for word in ("not permitted", "ermission", "No space left")):
        return ""
    for name, value, allow in FORBIDDEN:
        try:
            if Path("/proc/sys/kernel", name).read_text(encoding="ascii").strip() == value:
                return f" (allow user namespaces: sudo sysctl -w {allow})"
        except OSError:
            continue
    return f" (allow user namespaces; {IN_A_CONTAINER})"
