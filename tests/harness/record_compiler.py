"""Records what a compiler writes of the mistakes in compiler_messages/sources.

`python3 -m tests.harness.record_compiler gcc-16 sarif [CASE...]`, from the kit's folder, writes
compiler_messages/gcc-16/CASE.sarif. The formats: json, sarif, txt. The options are the grader's.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.grading.compile import FEW_ERRORS, FLAGS
from grader.grading.compiler import ENVIRONMENT, JSON, SARIF, abilities
from grader.sandbox.files import HOME

FOLDER = Path(__file__).parent / "compiler_messages"
SOURCES = FOLDER / "sources"
NAME = "6-tally/tally.c"
FORMATS = {"json": (JSON,), "sarif": (SARIF,), "txt": ()}
TEMPORARY = re.compile(rb"/tmp/cc\w{6}\.")
TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z")


def record(compiler: str, form: str, source: Path) -> bytes:
    """What the compiler says, without what differs from call to call."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, NAME)
        copy.parent.mkdir()
        copy.write_bytes(source.read_bytes())
        place = f"-fdebug-prefix-map={name}={HOME}"
        options = [*FLAGS, *abilities(compiler).lenient, place, FEW_ERRORS, *FORMATS[form]]
        said = subprocess.run(
            [compiler, *options, "-o", f"{name}/output", NAME],
            cwd=name,
            env=ENVIRONMENT,
            capture_output=True,
            check=False,
        ).stderr
    said = said.replace(name.encode(), HOME.encode())
    return TIME.sub(b"2026-01-01T00:00:00Z", TEMPORARY.sub(b"/tmp/ccXXXXXX.", said))


def main(compiler: str, form: str, *cases: str) -> None:
    folder = FOLDER / compiler
    folder.mkdir(exist_ok=True)
    for source in sorted(SOURCES.glob("*.c")):
        if not cases or source.stem in cases:
            said = record(compiler, form, source)
            (folder / f"{source.stem}.{form}").write_bytes(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
