"""However witness itself ends, nothing of the run stays behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.witness.observed import PATIENCE, WITNESS, program, watch
from tests.witness.test_segments import ids_on_this_machine


@dataclass
class Running:
    witness: subprocess.Popen[bytes]
    processes: list[int]
    segment: int

    def wait_until_gone(self) -> None:
        """Returns when every process has ended; a pidfd becomes readable then."""
        for pid in self.processes:
            try:
                ended = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            try:
                assert select.select([ended], [], [], PATIENCE)[0], f"process {pid} lives on"
            finally:
                os.close(ended)


def start(folder: Path, *options: str, prefix: Sequence[str] = ()) -> Running:
    """witness with a program that has told by now that it and its child run and have a segment."""
    fifo = folder / "ready"
    os.mkfifo(fifo)
    fifo.chmod(0o622)  # the program may be another user
    command = [*prefix, str(WITNESS), *options, "--", *program("announces", fifo)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    parent, child, segment = (int(word) for word in fifo.read_text(encoding="ascii").split())
    return Running(process, [parent, child], segment)


@pytest.mark.parametrize("options", [[], ["--schedule", "parent-first"], ["--content"]])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_witness_ends_all_and_removes_all(
    number: signal.Signals, options: list[str], tmp_path: Path
) -> None:
    running = start(tmp_path, *options)
    running.witness.send_signal(number)
    assert running.witness.wait(PATIENCE) != 0
    running.wait_until_gone()
    assert running.segment not in ids_on_this_machine()


def test_when_nobody_reads_the_facts_any_more_all_ends(tmp_path: Path) -> None:
    running = start(tmp_path)
    assert running.witness.stdout is not None
    running.witness.stdout.close()
    assert running.witness.wait(PATIENCE) == 4
    running.wait_until_gone()
    assert running.segment not in ids_on_this_machine()


def test_after_a_kill_the_processes_are_gone_and_the_next_start_removes_segments(
    tmp_path: Path,
) -> None:
    running = start(tmp_path)
    running.witness.kill()
    running.witness.wait(PATIENCE)
    running.wait_until_gone()
    watch(program("copies"), prefix=())
    assert running.segment not in ids_on_this_machine()
