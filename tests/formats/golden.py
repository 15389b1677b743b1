"""What each format shows of whole submissions, kept in `golden/`, so that a change of it is seen.

`python3 -m tests.formats.golden [NAME ...]` writes the files anew; then `git diff` shows what has
changed."""

import base64
import json
import re
import sys
import tempfile
from pathlib import Path

from tests.formats.submissions import BROKEN, Outcome, grade, lay

GOLDEN = Path(__file__).resolve().parent / "golden"
NAMES = ("starter", "solution", *BROKEN)
FORMATS = ("annotations", "autograding", "classroom50", "gradescope", "sarif", "summary", "autolab")
# What is another one each time: durations, moments, the kit's commit, the style sheet's lines.
SCRUBBED = (
    (r'"seconds": [\d.]+', '"seconds": 0'),
    (r'"execution_time": \d+', '"execution_time": 0'),
    (r' time="[\d.]+"', ' time="0"'),
    (r'"(datetime|graded_at)": "[^"]*"', r'"\1": "2026-09-01T12:00:00Z"'),
    (r'"kit": "[0-9a-f]*"', '"kit": "KIT"'),
    (r"kit [0-9a-f]{12}", "kit KIT"),
    (r'"isolation": "\w+"', '"isolation": "namespaces"'),
    (r"(?s)<style>.*?</style>", "<style>…</style>"),
)


def graded(name: str, folder: Path) -> Outcome:
    """Everything that a grade of this submission writes, in every format."""
    asked = [word for form in FORMATS for word in ("--format", form)]
    return grade(lay(name, folder / name), folder / "out", *asked)


def runners(text: str) -> dict[str, dict[str, object]]:
    """What the classic reporter reads out of its file: the results of each runner."""
    variables = dict(line.split("=", 1) for line in text.splitlines())
    names = variables.pop("AUTOGRADING_RUNNERS").split(",")
    assert len(names) == len(variables)
    return {n: json.loads(base64.b64decode(variables[f"{n.upper()}_RESULTS"])) for n in names}


def shown(outcome: Outcome) -> dict[str, str]:
    """The files as they are kept: readable, and without what is another one each time."""
    files = {"terminal.txt": outcome.stdout, **outcome.files}
    decoded = runners(files.pop("autograding.env"))
    files["autograding.json"] = json.dumps(decoded, indent=2) + "\n"
    for pattern, instead in SCRUBBED:
        files = {name: re.sub(pattern, instead, text) for name, text in files.items()}
    return files


def kept(name: str) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in (GOLDEN / name).iterdir()}


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            files = shown(graded(name, Path(folder)))
        (GOLDEN / name).mkdir(parents=True, exist_ok=True)
        for old in set(kept(name)) - set(files):
            (GOLDEN / name / old).unlink()
        for file, text in files.items():
            (GOLDEN / name / file).write_text(text, encoding="utf-8")
        print(name, flush=True)


if __name__ == "__main__":
    main()
