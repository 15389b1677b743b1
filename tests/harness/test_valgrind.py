"""Memory errors are told with the student's own line, also those of a child."""

import pytest

from grader.base.check import Fault, NotReached
from grader.base.exercise import Exercise
from grader.facts.command import command
from grader.grading.compile import build
from grader.grading.execute import world
from grader.grading.grade_exercise import SandboxedMachine
from grader.grading.intake import Intake, Source
from grader.grading.valgrind import Memory
from grader.sandbox import Held
from tests.harness.conftest import KIT

TALLY = Exercise("6-tally", "tally", "tally.c", "tally")
HEAD = "#include <stdlib.h>\n#include <unistd.h>\n#include <sys/wait.h>\n#include <stdio.h>\n"


def machine_of(code: str) -> SandboxedMachine:
    intake = Intake("6-tally", Source("tally.c", (HEAD + code).encode()), (), "", ())
    built = build(TALLY, intake)
    assert built.program, built.errors
    witness = Held((KIT / "build" / "witness").read_bytes())
    return SandboxedMachine(world(TALLY, intake, built.program, witness), frozenset(["tally.c"]))


def memory_of(code: str) -> Memory:
    return machine_of(code).memory([command()])


def test_a_right_program_has_no_errors() -> None:
    assert memory_of("int main(void) { return 0; }\n") == Memory()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("int *p = malloc(4); p[1] = 7; free(p);", "InvalidWrite"),
        ("int *p = malloc(4); free(p); return *p;", "InvalidRead"),
        ('int *p = malloc(4); if (*p) puts("x"); free(p);', "UninitCondition"),
    ],
)
def test_an_error_is_told_with_its_kind_file_and_line(statement: str, kind: str) -> None:
    (error,) = memory_of(f"int main(void)\n{{\n    {statement}\n    return 0;\n}}\n").errors
    assert (error.kind, error.file, error.line) == (kind, "tally.c", 7)
    assert str(error).endswith(" (tally.c, line 7)")


def test_an_error_of_a_child_is_told() -> None:
    memory = memory_of(
        "int main(void) { if (fork() == 0) { char *p = malloc(1); p[1] = 0; _exit(0); }\n"
        "wait(NULL); return 0; }\n"
    )
    assert [error.kind for error in memory.errors] == ["InvalidWrite"]


def test_memory_that_is_not_freed_is_a_leak_and_no_error() -> None:
    machine = machine_of("int main(void)\n{\n    malloc(40);\n    return 0;\n}\n")
    memory = machine.memory([command()])
    assert memory.errors == () and [leak.line for leak in memory.leaks] == [7]
    assert list(machine.leaks) == list(memory.leaks)


def test_the_crash_that_exercise_5_asks_for_is_no_error() -> None:
    memory = memory_of(
        "#include <sys/shm.h>\n"
        "int main(void) { int d = shmget(IPC_PRIVATE, 4, 0600);\n"
        "if (fork() == 0) { int *p = shmat(d, 0, SHM_RDONLY); *p = 1; }\n"
        "wait(NULL); shmctl(d, IPC_RMID, 0); return 0; }\n"
    )
    assert memory.errors == ()


def test_several_commands_are_told_together() -> None:
    machine = machine_of(
        "int main(int n, char **a) { char *p = malloc(1); if (n > 1) p[atoi(a[1])] = 0;\n"
        "free(p); return 0; }\n"
    )
    assert machine.memory([command(0)]).errors == ()
    assert len(machine.memory([command(0), command(1), command(1)]).errors) == 1


def test_a_program_that_hides_from_valgrind_is_not_reached() -> None:
    with pytest.raises(NotReached, match="reported nothing"):
        memory_of('int main(void) { return system("rm -f /tmp/valgrind.*; kill -9 $PPID"); }\n')


def test_nothing_to_run_is_the_graders_mistake() -> None:
    with pytest.raises(Fault):
        machine_of("int main(void) { return 0; }\n").memory([])
