"""What each command of the kit needs of this machine: the table in needs.txt, and what is seen to
work of it.

Python's own library is enough for this module: it finds out what else there is.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.base.kit import KIT

TABLE = KIT / "grader" / "setup" / "needs.txt"
OS_RELEASE = Path("/etc/os-release")
IMPORTED = """
import sys
from importlib import import_module
for name in sys.argv[1:]:
    try:
        import_module(name)
    except BaseException:
        print(name)
"""


@dataclass(frozen=True)
class Need:
    """One thing, how it is seen, and what brings it."""

    group: str
    kind: str
    name: str
    words: tuple[str, ...]
    packages: tuple[str, ...]
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def packages_on(self, system: System) -> tuple[str, ...]:
        """Nothing where no package of this distribution brings it."""
        for distribution, packages in self.elsewhere:
            if distribution in system.names:
                return packages
        return self.packages


@dataclass(frozen=True)
class Group:
    """Needs that go together: what is left out without them, and how to have it elsewhere."""

    name: str
    left_out: str = ""
    how: str = ""


@dataclass(frozen=True)
class Purpose:
    """A command of the kit: what it cannot do without, and what it only wishes for."""

    needed: tuple[str, ...]
    wished: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    purposes: dict[str, Purpose]
    groups: dict[str, Group]
    rows: tuple[Need, ...]

    def of(self, *groups: str) -> tuple[Need, ...]:
        return tuple(need for need in self.rows if need.group in groups)

    def needed(self, purpose: str) -> tuple[Need, ...]:
        return self.of(*self.purposes[purpose].needed)

    def wished(self, purpose: str) -> tuple[Need, ...]:
        return self.of(*self.purposes[purpose].wished)


@dataclass(frozen=True)
class System:
    """The distribution: what the table calls it, and what people do."""

    names: tuple[str, ...]
    pretty: str


# ---- reading


def parse(text: str) -> Table:
    purposes: dict[str, Purpose] = {}
    groups: dict[str, Group] = {}
    rows: list[Need] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, *columns = (column.strip() for column in line.split("|"))
        match head.split():
            case ["purpose", name]:
                words = columns[0].split()
                purposes[name] = Purpose(
                    tuple(word for word in words if word[0] != "?"),
                    tuple(word[1:] for word in words if word[0] == "?"),
                )
            case ["group", name]:
                groups[name] = Group(name, *columns)
            case [name]:
                rows.append(_row(name, *columns))
            case _:
                raise ValueError(f"needs.txt: {line}")
    return Table(purposes, groups, tuple(rows))


def _row(group: str, look: str, packages: str, elsewhere: str = "") -> Need:
    kind, name, *words = look.split()
    rules = (rule.partition("=") for rule in elsewhere.split())
    return Need(
        group,
        kind,
        name,
        tuple(words),
        tuple(packages.split()),
        tuple(
            (where, () if those == "-" else tuple(those.split(","))) for where, _, those in rules
        ),
    )


@cache
def table() -> Table:
    return parse(TABLE.read_text("utf-8"))


def system(file: Path | None = None) -> System:
    try:
        text = (file or OS_RELEASE).read_text("utf-8")
    except OSError:
        text = ""
    said = {
        name: " ".join(shlex.split(value)) for name, value in re.findall(r"(?m)^(\w+)=(.*)$", text)
    }
    own = said.get("ID", "")
    names = (f"{own}-{said.get('VERSION_ID', '')}", own, *said.get("ID_LIKE", "").split())
    return System(names, said.get("PRETTY_NAME", "this system"))


# ---- looking


def seen(need: Need, path: str | None = None) -> str | None:
    """The file that shows it is there, "" where none does, None where it is not there: a glance."""
    if need.kind in ("command", "compiler", "python"):
        return shutil.which(_command(need), path=path)
    if need.kind == "file":
        return need.name if os.path.exists(need.name) else None
    if need.kind == "module":
        try:
            spec = importlib.util.find_spec(need.name)
        except (ImportError, ValueError):
            return None
        return (spec.origin or "") if spec else None
    return ""


def _command(need: Need) -> str:
    if need.kind == "compiler":
        return (os.environ.get("CC", "").split() or [need.name])[0]
    return sys.executable if need.kind == "python" else need.name


def absent(needs: Iterable[Need], path: str | None = None) -> list[Need]:
    """What is not there, at a glance: no program is run."""
    return [need for need in needs if seen(need, path) is None]


def broken(needs: Sequence[Need]) -> list[Need]:
    """What is not there or does not work: commands are run, modules imported."""
    bad = set(absent(needs))
    bad |= {need for need in needs if need not in bad and not _runs(need)}
    modules = [need.name for need in needs if need.kind == "module" and need not in bad]
    failed = _unimported(modules) if modules else []
    return [need for need in needs if need in bad or need.kind == "module" and need.name in failed]


def _runs(need: Need) -> bool:
    if need.kind == "run":
        command = [sys.executable if need.words[0] == "python" else need.words[0], *need.words[1:]]
    elif need.kind == "command" and need.words:
        command = [need.name, *need.words]
    else:
        return True
    return _ended(command).returncode == 0


def _unimported(modules: Sequence[str]) -> list[str]:
    done = _ended([sys.executable, "-c", IMPORTED, *modules])
    return done.stdout.split() if done.returncode == 0 else list(modules)


def _ended(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=KIT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError:
        return subprocess.CompletedProcess(command, 127, "")


# ---- telling


def missing(purpose: str, path: str | None = None) -> list[Need]:
    """What a command of the kit cannot do without, and is not there."""
    return absent(table().needed(purpose), path)


def packages(needs: Iterable[Need]) -> tuple[str, ...]:
    """The packages of this distribution that bring them, each once."""
    here = system()
    return tuple(dict.fromkeys(name for need in needs for name in need.packages_on(here)))


def names(needs: Iterable[Need]) -> str:
    """What people call them: criterion.h, rich."""
    return ", ".join(dict.fromkeys(os.path.basename(_command(need)) for need in needs))


def advice(needs: Sequence[Need]) -> str:
    """How to have them: a command to type, or where to read."""
    here = system()
    said = []
    if packages(needs):
        sudo = "" if os.geteuid() == 0 else "sudo "
        said.append(f"{sudo}apt-get install {' '.join(packages(needs))}")
    homeless = [need for need in needs if not need.packages_on(here)]
    if homeless:
        said.append(homeless_text(homeless))
    return "; ".join(said)


def homeless_text(homeless: Sequence[Need]) -> str:
    """Of what no package brings: so it is, and how to have it all the same."""
    ways = dict.fromkeys(table().groups.get(need.group, Group("")).how for need in homeless)
    text = f"{system().pretty} has no package for {names(homeless)}"
    return ": ".join([text, *filter(None, ways)])


def left_out(group: str, path: str | None = None) -> str:
    """What is left out for want of this group, why, and how to have it; "" where it is there."""
    lacking = absent(table().of(group), path)
    return left_out_text(group, lacking) if lacking else ""


def left_out_text(group: str, lacking: Sequence[Need]) -> str:
    what = table().groups[group].left_out
    return f"left out: {what}: {names(lacking)} missing: {advice(lacking)}"
