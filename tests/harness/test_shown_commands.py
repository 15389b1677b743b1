"""How the TA's view writes the commands of a run."""

from grader.facts.command import command
from grader.grading.catalogue import catalogue
from grader.grading.execute import LONGEST_SHOWN, shown

KEEPER = next(entry.exercise for entry in catalogue() if entry.exercise.id == "4-keeper")


def test_words_are_written_as_a_shell_reads_them() -> None:
    commands = [command("write", 7, "it's 5\\n"), command("read", 7, stdout="pipe")]
    assert shown(KEEPER, commands) == (
        "./keeper write 7 'it'\"'\"'s 5\\n' && ./keeper read 7   (through a pipe)"
    )


def test_a_long_text_does_not_fill_the_page() -> None:
    line = shown(KEEPER, [command("write", 7, "a" * 5000)])
    assert len(line) < LONGEST_SHOWN + 50 and line.endswith("…")
