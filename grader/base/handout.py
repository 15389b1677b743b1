"""The handout's sections and their titles.

A section is named by its file and the anchor that GitHub makes of its heading: assignment/1-fork-
wait#the-parent-waits.
"""

import re
from functools import cache

from grader.base.kit import KIT

HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*\s*$")
FENCE = re.compile(r"^\s*(```|~~~)")


@cache
def headings(page: str) -> dict[str, str]:
    """Anchor to title of all headings of a page: a folder with a README.md, or a .md file."""
    path = KIT / page
    path = path if path.suffix == ".md" else path / "README.md"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    fenced = False
    for line in lines:
        if FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else HEADING.match(line)
        if heading:
            title = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading["title"])
            anchor, count = anchor_of(title), 0
            while (anchor if not count else f"{anchor}-{count}") in found:
                count += 1
            found[anchor if not count else f"{anchor}-{count}"] = title
    return found


def anchor_of(title: str) -> str:
    """GitHub's rule: lower case, spaces become hyphens, everything but letters, digits, - and _
    goes.
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def exists(section: str) -> bool:
    page, _, anchor = section.partition("#")
    return anchor in headings(page) if anchor else bool(headings(page))


def where(section: str) -> str:
    """The section in words: assignment/1-fork-wait "The parent waits"."""
    page, _, anchor = section.partition("#")
    title = headings(page).get(anchor, anchor.replace("-", " "))
    return f"{page} “{title}”" if title else page
