"""Memory errors are told with the student's own line, also those of a child."""

import pytest

from grader.base.check import Fault, NotReached
from grader.base.exercise import Exercise
from grader.facts.command import command
from grader.grading import valgrind
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


@pytest.mark.parametrize(
    ("code", "doubt"),
    [
        ('return system("kill -9 $PPID");', "killed by signal 9"),
        ("pid_t c = fork(); c ? kill(c, SIGKILL), wait(NULL) : pause();", "killed by signal 9"),
        ('execlp("true", "true", NULL);', "runs another program"),
        (
            "shmget(1, 1, 0); if (fork() == 0) { shmget(1, 1, 0); %s } wait(NULL);",
            "another program",
        ),
        ('if (n == 1) system("env ./tally 1 2 3");', "can't follow"),
    ],
    ids=["killed", "child killed", "another program", "a child's", "itself, by another"],
)
def test_who_has_no_whole_report_proves_nothing(code: str, doubt: str) -> None:
    code = code.replace("%s", 'execlp("true", "true", NULL);')
    memory = memory_of(
        "#include <signal.h>\n#include <sys/shm.h>\n"
        f"int main(int n, char **a)\n{{ (void)a; {code} }}\n"
    )
    assert memory.errors == () and doubt in memory.doubt


def test_a_process_that_is_left_running_owes_no_report_but_its_errors_count() -> None:
    """That it is left costs points elsewhere."""
    left = "if (fork() == 0) { char *p = malloc(1); %s pause(); } usleep(500000); return 0;"
    assert memory_of(f"int main(void) {{ {left % ''} }}\n").doubt == ""
    (error,) = memory_of(f"int main(void) {{ {left % 'p[1] = 0;'} }}\n").errors
    assert error.kind == "InvalidWrite"


def test_a_program_that_never_ends_under_valgrind_costs_its_budget_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(valgrind, "SECONDS", 2)
    monkeypatch.setattr(valgrind, "LEAST_SECONDS", 2)
    machine, began = machine_of("int main(void) { for (;;) pause(); }\n"), []
    begin = valgrind.begin
    monkeypatch.setattr(valgrind, "begin", lambda *asked: began.append(1) or begin(*asked))
    monkeypatch.setattr(machine, "_measured", lambda: 1.0)
    with pytest.raises(NotReached, match="under valgrind"):
        machine.memory([command()])
    assert len(began) == 1


def test_the_systems_programs_are_nobodys_work() -> None:
    memory = memory_of('int main(void) { return system("ls / | wc; env true"); }\n')
    assert memory == Memory()


def test_a_program_that_runs_itself_again_is_followed() -> None:
    """Errors of both lives count, and the reports of both must be whole."""
    again = "if (n == 1) { %s execl(a[0], a[0], %s, NULL); }"
    clean = memory_of(f'int main(int n, char **a) {{ {again % ("", chr(34) + "x" + chr(34))} }}\n')
    assert clean == Memory()
    first = "char *p = malloc(1); p[1] = 0; free(p);"
    for before, after in ((first, ""), ("", first)):
        code = again % (before, '"x"')
        (error,) = memory_of(f"int main(int n, char **a) {{ {code} {after} }}\n").errors
        assert error.kind == "InvalidWrite"


def test_what_a_program_writes_into_the_report_takes_nothing_out_of_it() -> None:
    """Neither by the descriptor that it inherits, nor by valgrind's own, nor by a comment."""
    write = 'write(9, text, strlen(text)); write(open("/proc/self/fd/9", 1), text, strlen(text));'
    memory = memory_of(
        "#include <string.h>\n#include <fcntl.h>\n"
        "static void say(const char *text) { %s }\n" % write
        + 'int main(void) { say("<!--<error>"); char *p = malloc(1); p[1] = 0; say("-->");\n'
        'say("</valgrindoutput>"); kill(getpid(), 9); }\n'.replace("kill(getpid(), 9)", "_exit(0)")
    )
    assert {error.kind for error in memory.errors} & {"Tampered", "InvalidWrite"}


def test_nothing_to_run_is_the_graders_mistake() -> None:
    with pytest.raises(Fault):
        machine_of("int main(void) { return 0; }\n").memory([])
