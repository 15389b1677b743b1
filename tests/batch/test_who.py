"""Whose a submission is: no grade goes to the wrong person, and nobody who is named on anything is
told that nothing came.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.came import came_table, left_out, question
from grader.batch.imports.archives import zip_listing
from grader.batch.imports.top import ZipTop, open_top
from grader.batch.lms import Download, read_all
from grader.batch.platform_tables import finder
from grader.batch.roster import read_roster
from grader.batch.students import Assigned, Student, assigned
from grader.batch.tables import table_text
from grader.batch.who import Register
from tests.batch.conftest import lay
from tests.batch.downloads import zipped

FILE = "fork_wait.c"
TEXT = b"int main(void);\n"
ANN = Student("101", "Alpha, Ann", "101", id_kind="canvas", login="ann")
BOB = Student("102", "Beta, Bob", "102", id_kind="canvas", login="bob")


def top_of(*names: str) -> ZipTop:
    """A zip of these names, each with a line in it."""
    numbers = (re.search(r"\d{2,3}(?=_fork)", name) for name in names)
    data = zipped({n: TEXT + b" " * int(m[0] if m else 0) for n, m in zip(names, numbers)})
    return ZipTop("class.zip", zip_listing(io.BytesIO(data), whole_class=True))


def looked_up(names: Sequence[str], roster: Sequence[Student] | None) -> tuple[Download, Assigned]:
    download = read_all(top_of(*names))
    return download, assigned(download.arrived, roster)


def owners(names: Sequence[str], roster: Sequence[Student]) -> dict[str, list[str]]:
    """Who of the roster has each entry; what is unclear is not there."""
    download, who = looked_up(names, roster)
    return {
        entry: [s.key for s in who.owners.get(one.source, ()) if s.on_roster]
        for one in download.arrived
        if one.source not in who.unclear
        for entry in one.entries
    }


def unclear(names: Sequence[str], roster: Sequence[Student]) -> list[str]:
    return [*looked_up(names, roster)[1].unclear.values()]


def worksheet(tmp_path: Path, *rows: tuple[int, str, str]) -> list[Student]:
    """Moodle's: number, name, group."""
    titles = ["Identifier", "Full name", "Email address", "Group", "Grade"]
    lines = [[f"Participant {number}", name, "", group, ""] for number, name, group in rows]
    (tmp_path / "sheet.csv").write_text(table_text([titles, *lines]), encoding="utf-8")
    return read_roster(tmp_path / "sheet.csv")


# ---- Moodle


def test_a_number_of_a_group_in_moodle_is_nobody_s(tmp_path: Path) -> None:
    class_ = worksheet(tmp_path, (17, "Ann Alpha", "Red"), (18, "Bob Beta", "Blue"))
    names = [f"Blue_17_assignsubmission_file/{FILE}", f"Red_18_assignsubmission_file/{FILE}"]
    found = owners(names, class_)
    assert found == {
        "Blue_17_assignsubmission_file": ["18"],
        "Red_18_assignsubmission_file": ["17"],
    }


def test_a_group_that_the_worksheet_does_not_tell_of_is_asked_about(tmp_path: Path) -> None:
    class_ = worksheet(tmp_path, (17, "Ann Alpha", ""), (18, "Bob Beta", ""))
    (why,) = unclear([f"Blue_17_assignsubmission_file/{FILE}"], class_)
    assert why.startswith("17 is the number of Ann Alpha (17), but Blue is another name: a group's")


def test_who_is_in_no_group_in_moodle_hands_in_together(tmp_path: Path) -> None:
    folder = "Default group_assignsubmission_file"
    named = worksheet(tmp_path, (1, "Ann Alpha", "Default group"), (2, "Bob Beta", "Red"))
    assert owners([f"{folder}/{FILE}"], named) == {folder: ["1"]}
    empty = worksheet(tmp_path, (1, "Ann Alpha", ""), (2, "Bob Beta", "Red"))
    assert owners([f"{folder}/{FILE}"], empty) == {folder: ["1"]}
    (why,) = unclear([f"{folder}/{FILE}"], [Student("a", "Ann Alpha")])
    assert "add a column group" in why


def test_a_section_before_a_name_in_moodle_is_not_part_of_it(tmp_path: Path) -> None:
    class_ = worksheet(tmp_path, (17, "Ann Alpha", ""), (18, "Marie Beta", "Blue"))
    files = {
        "Section 3-Ann Alpha_17_assignsubmission_file": ["17"],
        "Blue-Marie Beta_18_assignsubmission_file": ["18"],
    }
    assert owners([f"{name}/{FILE}" for name in files], class_) == files


def test_half_of_a_first_name_is_no_section() -> None:
    marie = Student("m", "Marie Beta")
    (why,) = unclear([f"Anne-Marie Beta_7_assignsubmission_file/{FILE}"], [marie])
    assert "it could be Marie Beta (m) in Anne" in why
    anne = Student("a", "Anne-Marie Beta")
    name = "Anne-Marie Beta_7_assignsubmission_file"
    assert owners([f"{name}/{FILE}"], [marie, anne]) == {name: ["a"]}


def test_a_blind_worksheet_knows_its_participants(tmp_path: Path) -> None:
    class_ = worksheet(tmp_path, (17, "", ""), (18, "", ""))
    name = "Participant_18_assignsubmission_file"
    assert owners([f"{name}/{FILE}"], class_) == {name: ["18"]}
    other = [Student("18", "Bob Beta", "18")]
    (why,) = unclear([f"{name}/{FILE}"], other)
    assert "does not say that this number is this platform's" in why


def test_a_worksheet_of_another_assignment_is_noticed(tmp_path: Path) -> None:
    class_ = worksheet(tmp_path, (17, "Ann Alpha", ""))
    (why,) = unclear([f"Ann Alpha_99_assignsubmission_file/{FILE}"], class_)
    assert "a table of another assignment" in why


# ---- Canvas


def test_a_group_s_files_in_canvas_are_everybody_s() -> None:
    class_ = [Student(k, n, k, group="Team_1") for k, n in (("101", "Ann A"), ("102", "Bob B"))]
    name = "team_1_101_90001_fork_wait.c"
    assert owners([name], class_) == {name: ["101", "102"]}


def test_a_group_that_canvas_s_table_does_not_tell_of_is_asked_about() -> None:
    (why,) = unclear(["group1_101_90001_fork_wait.c"], [ANN, BOB])
    assert why.startswith("101 is the number of Alpha, Ann (101), but group1 is another name")


def test_names_with_underscores_and_numbers_in_canvas_are_read_as_a_whole() -> None:
    download = read_all(
        top_of(
            "team_1_101_90001_fork_wait.c",
            "alphaann_101_90002_1_2_x.c",
            "os_team2_103_90003_fork_wait.c",
            "team_1_LATE_101_90004_sharing.c",
        )
    )
    read = {one.claim.name: [f.path for f in one.listing().files] for one in download.arrived}
    assert read == {
        "team_1": ["fork_wait.c", "sharing.c"],
        "alphaann": ["1_2_x.c"],
        "os_team2": ["fork_wait.c"],
    }
    assert [one.claim.lms_id for one in download.arrived] == ["101", "103", "101"]


def test_anonymous_canvas_ids_have_letters_and_match_nobody() -> None:
    names = ["anon_Ab3xZ_90001_fork_wait.c", "LATE_anon_9kQrT_90002_fork_wait-1.c"]
    download, who = looked_up(names, [ANN])
    assert [one.is_late for one in download.arrived] == [True, False]
    assert [e.student.key for e in who.entries if e.arrived] == ["9kQrT", "Ab3xZ"]


def test_a_number_and_a_name_of_two_people_are_told_both() -> None:
    (why,) = unclear(["betabob_101_90001_fork_wait.c"], [ANN, BOB])
    assert why == "betabob is the name of Beta, Bob (102), and 101 the number of Alpha, Ann (101)"


# ---- Blackboard


def test_a_user_name_with_underscores_is_read_as_the_roster_has_it() -> None:
    class_ = [Student(login, login=login) for login in ("ann", "bob_smith", "smith")]
    one, two = (
        f"HW 1_{user}_attempt_2026-11-20-23-03-00_fork_wait.c" for user in ("ann", "bob_smith")
    )
    assert owners([one, two], class_) == {one: ["ann"], two: ["bob_smith"]}
    # alone, the item may be "HW 1_bob"
    (why,) = unclear([two], class_)
    assert why == "it could be bob_smith or smith"


# ---- Brightspace


def test_brightspace_has_names_and_times_and_each_attempt() -> None:
    ann = Student("901", "Ann Alpha", "901")
    early = "12345-678901 - Ann Alpha - Nov 20, 2026 1103 PM"
    late = "12345-678901 - Ann Alpha - Nov 21, 2026 103 AM"
    flat = "12346-678901 - Bob Beta - Dec 5, 2026 1149 AM - work.zip"
    download, who = looked_up([f"{early}/{FILE}", f"{late}/{FILE}", flat, "index.html"], [ann])
    (entry,) = (entry for entry in who.entries if entry.student is ann)
    assert entry.arrived and entry.arrived.place == late and len(entry.others) == 1
    assert str(entry.arrived.submitted) == "2026-11-21 01:03:00"
    assert download.left == {"index.html": "the platform's own, not a student's"}
    assert [str(one.submitted) for one in download.arrived][-1] == "2026-12-05 11:49:00"


def test_brightspace_s_table_is_a_roster(tmp_path: Path) -> None:
    titles = ["OrgDefinedId", "Username", "Last Name", "First Name", "End-of-Line Indicator"]
    (tmp_path / "d2l.csv").write_text(table_text([titles, ["#901", "#ann", "Alpha", "Ann", "#"]]))
    (ann,) = read_roster(tmp_path / "d2l.csv")
    assert (ann.key, ann.login, ann.name) == ("901", "ann", "Ann Alpha")


# ---- other platforms


@pytest.mark.parametrize(
    ("platform", "names"),
    [
        ("autolab", ["ann_a@x.example_2_handin.zip"]),
        ("prairielearn", ["ann_a@x.example_7_hw_1_4711_fork_wait.c"]),
        ("prairielearn", ["ann_a@x.example_7_1_sets/q_1_1_4711_fork_wait.c"]),
        ("sakai", ["Lab/Alpha, Ann(ann_a)/Submission attachment(s)/fork_wait.c", "Lab/grades.csv"]),
        ("ilias", ["Lab/Submissions/Alpha_Ann_ann_a_901/fork_wait.c"]),
    ],
)
def test_a_student_is_found_on_every_platform(platform: str, names: list[str]) -> None:
    class_ = [Student("x", "Ann Alpha", email="ann_a@x.example", login="ann_a"), BOB]
    download, who = looked_up(names, class_)
    assert download.platform == platform
    handed_in = [entry for entry in who.entries if entry.arrived]
    assert [entry.student.key for entry in handed_in] == ["x"]
    assert handed_in[0].arrived
    assert [f.name for f in handed_in[0].arrived.listing().files] in (
        ["fork_wait.c"],
        ["handin.zip"],
    )


def test_a_login_says_more_than_a_number_of_an_unknown_kind() -> None:
    class_ = [Student("1", "Ann Alpha", "1", login="ann"), Student("2", "Bob Beta", "2")]
    name = "Alpha_Ann_ann_2"
    assert owners([f"Lab/Submissions/{name}/{FILE}"], class_) == {name: ["1"]}


def test_a_number_with_another_s_e_mail_is_asked_about() -> None:
    ann = Student("901", "Ann Alpha", "901", email="ann@x.example", id_kind="sid")
    (why,) = unclear(["bob@x.example_901_lab_4711_fork_wait.c"], [ann])
    assert why == "901 is the number of Ann Alpha (901), but bob@x.example is somebody else"


def test_the_latest_version_in_autolab_counts() -> None:
    names = [f"ann@x.example_{version}_handin.c" for version in (2, 10, 9)]
    _, who = looked_up(names, None)
    assert who.entries[0].arrived and who.entries[0].arrived.place == names[1]


def test_the_latest_file_in_prairielearn_counts() -> None:
    names = [f"ann@x.example_7_hw_{number}_fork_wait.c" for number in (99, 100)]
    download, _ = looked_up(names, None)
    (one,) = download.arrived
    assert [(f.path, f.size) for f in one.listing().files] == [("fork_wait.c", len(TEXT) + 100)]
    assert {*one.entries} == {*names}


# ---- folders


def test_files_of_any_kind_are_somebody_s_if_the_roster_says_so() -> None:
    class_ = [Student(login, login=login) for login in ("ann", "bob_smith", "cem", "dee")]
    names = ["ann.docx", "bob_smith.tar.zst", "cem_fork_wait.c", "cem_sharing.c", "dee.c", "x.txt"]
    found = owners(names, class_)
    assert found == {
        "ann.docx": ["ann"],
        "bob_smith.tar.zst": ["bob_smith"],
        "cem_fork_wait.c": ["cem"],
        "cem_sharing.c": ["cem"],
        "dee.c": ["dee"],
        "x.txt": [],
    }


def test_whoever_is_named_in_a_name_is_not_said_to_have_handed_in_nothing() -> None:
    class_ = [Student("1", "Ann Alpha", login="ann"), Student("2", "Bob Beta", login="bob")]
    (why,) = unclear(["ann/f.c", "late work of Bob Beta/f.c"], class_)
    assert why == "Bob Beta is named in it, and it could be somebody else's"
    (why,) = unclear(["ann/f.c", "bob_smith.c"], class_)
    assert why.startswith("Bob Beta is named in it")


def test_a_small_number_or_a_letter_is_no_mention() -> None:
    class_ = [Student("1", "Ann Alpha", "1", login="a"), Student("4711", "Bob Beta", "4711")]
    assert unclear(["group 1 a/f.c"], class_) == []
    (why,) = unclear(["lab 4711 x/f.c"], class_)
    assert why.startswith("Bob Beta is named in it")


def test_every_name_that_came_is_in_the_table() -> None:
    names = [
        "alphaann_101_90001_fork_wait.c", "betabob.docx", "eve_999_90002_fork_wait.c",
        "notes.txt", "__MACOSX/x", "group1_102_9_x.c",
    ]  # fmt: skip
    download, who = looked_up(names, [ANN, BOB])
    table = csv.DictReader(io.StringIO(came_table(download, who, {})))
    lines = {line["came"]: (line["counts"], line["for"]) for line in table}
    assert lines == {
        "alphaann_101_90001_fork_wait.c": ("yes", "Alpha, Ann (101)"),
        "betabob.docx": ("yes", "Beta, Bob (102)"),
        "eve_999_90002_fork_wait.c": ("yes", "eve (eve 999)"),
        "group1_102_9_x.c": ("not yet", ""),
        "notes.txt": ("no", ""),
        "__MACOSX": ("no", ""),
    }
    assert left_out(download, who) == ["notes.txt"]
    assert question(who, "t.csv").startswith("whose is it? group1_102: 102 is the number of")


# ---- names that a teacher writes


def test_a_student_is_called_by_any_name_in_any_order_and_near_ones_are_suggested() -> None:
    register = Register([ANN, BOB, Student("103", "Zoë Müller"), Student("104", "Zoe Muller")])
    assert register.one("ann alpha") == (ANN, "")
    assert register.one("Beta, Bob") == (BOB, "")
    assert register.one("Ann Alfa")[1] == "nobody is called Ann Alfa: is it Alpha, Ann (101)?"
    assert register.one("alpha")[1] == "nobody is called alpha: is it Alpha, Ann (101)?"
    student, _ = register.one("Muller, Zoe")
    assert student and student.key == "104"
    assert register.one("zoe müller")[1].startswith("2 are called") or register.one("zoe müller")[0]


# ---- nobody gets another's grade, whatever collides


@dataclass(frozen=True)
class Truth:
    """A class, what it downloads as, and whose each entry really is."""

    class_: tuple[Student, ...]
    names: tuple[str, ...]
    owners: dict[str, frozenset[str]]
    numbers: tuple[int, ...] = ()  # on the platform, in the order of the class


ROW = {"of": 10, "exercises": {}, "first": {}, "notes": []}
FIRST = ("Ann", "Bob", "Anne-Marie", "Marie", "Zoë", "Zoe", "Group")
LAST = ("Alpha", "Beta", "A", "Smith")
GROUPS = ("Group A", "Ann Alpha", "Alpha", "team_1", "1", "Participant 1", "Ann Alpha 2")
LOGINS = ("ann", "bob", "bob_smith", "smith", "1", "ann_1", "a")
NUMBERS = st.lists(st.integers(1, 6), min_size=5, max_size=5, unique=True)


@st.composite
def moodle_class(draw: st.DrawFn) -> Truth:
    people = draw(
        st.lists(st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)), min_size=1, max_size=5)
    )
    numbers = draw(NUMBERS)
    ids = draw(NUMBERS)  # of an own roster, or the same as Moodle's
    in_groups = draw(st.booleans())
    tells_numbers = draw(st.booleans())
    tells_groups = draw(st.booleans())
    groups = draw(st.lists(st.sampled_from(GROUPS), min_size=5, max_size=5))
    class_ = []
    for at, (first, last) in enumerate(people):
        name = f"{first} {last}"
        kind = {"id_kind": "moodle", "id_text": f"Participant {numbers[at]}"}
        number = str(numbers[at] if tells_numbers else ids[at])
        class_.append(
            Student(
                f"s{at}",
                name,
                number,
                group=groups[at] if in_groups and tells_groups else "",
                **(kind if tells_numbers else {}),
            )
        )
    files: dict[str, set[str]] = {}
    full = {student.name for student in class_}
    for at, student in enumerate(class_):
        if in_groups:
            # a group that has a student's name cannot be told from that student without a column
            if not tells_groups and groups[at] in full:
                continue
            group_number = 1 + sorted(set(groups)).index(groups[at])
            entry = f"{groups[at].replace('_', ' ')}_{group_number}_assignsubmission_file"
        else:
            entry = f"{student.name}_{numbers[at]}_assignsubmission_file"
        files.setdefault(entry, set()).add(student.key)
    entries = {name: frozenset(keys) for name, keys in files.items()}
    return Truth(tuple(class_), tuple(entries), entries, tuple(numbers))


@st.composite
def canvas_class(draw: st.DrawFn) -> Truth:
    people = draw(
        st.lists(st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)), min_size=1, max_size=5)
    )
    numbers = draw(NUMBERS)
    ids = draw(NUMBERS)
    in_groups = draw(st.booleans())
    tells_numbers = draw(st.booleans())
    tells_groups = draw(st.booleans())
    groups = draw(st.lists(st.sampled_from(GROUPS), min_size=5, max_size=5))
    class_ = [
        Student(
            f"s{at}",
            f"{last}, {first}",
            str(numbers[at] if tells_numbers else ids[at]),
            id_kind="canvas" if tells_numbers else "",
            group=groups[at] if in_groups and tells_groups else "",
        )
        for at, (first, last) in enumerate(people)
    ]
    files: dict[str, set[str]] = {}
    sortable = [glued(f"{last}{first}") for first, last in people]
    for at, student in enumerate(class_):
        if in_groups:
            first_of = groups.index(groups[at])
            name = glued(groups[at])
            turned = {glued(f"{first}{last}") for first, last in people} | {*sortable}
            if not tells_groups and name in turned:
                continue
            entry = f"{name}_{numbers[first_of]}_90{first_of}_{FILE}"
        else:
            entry = f"{sortable[at]}_{numbers[at]}_90{at}_{FILE}"
        files.setdefault(entry, set()).add(student.key)
    entries = {name: frozenset(keys) for name, keys in files.items()}
    return Truth(tuple(class_), tuple(entries), entries)


def glued(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum() or c == "_")


@st.composite
def blackboard_class(draw: st.DrawFn) -> Truth:
    logins = draw(st.lists(st.sampled_from(LOGINS), min_size=1, max_size=5, unique=True))
    item = draw(st.sampled_from(("HW 1", "HW_1", "bob", "HW 1_ann")))
    on_roster = draw(st.lists(st.booleans(), min_size=5, max_size=5))
    class_ = [Student(f"s{at}", login=login) for at, login in enumerate(logins)]
    entries = {
        f"{item}_{student.login}_attempt_2026-11-20-12-00-00_{FILE}": frozenset({student.key})
        for student in class_
    }
    kept = [s for s, is_there in zip(class_, on_roster) if is_there] or class_[:1]
    return Truth(tuple(kept), tuple(entries), entries)


@pytest.mark.parametrize("make", [moodle_class, canvas_class, blackboard_class])
def test_no_name_and_number_gives_a_grade_to_the_wrong_person(make: object) -> None:
    seen = {"clear": 0}

    @given(make())  # type: ignore[operator]
    def check(truth: Truth) -> None:
        found = owners(truth.names, truth.class_)
        for entry, keys in found.items():
            assert {*keys} <= truth.owners[entry], (entry, truth)
            if keys and truth.owners[entry] <= {s.key for s in truth.class_}:
                assert {*keys} == truth.owners[entry], (entry, truth)
            seen["clear"] += bool(keys)

    check()
    assert seen["clear"] > 20  # it is not that everything is asked about


@given(moodle_class())
def test_a_row_of_a_worksheet_gets_the_grade_of_its_own_student_alone(truth: Truth) -> None:
    """The worksheet has Moodle's true numbers; the roster may tell none, or others."""
    download = read_all(top_of(*(f"{name}/{FILE}" for name in truth.names)))
    who = assigned(download.arrived, truth.class_)
    if who.unclear:
        return
    rows = {student.key: {**ROW, "final": student.key} for student in truth.class_}
    grade_of = finder(who.entries, rows)
    for student, number in zip(truth.class_, truth.numbers):
        line = Student(
            str(number),
            student.name,
            str(number),
            id_kind="moodle",
            id_text=f"Participant {number}",
        )
        grade = grade_of(line)
        assert grade is None or isinstance(grade, str) or grade.points == student.key, truth


# ---- unpacked downloads


@pytest.mark.parametrize(
    ("names", "platform", "whose"),
    [
        (["Lab/Abgaben/Alpha_Ann_ann_9/fork_wait.c"], "ilias", ["Ann Alpha"]),
        (["Lab/Alpha, Ann(ann)/Submission attachment(s)/x.c"], "sakai", ["Alpha, Ann"]),
        (["m/Ann Alpha_7_assignsubmission_file/x.c"], "moodle", ["Ann Alpha"]),
        (["ann/1-fork-wait/fork_wait.c"], "folders", ["ann"]),
        (["ann/exercises/mine.c", "ann/exercises/x/y.c"], "folders", ["ann"]),
        (["ann.c", "bob.c"], "folders", ["ann", "bob"]),
    ],
)
def test_an_unpacked_download_is_found_in_the_folder_around_it(
    tmp_path: Path, names: list[str], platform: str, whose: list[str]
) -> None:
    lay(tmp_path / "class", {name: "int x;\n" for name in names})
    found = read_all(open_top(tmp_path / "class"))
    assert (found.platform, [one.claim.label for one in found.arrived]) == (platform, whose)
