"""What a Dask worker does: hands a submission to a process that grades, and its answer back.

The grading is not done in the Dask worker itself: its tasks run in threads, and what a submission
may bring down shall be a process that can be started again.
"""

import asyncio
import json
import os
import pickle
import selectors
import threading
import time
from collections.abc import Callable
from typing import Any

from grader.batch import frames
from grader.batch.jobs import Job
from grader.batch.kit import kit_digest
from grader.batch.pool import SECONDS, Worker, end_workers, start_worker
from grader.batch.task import Order

_IDLE: list[Worker] = []
_LOCK = threading.Lock()


def resource_of(kit: str) -> str:
    """How a worker tells the scheduler which kit it has."""
    return f"kit-{kit}"


class _Call:
    """Becomes, where it is unpickled, what grade_elsewhere answers there."""

    def __init__(self, *arguments: object) -> None:
        self._arguments = arguments

    def __reduce__(self) -> tuple[Callable[..., str], tuple[object, ...]]:
        return grade_elsewhere, self._arguments


def packed(kit: str, order: dict[str, Any], data: bytes) -> bytes:
    """A call of grade_elsewhere that pickle.loads makes. A scheduler of 2024 reads the tasks that
    it hands on, and has no kit: it sees a function of Python's own with bytes.
    """
    return pickle.dumps(_Call(kit, order, data))


def grade_elsewhere(kit: str, order: dict[str, Any], data: bytes) -> str:
    """Runs on the Dask worker; the answer is JSON."""
    if kit != kit_digest():
        return json.dumps({"fault": f"a worker has another kit ({kit_digest()}, not {kit})"})
    asked = Order.from_json(order)
    worker = _take(asked.isolation)
    try:
        if not worker.greeted:
            greeting = _hear(worker)
            if "unavailable" in greeting:
                return json.dumps({"fault": greeting["unavailable"]})
            worker.isolation, worker.greeted = str(greeting["isolation"]), True
        worker.ask(Job("", "", asked, lambda: data))
        said = _hear(worker)
    except frames.Ended:
        worker.process.kill()
        status = worker.process.wait()
        worker.close()
        return json.dumps({"died": f"signal {-status}" if status < 0 else f"status {status}"})
    with _LOCK:
        _IDLE.append(worker)
    return json.dumps({**said, "isolation": worker.isolation})


def _take(isolation: str | None) -> Worker:
    with _LOCK:
        if _IDLE:
            return _IDLE.pop()
    return start_worker(isolation)


def _hear(worker: Worker) -> dict[str, Any]:
    """The next message of a process; raises Ended where none comes."""
    deadline = time.monotonic() + SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(worker.output, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            data = os.read(worker.output, 1 << 16)
            if not data:
                break
            try:
                for said, _ in worker.reader.feed(data):
                    return said
            except (ValueError, RecursionError):
                break
    raise frames.Ended("it has ended, or does not answer, or not so that it is understood")


def serve_cluster(address: str, threads: int, security: Any, host: str | None) -> None:
    """Work for a scheduler until it goes, or until this process is told to end."""
    from distributed import Worker as DaskWorker

    async def work() -> None:
        more: dict[str, Any] = {"host": host} if host else {}
        async with DaskWorker(
            address,
            nthreads=threads,
            resources={resource_of(kit_digest()): threads},
            security=security,
            dashboard=False,
            **more,
        ) as worker:
            print(f"class: works for {address} with kit {kit_digest()}", flush=True)
            await worker.finished()

    try:
        asyncio.run(work())
    finally:
        end_workers(_IDLE)
