"""CSV files that spreadsheets and platforms write and read: any encoding and separator in, plain
UTF-8 out, and no cell that a spreadsheet would run as a formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.base.text import visible
from grader.grading.intake import BadInput

SIZE_LIMIT = 32 * 1024 * 1024
FORMULA = ("=", "+", "-", "@", "\t")
NO_DATE = "-"  # alone it is no formula, and Moodle compares the cell with its own
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
SEPARATORS = ",;\t"


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file, empty ones left out; raises BadInput where it is none."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(SIZE_LIMIT)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"cannot read {visible(str(path))}: {reason}") from None
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{visible(str(path))} is no CSV file: save the table as CSV")
    text = decoded(data)
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise BadInput(f"{visible(str(path))} is no CSV file: {error}") from None
    return [row for row in rows if any(cell.strip() for cell in row)]


def decoded(data: bytes) -> str:
    """Text as spreadsheets save it: UTF-8 with or without a mark, UTF-16, or what Windows uses."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def table_text(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        writer.writerow([cell_text(cell) for cell in row])
    return stream.getvalue()


def cell_text(cell: object) -> str:
    """A cell that shows its text and does nothing else: an apostrophe stands before a formula."""
    if cell is None:
        return ""
    text = visible(str(cell), keep="\n\t")  # csv writes a lone \r without quotes
    if text.startswith(FORMULA) and not NUMBER.fullmatch(text) and text != NO_DATE:
        return f"'{text}"
    return text
