"""One emulated machine: it boots, runs scripts one after the other, and is gone at the end."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

BOOT_SECONDS = 300.0
MEMORY_MB = 4096
# Whoever works on this machine goes first, and the machine ends with who started it.
BEHIND = ["nice", "-n", "10", "setpriv", "--pdeathsig", "KILL"]


class Stuck(Exception):
    """The machine ended, or said nothing in the time that it has."""


@dataclass(frozen=True)
class Ended:
    """How a script ended in the machine: its exit status, how long it took, what it printed."""

    status: int
    seconds: int
    printed: str


class Machine:
    """What a command starts that reads names of scripts and tells how each of them ended. It is
    gone with the block."""

    def __init__(self, command: Sequence[str], share: Path) -> None:
        self._share = share
        for folder in ("steps", "out"):
            (self._share / folder).mkdir(parents=True, exist_ok=True)
            for old in (self._share / folder).iterdir():
                old.unlink()
        self._heard = b""
        self._process = subprocess.Popen(
            [*BEHIND, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def boot(self, seconds: float = BOOT_SECONDS) -> None:
        if self._line(seconds) != "ready":
            raise Stuck("the machine did not say that it is ready")

    def run(self, name: str, script: str, seconds: float) -> Ended:
        """Run a script there; its output is in the share's out/ from its beginning on."""
        assert self._process.stdin is not None
        (self._share / "steps" / name).write_text(script, "utf-8")
        self._process.stdin.write(f"{name}\n".encode("ascii"))
        said, status, took = self._line(seconds).split()
        assert said == name
        printed = (self._share / "out" / name).read_text("utf-8", errors="replace")
        return Ended(int(status), int(took), printed)

    def _line(self, seconds: float) -> str:
        """The next line that comes from the machine."""
        assert self._process.stdout is not None
        end = time.monotonic() + seconds
        while b"\n" not in self._heard:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise Stuck(f"nothing was heard for {seconds:.0f} s")
            piece = self._process.stdout.read(4096)
            if not piece:
                raise Stuck("the machine ended")
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode("ascii", errors="replace").strip()


def emulated(work: Path, kit: Path, share: Path) -> list[str]:
    """The command that boots from the folder that make-root made, with the kit's disk. Nothing of a
    run stays: what is written goes to snapshots, which nobody keeps."""
    drive = "if=none,format=raw,snapshot=on,cache=unsafe"
    return [
        *("qemu-system-aarch64", "-M", "virt", "-cpu", "max,pauth-impdef=on"),
        *("-accel", "tcg,thread=multi", "-smp", "2", "-m", str(MEMORY_MB)),
        *("-kernel", str(work / "vmlinuz"), "-initrd", str(work / "initrd.img")),
        *("-append", "console=ttyAMA0 quiet panic=-1"),
        *("-drive", f"{drive},id=root,file={work / 'root.img'}"),
        *("-device", "virtio-blk-pci,drive=root"),
        *("-drive", f"{drive},id=kit,file={kit}", "-device", "virtio-blk-pci,drive=kit"),
        *("-fsdev", f"local,id=share,path={share},security_model=none"),
        *("-device", "virtio-9p-pci,fsdev=share,mount_tag=share"),
        *("-device", "virtio-serial-pci", "-chardev", "stdio,id=steps,signal=off"),
        *("-device", "virtserialport,chardev=steps,name=steps"),
        *("-nic", "none", "-display", "none", "-monitor", "none", "-no-reboot"),
        *("-serial", f"file:{work / 'console.log'}"),
    ]
