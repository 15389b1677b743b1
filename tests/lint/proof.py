"""Each linter of `make lint` turns red over a file that deserves it: run by `make lint-proof`.

Not one of the tests of `make test`, which asks for no linter.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lint.linting import LINTERS, ROOT, lint

TWICE = """\
#include <stdlib.h>

void twice(char *text);

void twice(char *text)
{
    free(text);
    free(text);
}
"""
IGNORED = """\
#include <unistd.h>

int main(void)
{
    write(1, "x", 1);
    return 0;
}
"""
UNUSED = "int main(void)\n{\n    int unused;\n    return 0;\n}\n"
SEMICOLON = "int main(int argc, char **argv)\n{\n    if (argc > 2);\n    return argv[0][0];\n}\n"
BEYOND = "int main(void)\n{\n    int few[2] = {0};\n    return few[2];\n}\n"
CROOKED = "int main(void)\n{\n  return 0;\n}\n"

# The linter, the variable of the Makefile that lists its files, the file, a word of the complaint.
BROKEN = [
    ("lint-gcc", "c_files", "twice.c", TWICE, "analyzer-double-free"),
    ("lint-hardened", "c_files", "ignored.c", IGNORED, "unused-result"),
    ("lint-arm64", "witness_files", "unused.c", UNUSED, "unused-variable"),
    ("lint-clang-tidy", "c_files", "semicolon.c", SEMICOLON, "bugprone-suspicious-semicolon"),
    ("lint-cppcheck", "c_files", "beyond.c", BEYOND, "arrayIndexOutOfBounds"),
    ("lint-clang-format", "c_files", "crooked.c", CROOKED, "clang-format"),
    ("lint-black", "python_files", "crooked.py", "x = 'one'\n", '+x = "one"'),
    ("lint-flake8", "python_files", "unused.py", "import os\n", "F401"),
    ("lint-mypy", "typed_files", "untyped.py", "def f(x):\n    return x\n", "no-untyped-def"),
]


@pytest.fixture(name="folder")
def folder_in_the_checkout() -> Iterator[Path]:
    """Some linters look for what they are to check in the folders above a file."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="proof-") as folder:
        yield Path(folder)


def test_each_linter_is_proved() -> None:
    proved = {linter for linter, *_ in BROKEN} | {"lint-new-exercise", "lint-proof"}
    assert proved == set(LINTERS)


@pytest.mark.parametrize(
    ("linter", "variable", "name", "text", "word"), BROKEN, ids=[case[0] for case in BROKEN]
)
def test_it_turns_red(
    linter: str, variable: str, name: str, text: str, word: str, folder: Path
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    status, said = lint(linter, f"{variable}={folder / name}", "h_files=")
    if "is left to" in said:
        pytest.skip(said.strip())
    assert status == 2 and word in said, said
    assert f"lint: {linter} complains, see above" in said


def test_a_template_that_is_not_clean_turns_red(tmp_path: Path) -> None:
    for name in (".flake8", "Makefile", "grader", "starter", "solution", "assignment"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    with (tmp_path / "grader/author/template/hidden.txt").open("a", encoding="utf-8") as template:
        template.write("\n\nimport os\n")
    status, said = lint("lint-new-exercise", folder=tmp_path)
    assert status == 2 and "F401" in said, said
