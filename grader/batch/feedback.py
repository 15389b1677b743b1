"""feedback.zip: every student's own report as one HTML page, laid out as the platform takes it back
for many, or in a folder for each student.
"""

import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.batch import lms
from grader.batch.students import Entry

FILE = "feedback.zip"
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the same reports make the same zip
Place = Callable[[Entry], str | None]


def places(platform: str, entries: Sequence[Entry]) -> dict[str, str]:
    """Where each student's report goes in the zip, by the path; a group's may have one place."""
    module = lms.load(platform) if platform in lms.names() else None
    place: Place = getattr(module, "feedback_place", lambda entry: None)
    found: dict[str, str] = {}
    for entry in entries:
        path = place(entry) if entry.arrived else None
        found.setdefault(path or f"{entry.student.slug}/{lms.REPORT}", entry.student.key)
    return found


def write_feedback(out: Path, reports: Path, platform: str, entries: Sequence[Entry]) -> int:
    """Write the zip, whole or not at all; how many reports are in it."""
    folders = {entry.student.key: reports / entry.student.slug for entry in entries}
    unfinished = out / f".{FILE}"
    count = 0
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, key in sorted(places(platform, entries).items()):
            try:
                data = (folders[key] / lms.REPORT).read_bytes()
            except FileNotFoundError:
                continue  # there is no grade yet
            archive.writestr(zipfile.ZipInfo(path, NO_TIME), data, zipfile.ZIP_DEFLATED)
            count += 1
    if count:
        os.replace(unfinished, out / FILE)
    else:
        unfinished.unlink()
        (out / FILE).unlink(missing_ok=True)
    return count
