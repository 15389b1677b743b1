"""Workers on this machine: each a process that grades one submission after the other.

A worker that dies takes nothing with it: another is started and grades the same submission again,
up to three times. A worker that does not answer for too long is ended and counts as dead.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from grader.base import signals, trouble
from grader.base.kit import KIT
from grader.batch import frames
from grader.batch.jobs import ATTEMPTS, DEATHS, Job, Outcome, outcome_of
from grader.batch.kit import kit_digest
from grader.sandbox import Unavailable

SECONDS = 30 * 60.0  # for one submission; all that runs inside has limits far below
PATIENCE = 8.0  # seconds that a worker may take to end what it started
READ_SIZE = 1 << 16
COMMAND = (sys.executable, "-I", str(KIT / "grader" / "class"), "worker")


@dataclass
class _Turn:
    """A job with how often it was tried."""

    job: Job
    faults: int = 0
    deaths: int = 0


@dataclass
class Worker:
    """One worker's process, as its coordinator sees it."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    reader: frames.Reader = field(default_factory=frames.Reader)
    isolation: str = ""
    greeted: bool = False
    turn: _Turn | None = None
    deadline: float = 0.0

    @property
    def output(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def last_words(self) -> str:
        self.errors.seek(0)
        lines = self.errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def ask(self, job: Job) -> None:
        """Hand a job over; a worker that has died is noticed when it is read."""
        assert self.process.stdin is not None
        message = frames.framed({"order": job.order.to_json()}, job.load())
        try:
            self.process.stdin.write(message)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            try:
                if stream:
                    stream.close()
            except BrokenPipeError:
                pass


def start_worker(isolation: str | None, secrets: Sequence[Path] = ()) -> Worker:
    """A worker in a session of its own, so that Ctrl-C reaches the coordinator alone. `secrets` no
    program may read on a level of isolation that shares the host's files.
    """
    command = [*COMMAND, "--for", str(os.getpid())]
    command += ["--isolation", isolation] if isolation else []
    command += [word for secret in secrets for word in ("--secret", os.path.abspath(secret))]
    errors = tempfile.TemporaryFile()
    with signals.held_back():
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if trouble.is_shown() else errors,
            cwd="/",
            start_new_session=True,
        )
    return Worker(process, errors, deadline=time.monotonic() + SECONDS)


def end_workers(workers: Iterable[Worker]) -> None:
    """Ask each to end what it runs, then make it."""
    left = [worker for worker in workers if worker.process.poll() is None]
    for worker in left:
        worker.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for worker in left:
        try:
            worker.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()


def check_greeting(said: dict[str, Any]) -> str:
    """The isolation of a worker that may grade; raises Unavailable for one that may not."""
    if "unavailable" in said:
        raise Unavailable(str(said["unavailable"]))
    if said.get("kit") != kit_digest():
        raise Unavailable(f"a worker has another kit ({said.get('kit')}, not {kit_digest()})")
    return str(said.get("isolation", ""))


class LocalPool:
    """Grades with a number of worker processes on this machine."""

    def __init__(
        self, workers: int, isolation: str | None = None, secrets: Sequence[Path] = ()
    ) -> None:
        self._wanted = workers
        self._secrets = secrets
        self._isolation = isolation
        self._workers: dict[int, Worker] = {}
        self._again: deque[_Turn] = deque()
        self._born_dead = 0

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcome of each job, as they come."""
        fresh = iter(jobs)
        with selectors.DefaultSelector() as selector:
            try:
                while self._hand_out(fresh, selector):
                    yield from self._listen(selector)
            finally:
                end_workers(self._workers.values())
                for worker in self._workers.values():
                    worker.close()
                self._workers.clear()

    def _hand_out(self, fresh: Iterator[Job], selector: selectors.BaseSelector) -> bool:
        """Give each idle worker a job, start workers for what is left; is anything under way?"""
        for worker in [*self._workers.values()]:
            if worker.greeted and worker.turn is None:
                worker.turn = self._next(fresh)
                if worker.turn is None:
                    continue
                worker.deadline = time.monotonic() + SECONDS
                worker.ask(worker.turn.job)
        while len(self._workers) < self._wanted and (turn := self._next(fresh)):
            worker = start_worker(self._isolation, self._secrets)
            worker.turn = turn
            self._workers[worker.output] = worker
            selector.register(worker.output, selectors.EVENT_READ)
        return any(worker.turn for worker in self._workers.values())

    def _next(self, fresh: Iterator[Job]) -> _Turn | None:
        if self._again:
            return self._again.popleft()
        job = next(fresh, None)
        return _Turn(job) if job else None

    def _listen(self, selector: selectors.BaseSelector) -> Iterator[Outcome]:
        """Read what workers say until at least one is idle or dead."""
        earliest = min(worker.deadline for worker in self._workers.values() if worker.turn)
        ready = selector.select(max(0.0, earliest - time.monotonic()))
        for key, _ in ready:
            worker = self._workers[key.fd]
            data = os.read(key.fd, READ_SIZE)
            if not data:
                selector.unregister(key.fd)
                yield from self._died(worker)
                continue
            try:
                messages = worker.reader.feed(data)
            except (ValueError, RecursionError, frames.Ended):
                worker.process.kill()  # nothing that it says is understood; its end is read next
                continue
            for said, _ in messages:
                yield from self._heard(worker, said)
        for worker in [*self._workers.values()]:
            if worker.turn and worker.deadline < time.monotonic():
                worker.process.kill()  # its end is read next

    def _heard(self, worker: Worker, said: dict[str, Any]) -> Iterator[Outcome]:
        if not worker.greeted:
            worker.isolation = check_greeting(said)
            worker.greeted = True
            assert worker.turn is not None
            worker.deadline = time.monotonic() + SECONDS
            worker.ask(worker.turn.job)
            return
        turn, worker.turn = worker.turn, None
        if turn is None:
            return
        outcome = outcome_of(turn.job, said, worker.isolation)
        turn.faults += not outcome.is_graded
        if outcome.is_graded or turn.faults == ATTEMPTS:
            yield outcome
        else:
            self._again.append(turn)

    def _died(self, worker: Worker) -> Iterator[Outcome]:
        del self._workers[worker.output]
        status = worker.process.wait()
        words = worker.last_words()
        worker.close()
        turn = worker.turn
        if not worker.greeted:
            self._born_dead += 1
            if self._born_dead == DEATHS:
                raise Unavailable(f"a worker cannot be started: {words}")
            if turn:
                self._again.append(turn)
            return
        if turn is None:
            return
        turn.deaths += 1
        if turn.deaths == DEATHS:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            yield Outcome(turn.job, (), f"its grading ended {DEATHS} workers (the last by {how})")
        else:
            self._again.append(turn)
