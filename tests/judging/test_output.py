"""The lines: value, count, writer, order; everything else is the student's own."""

from grader.judge.output import Answer, comes_before, did_print, prints, result_lines, same_lines
from tests.judging.story import Story

CHILD = Answer("child", "child: 19")
PARENT = Answer("parent", "parent: 12", by_parent=True)


def test_right_lines_are_right() -> None:
    run = Story().fork(2).prints(2, "child: 19").prints(1, "parent: 12").run()
    assert prints(run, CHILD) is None
    assert prints(run, PARENT) is None
    assert comes_before(run, "child", "parent") is None


def test_other_lines_are_ignored() -> None:
    run = Story().fork(2).prints(1, "parent: waiting").prints(2, "child: 19").prints(1, "bye").run()
    assert prints(run, CHILD) is None
    assert result_lines(run, ["child", "parent"]) == ["child: 19"]


def test_one_write_may_carry_several_lines() -> None:
    run = Story().fork(2).prints(2, "hello\nchild: 19\nbye").run()
    assert prints(run, CHILD) is None


def test_a_line_in_several_writes_is_one_line() -> None:
    run = Story().fork(2).prints(2, "child: ", "").prints(2, "1", "").prints(2, "9").run()
    assert [line.text for line in run.lines] == ["child: 19"]
    assert prints(run, CHILD) is None


def test_a_last_line_without_newline_is_a_line() -> None:
    run = Story().fork(2).prints(2, "child: 19", "").run()
    assert prints(run, CHILD) is None
    assert not run.lines[0].ended


def test_a_wrong_value_is_named() -> None:
    finding = prints(Story().fork(2).prints(2, "child: 12").run(), CHILD)
    assert finding is not None
    assert finding.expected == "child: 19" and finding.seen == "child: 12"


def test_the_wrong_writer_is_named() -> None:
    finding = prints(Story().fork(2).prints(1, "child: 19").run(), CHILD)
    assert finding is not None and "process 1 (parent)" in finding.message


def test_a_line_printed_twice_is_counted() -> None:
    run = Story().fork(2).prints(2, "parent: 12").prints(1, "parent: 12").run()
    finding = prints(run, PARENT)
    assert finding is not None and "2 times" in finding.message


def test_a_wrong_order_is_found() -> None:
    run = Story().fork(2).prints(1, "parent: 12").prints(2, "child: 19").run()
    assert comes_before(run, "child", "parent") is not None


def test_a_line_lost_in_a_pipe_is_found() -> None:
    terminal = Story().fork(2).prints(2, "child: 19").prints(1, "parent: 12").run()
    pipe = Story(stdout="pipe").fork(2).prints(1, "parent: 12").run()
    finding = same_lines(terminal, pipe, [CHILD, PARENT])
    assert finding is not None and "missing in a pipe" in finding.message


def test_a_line_doubled_in_a_pipe_is_found() -> None:
    terminal = Story().fork(2).prints(2, "child: 19").prints(1, "parent: 12").run()
    pipe = (
        Story(stdout="pipe").fork(2).prints(2, "child: 19").prints(1, "child: 19\nparent: 12").run()
    )
    finding = same_lines(terminal, pipe, [CHILD, PARENT])
    assert finding is not None and "2 times" in finding.message


def test_an_untraced_run_has_lines_without_writers() -> None:
    run = Story().run()
    assert run.lines == ()


def test_two_labeled_lines_without_a_newline_between_them_are_two() -> None:
    run = Story().fork(2).prints(2, "child: 45", newline="").ends(2).waits(1, 2)
    facts = run.prints(1, "parent: 22", newline="").ends(1).run()
    assert [(line.text, line.process) for line in facts.lines] == [
        ("child: 45", 2),
        ("parent: 22", 1),
    ]
    finding = prints(facts, Answer("child", "child: 45"))
    assert finding is not None and "newline" in finding.message
    assert prints(facts, Answer("parent", "parent: 22", by_parent=True)) is None  # the very last
    assert did_print(facts, Answer("child", "child: 45"))


def test_lines_are_cut_inside_of_one_write_too() -> None:
    facts = Story().prints(1, "child killed by signal 11parent: -3child: 5").ends(1).run()
    texts = [line.text for line in facts.lines]
    assert texts == ["child killed by signal 11", "parent: -3", "child: 5"]


def test_a_text_and_a_label_before_the_fork_are_not_cut() -> None:
    for text in (
        "value: room 5parent: 3",
        "parent: child: 45",
        "child: 4 5",
        "process 7child: 5",
        "parent: 1 child: 2",
    ):
        assert [line.text for line in Story().prints(1, text).ends(1).run().lines] == [text]
