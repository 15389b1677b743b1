"""Reads the verdicts of Criterion's TAP output."""

import re

from grader.base.text import cut, visible
from grader.report.model import PublicTest

LINE = re.compile(r"(?P<verdict>ok|not ok) - \w+::(?P<name>\w+)\s*(?P<rest>.*?)(\(\d+\.\d+s\))?$")
ASSERTION = "Assertion failed: "
LENGTH = 200


def read_tap(text: str) -> list[PublicTest]:
    """What each test says: the first failed assertion, if there is one."""
    found: list[PublicTest] = []
    for line in text.splitlines():
        match = LINE.match(line.strip())
        if match:
            passed = match["verdict"] == "ok"
            message = "" if passed else cut(visible(match["rest"].strip()), LENGTH)
            found.append(PublicTest(match["name"].replace("_", " "), passed, message))
        elif ASSERTION in line and found and not found[-1].passed and not found[-1].message:
            message = cut(visible(line.partition(ASSERTION)[2]), LENGTH)
            found[-1] = PublicTest(found[-1].name, False, message)
    return found
