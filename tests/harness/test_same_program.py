"""A submission is compiled alike everywhere, whatever the distribution's gcc adds by itself."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.grading.compile import FLAGS, KIT_FLAGS

# gcc's own defaults come before what it is given. -U as a newer Ubuntu may have another number.
UBUNTU = "-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -Wl,-z,now".split()
UBUNTU += "-fstack-clash-protection -Wformat -Wformat-security -fPIE -pie".split()
UBUNTU += ["-fcf-protection"] if platform.machine() == "x86_64" else []
NO_PIE = ["-fno-PIE", "-no-pie", "-Wl,-z,norelro"]
# One past the end of an array, which a stack protector ends, and what a checked function looks at.
SOURCE = """\
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char few[8], many[20000];
    strcpy(few, argv[argc - 1]);
    sprintf(many, "%s %d", few, argc);
    printf(many);
    return 0;
}
"""


def compiled(folder: Path, flags: Sequence[str]) -> tuple[bytes, str]:
    """The program, without the debug information that names the flags, and the warnings."""
    (folder / "source.c").write_text(SOURCE, encoding="utf-8")
    done = subprocess.run(
        ["gcc", *flags, "-g0", "-o", "program", "source.c"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return (folder / "program").read_bytes(), done.stderr


@pytest.mark.parametrize("flags", [FLAGS, KIT_FLAGS], ids=["a student's", "the kit's"])
@pytest.mark.parametrize("default", [UBUNTU, NO_PIE], ids=["Ubuntu", "no PIE"])
def test_what_a_distribution_adds_changes_nothing(
    default: list[str], flags: Sequence[str], tmp_path: Path
) -> None:
    assert compiled(tmp_path, [*default, *flags]) == compiled(tmp_path, flags)


def test_what_a_distribution_adds_would_change_the_program(tmp_path: Path) -> None:
    plain = ["-std=gnu17", "-Wall"]
    assert compiled(tmp_path, [*UBUNTU, *plain]) != compiled(tmp_path, plain)
