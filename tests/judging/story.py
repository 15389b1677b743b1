"""Builds the facts of a run by hand, event after event, as witness would write them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.facts.from_json import read_run
from grader.facts.records import Run

Fact = dict[str, object]


class Story:
    """The facts of one run. Process 1 is there from the start; each method is one event."""

    def __init__(self, *command: str, stdout: str = "terminal", **options: object) -> None:
        self._command = ["program", *command]
        self._options: Fact = {"stdout": stdout, "schedule": "parent-first", **options}
        self._events: list[Fact] = []
        self._seq = 0
        self._processes: dict[int, Fact] = {}
        self._segments: dict[int, Fact] = {}
        self._left: list[int] = []
        self._stderr = ""
        self.verdict = "ended"
        self._born(1, 0, "start", False)

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _born(self, number: int, parent: int, how: str, shares: bool) -> None:
        self._processes[number] = {
            "number": number,
            "parent": parent,
            "how": how,
            "shares_memory": shares,
            "born": self._next(),
        }

    def _event(self, process: int, kind: str, **more: object) -> Story:
        self._events.append({"seq": self._next(), "process": process, "kind": kind, **more})
        return self

    def call(self, process: int, name: str, result: object = 0, **more: object) -> Story:
        began = self._next()
        if "error" in more:
            result = None
        return self._event(process, "call", call=name, began=began, result=result, **more)

    def fork(self, child: int, parent: int = 1, how: str = "fork", shares: bool = False) -> Story:
        began = self._next()
        self._born(child, parent, how, shares)
        return self._event(parent, "call", call=how, began=began, result=100 + child, child=child)

    def fork_fails(self, error: str = "EAGAIN", injected: bool = True) -> Story:
        return self.call(1, "fork", error=error, injected=injected)

    def prints(self, process: int, text: str, newline: str = "\n") -> Story:
        began = self._next()
        return self._event(process, "write", stream="stdout", text=text + newline, began=began)

    def says(self, process: int, text: str) -> Story:
        self._stderr += text + "\n"
        return self._event(process, "write", stream="stderr", text=text + "\n")

    def waits(self, process: int, child: int, options: int = 0) -> Story:
        self.call(process, "wait", 100 + child, child=child, status=0, options=options)
        if not options:
            self._processes[child].update(reaped=self._seq, reaped_by=process)
        return self

    def wait_fails(
        self,
        process: int,
        error: str = "ECHILD",
        began: int | None = None,
        released: Sequence[int] = (),
    ) -> Story:
        start = self._next() if began is None else began
        told: Fact = {"began": start, "result": None, "error": error, "options": 0}
        return self._event(process, "call", call="wait", **told, released=list(released))

    def ends(self, process: int, code: int = 0) -> Story:
        self._event(process, "exit", end="exit", code=code)
        self._processes[process].update(ended=self._seq, end="exit", code=code)
        parent = self._processes[process]["parent"]
        assert isinstance(parent, int)
        if parent and self._processes[parent].get("ended"):
            self._processes[process]["outlived_parent"] = True
        return self

    def crashes(self, process: int, signal: int = 11, fault: Fact | None = None) -> Story:
        self._event(process, "signal", signal=signal, **{"from": "kernel"})
        self._event(process, "exit", end="signal", signal=signal)
        self._processes[process].update(ended=self._seq, end="signal", signal=signal, fault=fault)
        return self

    def creates(
        self, process: int, size: int = 4, key: int = 24601, mode: int = 0o600, number: int = 1
    ) -> Story:
        flags = 0o1000 | mode
        self.call(
            process,
            "shmget",
            40 + number,
            key=key,
            size=size,
            flags=flags,
            segment=number,
            created=True,
        )
        self._segments[number] = {
            "number": number,
            "id": 40 + number,
            "key": key,
            "size": size,
            "mode": mode,
            "creator": process,
            "created": self._seq,
            "left": True,
        }
        return self

    def mends(self, number: int, asked: int) -> Story:
        """Witness gave this segment another mode than its creator had asked for."""
        for event in self._events:
            if event.get("created") and event.get("segment") == number:
                event["flags"] = 0o1000 | asked
        return self

    def finds(self, process: int, key: int = 24601, number: int = 1) -> Story:
        return self.call(process, "shmget", 40 + number, key=key, size=0, flags=0, segment=number)

    def attaches(
        self, process: int, address: str = "0x1000", number: int = 1, flags: int = 0
    ) -> Story:
        return self.call(
            process, "shmat", address, id=40 + number, address="0x0", flags=flags, segment=number
        )

    def detaches(self, process: int, address: str = "0x1000", number: int = 1) -> Story:
        return self.call(process, "shmdt", 0, address=address, segment=number)

    def removes(self, process: int, number: int = 1, began: int | None = None) -> Story:
        start = self._next() if began is None else began
        told = {"call": "shmctl", "id": 40 + number, "command": "IPC_RMID", "segment": number}
        self._event(process, "call", began=start, result=0, **told)
        self._segments[number].update(removed=self._seq, removed_by=process, left=False)
        return self

    def removal_fails(self, process: int, number: int = 1) -> Story:
        return self.call(process, "shmctl", error="EINVAL", id=40 + number, command="IPC_RMID")

    def holds(
        self, data: bytes, author: int | None = None, offset: int = 0, number: int = 1
    ) -> Story:
        """The bytes of a segment, changed from this offset by this process."""
        return self._event(
            author or 1,
            "content",
            segment=number,
            when="switch",
            bytes=data.hex(),
            size=self._segments[number]["size"],
            author=author,
            changed=[[offset, len(data) - offset]] if author else [],
        )

    def poked(self) -> Story:
        return self._event(1, "poke", found=1, changed=1, segment=1, offset=0, width=4)

    def run(self) -> Run:
        text = "".join(str(e["text"]) for e in self._events if e.get("stream") == "stdout")
        return read_run(
            {
                "schema": "witness/v1",
                "command": self._command,
                "options": self._options,
                "verdict": self.verdict,
                "stdout": {"bytes": len(text), "text": text},
                "stderr": {"bytes": len(self._stderr), "text": self._stderr},
                "processes": list(self._processes.values()),
                "segments": list(self._segments.values()),
                "leftovers": {},
                "events": self._events,
            }
        )


def int_bytes(*values: int) -> bytes:
    """The values as C ints, one after the other."""
    return b"".join(value.to_bytes(4, "little", signed=True) for value in values)
