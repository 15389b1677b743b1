"""Full load: stress-ng on every core, for as long as the certificate takes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def full_load(cores: int) -> Iterator[None]:
    """As many busy processes as cores, beside whatever else runs; they end with the block."""
    if shutil.which("stress-ng") is None:
        raise SystemExit("certify: stress-ng is missing: apt-get install stress-ng")
    command = ["stress-ng", "--quiet", "--cpu", str(cores), "--temp-path", "/tmp"]
    stress = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        os.killpg(stress.pid, signal.SIGTERM)
        stress.wait()
