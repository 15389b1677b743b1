"""The facts of one run as the tests of witness read them: the JSON itself, and short ways in."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.patience import patient
from tests.witness import reachable

ROOT = Path(__file__).resolve().parents[2]
WITNESS = reachable.place() / "witness"
PROGRAMS = reachable.place() / "programs"
SLOWER = patient(1)
# Where a machine is said to be slow, a run may take as much longer, unless the test says how long.
SLOW_LIMITS = (
    ()
    if SLOWER == 1
    else ("--limit", f"wall-ms={SLOWER * 10000:.0f}", "--limit", f"cpu-ms={SLOWER * 5000:.0f}")
)
PATIENCE = patient(30)  # seconds until a test gives witness up: never reached where witness works

Record = dict[str, Any]


def processors() -> int:
    return len(os.sched_getaffinity(0))


@functools.cache
def alone() -> list[str]:
    """The command in front of witness that keeps tests which run side by side from meeting on one
    key: an IPC namespace of its own; where that is not to be had, one at a time."""
    for apart in (["unshare", "--ipc"], ["unshare", "--user", "--map-current-user", "--ipc"]):
        if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode == 0:
            return apart
    return ["flock", str(ROOT / "build/ipc.lock")]


class Observed:
    """One JSON object of witness."""

    def __init__(self, facts: Record) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    def __repr__(self) -> str:
        return json.dumps(self.facts, indent=1)[:20000]

    @property
    def stdout(self) -> str:
        return str(self.facts["stdout"]["text"])

    @property
    def stderr(self) -> str:
        return str(self.facts["stderr"]["text"])

    @property
    def processes(self) -> list[Record]:
        """All that are no threads, in order of birth."""
        return [each for each in self.facts["processes"] if each["how"] != "thread"]

    def process(self, number: int) -> Record:
        (found,) = [each for each in self.facts["processes"] if each["number"] == number]
        return found

    def events(self, kind: str, **wanted: Any) -> list[Record]:
        return [each for each in self.facts["events"] if fits(each, {"kind": kind, **wanted})]

    def calls(self, call: str, ok: bool | None = None, **wanted: Any) -> list[Record]:
        """The returns of a call, in order; ok: only those that succeeded, or only the others."""
        found = self.events("call", call=call, **wanted)
        return [each for each in found if ok is None or ok == succeeded(each)]

    def call(self, call: str, **wanted: Any) -> Record:
        (found,) = self.calls(call, **wanted)
        return found

    def writes(self, stream: str = "stdout") -> list[tuple[int, str]]:
        """Who wrote what, in order."""
        return [(each["process"], each["text"]) for each in self.events("write", stream=stream)]

    def lines(self) -> list[tuple[int, str]]:
        """Who wrote which line: writes of one whole line each."""
        return [(who, text.replace("\r\n", "\n").rstrip("\n")) for who, text in self.writes()]

    def segment(self) -> Record:
        (found,) = self.facts["segments"]
        return dict(found)


def fits(record: Record, wanted: Record) -> bool:
    return all(record.get(name) == value for name, value in wanted.items())


def succeeded(call: Record) -> bool:
    return call["result"] is not None and not call["error"]


def program(name: str, *arguments: object) -> list[str]:
    return [str(PROGRAMS / name), *map(str, arguments)]


def witness(
    arguments: Sequence[object],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    binary: Path = WITNESS,
    prefix: Sequence[str] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(alone() if prefix is None else prefix), str(binary), *map(str, arguments)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=PATIENCE,
        check=False,
    )


def watch(
    command: Sequence[str],
    *options: object,
    cwd: Path | None = None,
    binary: Path = WITNESS,
    prefix: Sequence[str] | None = None,
) -> Observed:
    """Runs one command under witness; its facts. What is not traced must be in a sandbox."""
    if prefix is None and "--untraced" in options:
        prefix = sandbox()
    words = [*SLOW_LIMITS, *options, "--", *command]
    done = witness(words, cwd=cwd, binary=binary, prefix=prefix)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return Observed(json.loads(done.stdout))


def quote(word: str) -> str:
    """A word of a series file: percent-encoded where it has to be."""
    if word == "":
        return "%"
    return "".join(
        f"%{byte:02X}" if byte <= 32 or byte == 37 or byte >= 127 else chr(byte)
        for byte in os.fsencode(word)
    )


def series_line(command: Sequence[str], *options: object) -> str:
    return " ".join(quote(str(word)) for word in [*SLOW_LIMITS, *options, "--", *command])


def watch_series(
    *lines: str,
    cwd: Path | None = None,
    binary: Path = WITNESS,
    prefix: Sequence[str] | None = None,
) -> list[Observed]:
    """Runs the commands in order in one world; the facts of each."""
    text = "".join(line + "\n" for line in lines)
    done = witness(["--series", "-"], stdin=text, cwd=cwd, binary=binary, prefix=prefix)
    assert done.returncode == 0, done.stderr
    return [Observed(json.loads(line)) for line in done.stdout.splitlines()]


@functools.cache
def sandbox() -> list[str]:
    """The command in front of witness that puts it into namespaces, as nobody, in an empty folder.
    Skips the test where bubblewrap can't make them."""
    nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups".split()
    apart = [
        *(nobody if os.getuid() == 0 else []),
        *"bwrap --unshare-all --cap-drop ALL --new-session --die-with-parent --as-pid-1".split(),
        *"--ro-bind / / --proc /proc --dev /dev --mqueue /dev/mqueue".split(),
        *"--tmpfs /tmp --tmpfs /dev/shm".split(),
        *["--ro-bind", str(reachable.place()), str(reachable.place())],
        *["--dir", "/tmp/here", "--chdir", "/tmp/here"],
    ]
    probe = [*apart, str(WITNESS), "--version"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        pytest.skip("bubblewrap cannot make namespaces here")
    return apart
