"""The package sources of this machine, and what they become for another release: pure text.

Both of apt's formats are read: one line each (sources.list) and deb822 (*.sources).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# These have no updates and no security archive beside them.
ROLLING = frozenset({"sid", "unstable", "experimental"})
# Names of a release that stand for what it is at the time.
ALIASES = frozenset({"stable", "testing", "unstable", "sid"})
BESIDE = ("", "-updates", "-security")
COMPONENTS = ("main", "universe")  # without universe, Ubuntu has little of what a reader installs
ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<uri>\S+)\s+(?P<rest>\S.*)$")


@dataclass(frozen=True)
class Source:
    """One archive: where it is, and what is taken from it."""

    uri: str
    suite: str
    components: tuple[str, ...]

    def line(self) -> str:
        """As sources.list has it. What signs it is said elsewhere."""
        return " ".join(["deb", self.uri, self.suite, *self.components])


def parse_list(text: str) -> list[Source]:
    """What a file in the one-line format names."""
    found = []
    for line in text.splitlines():
        match = ONE_LINE.match(line.split("#")[0].strip())
        if match:
            suite, *components = match["rest"].split()
            found.append(Source(match["uri"], suite, tuple(components)))
    return found


def parse_deb822(text: str) -> list[Source]:
    """What a file of paragraphs names."""
    found = []
    for fields in _paragraphs(text):
        off = fields.get("enabled", ["yes"])[:1] in (["no"], ["false"], ["0"])
        if off or "deb" not in fields.get("types", []):
            continue
        components = tuple(fields.get("components", []))
        for uri in fields.get("uris", []):
            found += [Source(uri, suite, components) for suite in fields.get("suites", [])]
    return found


def _paragraphs(text: str) -> Iterator[dict[str, list[str]]]:
    """The fields of each paragraph, in lower case, as words."""
    fields: dict[str, list[str]] = {}
    last = ""
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, last = {}, ""
        elif line[0] in " \t":
            fields.setdefault(last, []).extend(line.split())
        else:
            name, _, words = line.partition(":")
            last = name.strip().lower()
            fields[last] = words.split()


def for_release(sources: Iterable[Source], own: str, release: str) -> list[Source]:
    """The same mirror's archives of another release of the same distribution; none where this
    machine's sources name no archive of its own release.
    """
    found: dict[Source, None] = {}
    for source in sources:
        base, beside = _parts(source.suite, own)
        if base is None or (beside and release in ROLLING):
            continue
        components = tuple(each for each in COMPONENTS if each in source.components)
        if components:
            found.setdefault(Source(source.uri, release + beside, components))
    return list(found)


def _parts(suite: str, own: str) -> tuple[str | None, str]:
    """The release that a suite is of, and what stands behind its name."""
    for beside in reversed(BESIDE):
        base = suite.removesuffix(beside) if beside else suite
        if suite.endswith(beside) and base in {own, *ALIASES}:
            return base, beside
    return None, ""


def parse_os_release(text: str) -> tuple[str, str]:
    """The distribution and the code name of its release: Debian's unstable has none."""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
    return fields.get("ID", ""), fields.get("VERSION_CODENAME", "sid")


def releases_of(table: str) -> list[str]:
    """The code names in a table of distro-info-data, oldest first."""
    head, *rows = [line.split(",") for line in table.splitlines() if line]
    column = head.index("series")
    return [row[column] for row in rows]


def released(table: str, today: str) -> list[str]:
    """Those that were released by a day, newest first."""
    head, *rows = [line.split(",") for line in table.splitlines() if line]
    name, day = head.index("series"), head.index("release")
    out = [(row[day], row[name]) for row in rows if len(row) > day and row[day]]
    return [series for date, series in sorted(out, reverse=True) if date <= today]


def rendered(sources: Sequence[Source]) -> str:
    return "".join(source.line() + "\n" for source in sources)
