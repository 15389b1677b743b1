"""What runs at level `plain` runs as an ordinary user: root is refused there. Where root runs the
tests, test_plain.py runs those of that level once more, as another user and in a copy of the kit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader import sandbox
from tests.built import WITNESS, copy_kit
from tests.patience import patient

UID = 12345
BUILT = (*WITNESS, "programs", "late", "installed")

not_for_root = pytest.mark.skipif(
    os.geteuid() == 0, reason="plain is never for root: test_plain.py runs it as another user"
)
AT_PLAIN = pytest.param(sandbox.PLAIN, marks=not_for_root)


@contextmanager
def own_kit() -> Iterator[Path]:
    """A copy of the kit that belongs to an ordinary user, who may do nothing to this one."""
    home = Path("/var/tmp") / f"ordinary-user-{os.getpid()}"
    try:
        copy_kit(home / "kit", "submissions", built=BUILT)
        (home / "tmp").mkdir()
        for path in (home, *home.rglob("*")):
            os.chown(path, UID, UID, follow_symlinks=False)
        yield home / "kit"
    finally:
        shutil.rmtree(home)


def as_ordinary(kit: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run a command as that user, in the copy."""
    home = kit.parent
    return subprocess.run(
        [*map(str, command)],
        cwd=kit,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home / "tmp")},
        user=UID,
        group=UID,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(600),
    )
