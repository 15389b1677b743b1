"""The lines of events: those that gdb says, and none where the tables are damaged or forged."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from grader.facts.from_json import read_run
from grader.facts.records import Call, Line, Run
from grader.lines import Lines
from tests.harness.conftest import KIT
from tests.patience import patient

# The programs share one key, which others on this machine may be using.
ALONE = ["unshare", "--ipc"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--ipc"]
WITNESS = KIT / "build" / "witness"
RIGHT = KIT / "tests" / "submissions" / "right"
CATCH = "shmget shmat shmdt shmctl wait4 waitid write clone fork vfork"
STEPS = 40
FRAME = re.compile(r"^#\d+ .* at (?:.*/)?([\w.-]+\.c):(\d+)$", re.MULTILINE)
STYLES = [["-O0"], ["-O1"], ["-O2"], ["-O2", "-fno-pie", "-no-pie"], ["-O0", "-static-pie"]]


def built(source: Path, folder: Path, *flags: str) -> Path:
    program = folder / "program"
    given = ["gcc", "-std=gnu17", "-g", f"-I{KIT / 'starter' / '3-segment'}"]
    subprocess.run([*given, *flags, "-o", program, source, "-lm"], check=True)
    return program


def watched(program: Path, *args: str, options: tuple[str, ...] = ()) -> Run:
    done = subprocess.run(
        [*ALONE, WITNESS, *options, "--", program, *args],
        cwd=program.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        timeout=patient(60),
    )
    return read_run(json.loads(done.stdout))


def said_by_gdb(program: Path, source: str, follow: str, *args: str) -> set[str]:
    """The innermost line of the source at each call of one process."""
    words = [*ALONE, "gdb", "-q", "-nx", "-batch", program]
    for order in (
        "set debuginfod enabled off",
        "set confirm off",
        "set disable-randomization off",
        f"set follow-fork-mode {follow}",
        f"catch syscall {CATCH}",
        f"run {' '.join(args)} </dev/null >{program.parent / 'printed'}",
        *["bt", "continue"] * STEPS,
    ):
        words += ["-ex", order]
    environment = {**os.environ, "DEBUGINFOD_URLS": ""}
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=patient(60), check=False
    )
    found = set()
    for stop in re.split(r"\bCatchpoint \d+ \(", done.stdout)[1:]:
        inner = re.split(r"\b(?:__GI_)?exit \(", stop)[0]
        frames = [f"{file}:{line}" for file, line in FRAME.findall(inner) if file == source]
        found.update(frames[:1])
    return found


SAMPLE = [
    ("1-fork-wait", ["12", "7"]),
    ("2-sharing", ["12", "7"]),
    ("5-read-only", ["42"]),
    ("6-tally", ["3", "4"]),
]


def sample() -> list[tuple[Path, list[str]]]:
    found = []
    for exercise, args in SAMPLE:
        name = f"{exercise.partition('-')[2].replace('-', '_')}.c"
        found.append((KIT / "solution" / exercise / name, args))
        folders = sorted(RIGHT.glob(f"{exercise[0]}-*"))[:2]
        found += [(path, args) for f in folders if (path := f / exercise / name).is_file()]
    return found


@pytest.mark.skipif(shutil.which("gdb") is None, reason="gdb is not installed")
@pytest.mark.parametrize(
    ("place", "style"), [(n, STYLES[n % len(STYLES)]) for n in range(len(sample()))]
)
def test_the_line_of_each_event_is_the_one_that_gdb_says(
    place: int, style: list[str], tmp_path: Path
) -> None:
    source, args = sample()[place]
    program = built(source, tmp_path, *style)
    run = watched(program, *args, options=("--stdout", "pipe"))
    lines = Lines(program.read_bytes, {source.name}).of_run(run)
    ours = {line for seq, line in lines.items() if seq in _compared(run)}
    theirs = said_by_gdb(program, source.name, "parent", *args)
    theirs |= said_by_gdb(program, source.name, "child", *args)
    assert ours and ours <= theirs, (sorted(ours), sorted(theirs))


def _compared(run: Run) -> set[int]:
    names = ("shmget", "shmat", "shmdt", "shmctl", "wait", "fork")
    calls = {call.seq for call in run.all_calls if call.name in names}
    return calls | {event.seq for event in run.writes("stdout")}


WAITS = "\n    waitpid(-1, NULL, 0)"
PROGRAM = """#include <stdio.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

static int make(void)
{
    return shmget(IPC_PRIVATE, 4, 0600);
}

int main(void)
{
    int id = make();
    if (fork() == 0) {
        puts("at exit");
        exit(0);
    }
    wait(NULL);
    puts("now");
    fflush(stdout);
    shmctl(id, IPC_RMID, NULL);
    *(volatile int *)0 = 1;
}
"""


JUMPS = """#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

int main(void)
{
#if defined(__x86_64__)
    static const unsigned char code[] = {0x89, 0xf8, 0x31, 0xff, 0x0f, 0x05, 0xc3};
#else
    static const unsigned char code[] = {0xe8, 0x03, 0x00, 0x2a, 0x00, 0x00, 0x80, 0xd2,
                                         0x01, 0x00, 0x00, 0xd4, 0xc0, 0x03, 0x5f, 0xd6};
#endif
    void *made = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
    memcpy(made, code, sizeof code);
    __builtin___clear_cache(made, (char *)made + sizeof code);
    for (int i = 0; i < 600; i++)
        ((long (*)(long))made)(SYS_shmdt);
}
"""


def program_of(folder: Path, *flags: str) -> Path:
    source = folder / "program.c"
    source.write_text(PROGRAM)
    return built(source, folder, *flags)


def lines_of(program: Path, run: Run) -> dict[str, str]:
    lines = Lines(program.read_bytes, {"program.c"}).of_run(run)
    told = {}
    for event in run.events:
        name = event.name if isinstance(event, Call) else type(event).__name__
        told[name] = lines.get(event.seq, "")
    return told


@pytest.mark.parametrize("flags", [STYLES[0], STYLES[1], STYLES[4]])
def test_each_event_has_its_own_line(flags: list[str], tmp_path: Path) -> None:
    program = program_of(tmp_path, *flags, "-fno-inline")
    run = watched(program, options=("--stdout", "pipe"))
    lines = lines_of(program, run)
    assert lines["shmget"] == "program.c:9" and lines["fork"] == "program.c:15"
    assert lines["wait"] == "program.c:19" and lines["shmctl"] == "program.c:22"
    assert lines["Signal"] == "program.c:23"
    known = Lines(program.read_bytes, {"program.c"}).of(run.stacks, run.command[0])
    chains = {tuple(frame.function for frame in frames) for frames in known.values()}
    assert ("make", "main") in chains


def test_a_wait_that_never_returns_has_the_line_that_waits(tmp_path: Path) -> None:
    source = tmp_path / "program.c"
    text = PROGRAM.replace('puts("at exit");', "for (int ends[2]; pipe(ends) == 0 &&")
    text = text.replace("exit(0);", "read(ends[0], ends, 1) < 0;) {}").replace("wait(NULL)", WAITS)
    source.write_text(text)
    program = built(source, tmp_path)
    run = watched(program, options=("--limit", "wall-ms=3000"))
    (waits,) = run.calls("wait")
    lines = Lines(program.read_bytes, {"program.c"}).of_run(run)
    assert waits.result is None and lines[waits.seq] == "program.c:20"


def test_what_stdio_writes_at_exit_has_no_line(tmp_path: Path) -> None:
    program = program_of(tmp_path)
    run = watched(program, options=("--stdout", "pipe"))
    lines = Lines(program.read_bytes, {"program.c"}).of_run(run)
    by_text = {line.text.strip(): lines.get(line.seq, "") for line in run.lines}
    assert by_text == {"at exit": "", "now": "program.c:21"}


def test_a_stripped_program_has_no_lines(tmp_path: Path) -> None:
    program = program_of(tmp_path, "-s")
    assert not any(lines_of(program, watched(program)).values())


def test_a_program_without_tables_has_no_wrong_lines(tmp_path: Path) -> None:
    flags = ("-fno-asynchronous-unwind-tables", "-fomit-frame-pointer", "-O2")
    program = program_of(tmp_path, *flags)
    lines = Lines(program.read_bytes, {"program.c"}).of_run(watched(program))
    assert set(lines.values()) <= {f"program.c:{n}" for n in (9, 15, 16, 17, 19, 20, 21, 22, 23)}


def test_damaged_tables_neither_crash_nor_take_long(tmp_path: Path) -> None:
    """Bytes of the program are changed, one range after the other, all over its tables."""
    program = program_of(tmp_path)
    run = watched(program)
    whole = program.read_bytes()
    began = time.monotonic()
    for place in range(0, len(whole), 499):
        for filling in (b"\xff", b"\x80", b"\x01"):
            spoilt = whole[:place] + filling * 40 + whole[place + 40 :]
            Lines(lambda data=spoilt: data, {"program.c"}).of_run(run)  # type: ignore[misc]
    assert time.monotonic() - began < patient(120)
    assert Lines(lambda: b"\x7fELF\2\1" + bytes(200), {"program.c"}).of_run(run) == {}


@pytest.mark.parametrize(
    "stacks",
    [
        [None, 1, "x", [], {}, {"maps": 3}, {"maps": [[1]]}],
        [[1, 2, 3, [1], [2]], [1, "a", 3, [], []]],
        [{"maps": [[0, 2**64, 0, "/etc/passwd"]]}, [1, 5, 5, [], []]],
        [{"maps": [[0, 2**64, 0, "/usr/lib/../../dev/zero"]]}, [1, 5, 5, [], []]],
    ],
)
def test_forged_stacks_give_no_line(stacks: list[object], tmp_path: Path) -> None:
    program = program_of(tmp_path)
    assert not any(Lines(program.read_bytes, {"program.c"}).of(stacks, "program").values())


def test_many_events_are_bounded(tmp_path: Path) -> None:
    source = tmp_path / "program.c"
    source.write_text(
        "#include <sys/shm.h>\nint main(void)\n{\n    for (int i = 0; i < 100000; i++)\n"
        "        shmdt(&i);\n}\n"
    )
    program = built(source, tmp_path)
    run = watched(program)
    assert 900 < len(run.stacks) < 2100
    lines = Lines(program.read_bytes, {"program.c"}).of_run(run)
    assert set(lines.values()) == {"program.c:5"}


def test_code_outside_of_all_files_and_many_mappings_are_bounded(tmp_path: Path) -> None:
    """A call made from memory that a program wrote its own code into has no line."""
    source = tmp_path / "program.c"
    source.write_text(JUMPS)
    program = built(source, tmp_path)
    run = watched(program)
    assert len(run.all_calls) >= 500
    assert sum(isinstance(entry, dict) for entry in run.stacks) <= 32
    lines = Lines(program.read_bytes, {"program.c"}).of_run(run)
    assert not any(lines.get(call.seq) for call in run.calls("shmdt"))


def test_a_line_is_no_part_of_what_a_run_is_compared_by(tmp_path: Path) -> None:
    program = program_of(tmp_path)
    assert isinstance(watched(program).lines[0], Line)
    assert "stacks" not in repr(watched(program))
