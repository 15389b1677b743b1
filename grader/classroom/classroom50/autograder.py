"""Classroom 50 runs this in a student's checkout; it writes result.json and release-body.md there.

Exit status: 0 graded, whatever the score; 1 not graded, and Classroom 50 then records an error.

The grader is looked for in $GRADER_HOME, in /opt/grader (a runner of your own, where it stays
private), and beside this file in kit/ (which Classroom 50 publishes with the rest of this folder).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).resolve().parent)
HOMES = (os.environ.get("GRADER_HOME", ""), "/opt/grader", str(BUNDLE / "kit"))
PROGRAMS = ("grader/grade", "grader/install")
# What the grader is told of this machine: who submitted what, and nothing else.
HANDED_ON = (
    "ASSIGNMENT",
    "ASSIGNMENT_TYPE",
    "CLASSROOM",
    "COMMIT_URL",
    "GITHUB_ACTOR",
    "OWNER",
    "RELEASE_URL",
    "REVIEW_URL",
    "SUBMISSION_TAG",
    "USERNAME",
)
NAMESPACES = "kernel.apparmor_restrict_unprivileged_userns=0"


def main() -> int:
    kit = next((Path(home) for home in HOMES if home and Path(home, PROGRAMS[0]).is_file()), None)
    if kit is None:
        return _say(f"there is no grader in {', '.join(filter(None, HOMES))}")
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    environment |= {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    _make_ready(kit, environment)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        words = [str(kit / "grader/grade"), ".", "--out", name, "--openness", openness()]
        words += ["--format", "classroom50", "--format", "summary"]
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return _say(f"not graded: the grader ended with {done.returncode}")
        _put(out / "summary.md", Path("release-body.md"))
        _put(out / "result.json", Path("result.json"))  # last: where it is, all is
    return 0


def openness() -> str:
    """How much a student is shown of a hidden test: the teacher may set it on the runner."""
    return os.environ.get("GRADER_OPENNESS") or "evidence"


def _make_ready(kit: Path, environment: dict[str, str]) -> None:
    """Programs stay executable however the folder came here; witness is built, once."""
    if os.access(kit / "build" / "witness", os.X_OK):
        return
    for program in PROGRAMS:
        (kit / program).chmod(0o755)
    if shutil.which("sudo") and os.geteuid() != 0:
        # Ubuntu 24.04 keeps namespaces from ordinary users; the sandbox is made of them.
        subprocess.run(
            ["sudo", "-n", "sysctl", "-q", "-w", NAMESPACES],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    subprocess.run(["make", "-s", "-C", str(kit), "witness"], env=environment, check=False)


def _put(source: Path, target: Path) -> None:
    """Whole or not at all, and in place of whatever has that name, a link too."""
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(new, "xb") as stream:
            stream.write(source.read_bytes())
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        os.replace(new, target)
    finally:
        new.unlink(missing_ok=True)


def _say(message: str) -> int:
    print(f"autograder: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
