"""Every shape of download: who handed in what, and when."""

from __future__ import annotations

import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest

from grader.base.exercise import Exercise
from grader.batch import lms
from grader.batch.bundle import Bundle
from grader.batch.imports.arrived import Arrived
from grader.batch.imports.reading import read_submission
from grader.batch.imports.top import open_top
from grader.batch.lms import read_download, title_of
from grader.grading.catalogue import catalogue
from grader.grading.intake import BadInput
from tests.batch import downloads
from tests.batch.downloads import ADA, BOB, ZOE, lay, repository, saved, zipped

EXERCISES = [entry.exercise for entry in catalogue()]
FORK, SHARING = "1-fork-wait/fork_wait.c", "2-sharing/sharing.c"
ONE = {FORK: b"int one;\n"}
TWO = {FORK: b"int one;\n", SHARING: b"int two;\n"}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


def arrived(path: Path) -> dict[str, Arrived]:
    _, found = read_download(open_top(path))
    return {one.claim.label: one for one in found}


def bundle(one: Arrived, tmp_path: Path) -> Bundle:
    return read_submission(one, EXERCISES, tmp_path)


def sources(one: Arrived, tmp_path: Path) -> dict[str, bytes]:
    return {
        intake.exercise: intake.own.data
        for intake in bundle(one, tmp_path).intakes
        if intake.own is not None
    }


def title(path: Path) -> str:
    return title_of(read_download(open_top(path))[0])


# ---- Canvas


def test_canvas_gives_the_name_the_id_and_who_was_late(tmp_path: Path) -> None:
    archive = {"work.zip": zipped(TWO)}
    made = downloads.canvas({ADA: archive, BOB: archive}, late=frozenset({BOB}))
    found = arrived(saved(tmp_path / "submissions.zip", made))
    assert [*found] == ["lovelaceada", "oneillbob"]
    assert found["lovelaceada"].claim.lms_id == "101"
    assert [one.is_late for one in found.values()] == [False, True]
    assert sources(found["oneillbob"], tmp_path) == {
        "1-fork-wait": b"int one;\n",
        "2-sharing": b"int two;\n",
    }


def test_several_files_of_one_student_in_canvas_are_one_submission(tmp_path: Path) -> None:
    made = downloads.canvas({ADA: {"fork_wait-1.c": b"int one;\n", "sharing.c": b"int two;\n"}})
    (one,) = arrived(saved(tmp_path / "submissions.zip", made)).values()
    assert [*sources(one, tmp_path)] == ["1-fork-wait", "2-sharing"]
    assert any("fork_wait-1.c is taken as fork_wait.c" in n for n in bundle(one, tmp_path).notes)


def test_anonymous_canvas_is_known_by_its_number(tmp_path: Path) -> None:
    made = {"LATE_anon_77_9_fork_wait.c": b"int one;\n", "anon_78_8_fork_wait.c": b"int two;\n"}
    found = arrived(saved(tmp_path / "submissions.zip", made))
    assert {one.claim.lms_id: one.is_late for one in found.values()} == {"77": True, "78": False}


def test_a_text_in_canvas_in_place_of_files_is_told(tmp_path: Path) -> None:
    made = {"lovelaceada_101_text.html": b"<p>", "oneillbob_102_1_fork_wait.c": b"int one;\n"}
    found = arrived(saved(tmp_path / "submissions.zip", made))
    assert "no file" in found["lovelaceada"].notes[0]


# ---- Moodle


@pytest.mark.parametrize("old", [True, False])
def test_moodle_gives_full_name_and_number(tmp_path: Path, old: bool) -> None:
    made = downloads.moodle({ADA: TWO, ZOE: ONE}, old=old)
    found = arrived(saved(tmp_path / "class-Sharing-123.zip", made))
    assert {name: one.claim.lms_id for name, one in found.items()} == {
        "Ada Lovelace": "101",
        "Zoë Żółć": "103",
    }
    assert [*sources(found["Ada Lovelace"], tmp_path)] == ["1-fork-wait", "2-sharing"]


def test_flat_moodle_is_understood(tmp_path: Path) -> None:
    made = downloads.moodle({ADA: {"work.zip": zipped(TWO), "notes.txt": b"hello"}}, flat=True)
    (one,) = arrived(saved(tmp_path / "moodle.zip", made)).values()
    assert [*sources(one, tmp_path)] == ["1-fork-wait", "2-sharing"]


def test_blind_moodle_has_a_number_and_no_name(tmp_path: Path) -> None:
    made = {f"Participant_4711_assignsubmission_file/{FORK}": b"int one;\n"}
    (one,) = arrived(saved(tmp_path / "moodle.zip", made)).values()
    assert (one.claim.name, one.claim.lms_id) == ("", "4711")


def test_an_unpacked_download_is_the_same(tmp_path: Path) -> None:
    made = downloads.moodle({ADA: TWO, ZOE: ONE})
    from_zip = arrived(saved(tmp_path / "moodle.zip", made))
    from_folder = arrived(lay(tmp_path / "moodle", made))
    assert [one.claim for one in from_zip.values()] == [one.claim for one in from_folder.values()]


# ---- Blackboard


def test_blackboard_gives_user_name_and_time(tmp_path: Path) -> None:
    made = downloads.blackboard({ADA: {"work.zip": zipped(TWO)}, BOB: {"fork_wait.c": b"x"}})
    found = arrived(saved(tmp_path / "gradebook_1_2_3.zip", made))
    assert {name: one.claim.login for name, one in found.items()} == {
        "Ada Lovelace": "alovelace",
        "Bob O_Neill": "bo_neill",
    }
    assert found["Bob O_Neill"].submitted == datetime(2026, 11, 20, 12, 0)
    assert [*sources(found["Ada Lovelace"], tmp_path)] == ["1-fork-wait", "2-sharing"]


def test_two_attempts_in_blackboard_are_two_submissions(tmp_path: Path) -> None:
    made = {
        **downloads.blackboard({ADA: {"fork_wait.c": b"old"}}, "2026-11-19-12-00-00"),
        **downloads.blackboard({ADA: {"fork_wait.c": b"new"}}, "2026-11-20-12-00-00"),
    }
    _, found = read_download(open_top(saved(tmp_path / "gradebook_1.zip", made)))
    assert [one.claim.login for one in found] == ["alovelace", "alovelace"]
    assert found[0].submitted != found[1].submitted


# ---- Gradescope


def test_gradescope_gives_who_and_when_and_evaluates_nothing(tmp_path: Path) -> None:
    made = downloads.gradescope({ADA: TWO, ZOE: ONE})
    found = arrived(saved(tmp_path / "export.zip", made))
    ada = found["Ada Lovelace"]
    assert (ada.claim.email, ada.claim.lms_id) == ("alovelace@uni.example", "0101")
    assert ada.submitted is not None and ada.submitted.replace(microsecond=0) == NOON
    assert [*sources(ada, tmp_path)] == ["1-fork-wait", "2-sharing"]


def test_gradescope_in_a_folder_around_it_is_found(tmp_path: Path) -> None:
    made = {f"assignment_1_export/{n}": d for n, d in downloads.gradescope({ADA: ONE}).items()}
    assert [*arrived(saved(tmp_path / "export.zip", made))] == ["Ada Lovelace"]


def test_gradescope_groups_are_all_graded(tmp_path: Path) -> None:
    metadata = b"submission_1:\n  :submitters:\n  - :name: A B\n    :sid: 1\n  - :name: C D\n"
    made = {"submission_metadata.yml": metadata, f"submission_1/{FORK}": b"int one;\n"}
    found = arrived(saved(tmp_path / "export.zip", made))
    assert [*found] == ["A B", "C D"]
    assert any("handed in together" in note for note in found["A B"].notes)


def test_broken_gradescope_metadata_are_bad_input(tmp_path: Path) -> None:
    made = {"submission_metadata.yml": b"a: [1, 2", f"submission_1/{FORK}": b"x"}
    with pytest.raises(BadInput, match="submission_metadata.yml"):
        arrived(saved(tmp_path / "export.zip", made))


# ---- repositories


def test_repositories_give_user_commit_and_time(tmp_path: Path) -> None:
    folder = tmp_path / "sharing-submissions"
    commit = repository(folder / "sharing-ada-l", TWO)
    repository(folder / "sharing-bob", ONE)
    found = arrived(folder)
    assert [*found] == ["ada-l", "bob"]
    assert (found["ada-l"].commit, found["ada-l"].submitted) == (commit, NOON)
    assert [*sources(found["ada-l"], tmp_path)] == ["1-fork-wait", "2-sharing"]


def test_classroom_50_repositories_are_known_by_what_their_names_share(tmp_path: Path) -> None:
    for user in ("ada", "alan"):
        repository(tmp_path / "clones" / f"cs50-sharing-{user}", ONE)
    assert [*arrived(tmp_path / "clones")] == ["ada", "alan"]


def test_a_packed_commit_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "clones" / "ada"
    commit = repository(folder, ONE)
    subprocess.run(["git", "-C", folder, "gc", "-q", "--aggressive"], check=True)
    assert not (folder / ".git" / "objects" / commit[:2]).exists()
    (one,) = arrived(tmp_path / "clones").values()
    assert (one.commit, one.submitted) == (commit, NOON)


def test_nothing_that_a_repository_brings_is_run(tmp_path: Path) -> None:
    folder = tmp_path / "clones" / "ada"
    repository(folder, {**ONE, ".gitattributes": b"* filter=evil\n"})
    subprocess.run(["git", "-C", folder, "gc", "-q", "--aggressive"], check=True)
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n", encoding="utf-8")
    evil.chmod(0o755)
    with open(folder / ".git" / "config", "a", encoding="utf-8") as config:
        config.write(f"[core]\n\tfsmonitor = {evil}\n\thooksPath = {tmp_path}\n\tpager = {evil}\n")
        config.write(f'[filter "evil"]\n\tsmudge = {evil}\n\tclean = {evil}\n\trequired = true\n')
        config.write('[extensions]\n\tpartialClone = o\n[remote "o"]\n\tpromisor = true\n')
        config.write(f"\turl = ext::{evil}\n\tuploadpack = {evil}\n")
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (folder / ".git" / "hooks").mkdir(exist_ok=True)
        (folder / ".git" / "hooks" / hook).symlink_to(evil)
    (one,) = arrived(tmp_path / "clones").values()
    assert one.submitted == NOON
    # a commit that is not there makes a partial clone fetch: not here
    (folder / ".git" / "refs" / "heads" / "main").write_text("1" * 40, encoding="ascii")
    (one,) = arrived(tmp_path / "clones").values()
    assert "cannot be read" in one.notes[0]
    assert not (tmp_path / "ran").exists()


def test_a_head_that_leads_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "clones" / "ada"
    repository(folder, ONE)
    (folder / ".git" / "HEAD").write_text("ref: refs/../../../secret\n", encoding="ascii")
    (tmp_path / "clones" / "secret").write_text("1" * 40, encoding="ascii")
    (one,) = arrived(tmp_path / "clones").values()
    assert one.commit == ""


def test_a_repository_without_a_commit_is_still_read(tmp_path: Path) -> None:
    folder = lay(tmp_path / "clones" / "ada", ONE)
    subprocess.run(["git", "-C", folder, "init", "-q"], check=True)
    (one,) = arrived(tmp_path / "clones").values()
    assert "nothing was committed" in one.notes[0]
    assert [*sources(one, tmp_path)] == ["1-fork-wait"]


# ---- plain folders


def test_a_folder_of_folders_is_a_class(tmp_path: Path) -> None:
    lay(tmp_path / "class", {f"ada/{FORK}": b"x", f"bob/{FORK}": b"y", "README.txt": b"mine"})
    assert [*arrived(tmp_path / "class")] == ["ada", "bob"]


def test_a_folder_of_archives_is_a_class(tmp_path: Path) -> None:
    lay(tmp_path / "class", {"ada.zip": zipped(ONE), "bob.tar.gz": downloads.tarred(ONE)})
    found = arrived(tmp_path / "class")
    assert [*found] == ["ada", "bob"]
    assert all([*sources(one, tmp_path)] == ["1-fork-wait"] for one in found.values())


def test_a_zip_of_folders_is_a_class(tmp_path: Path) -> None:
    made = {f"class/{who}/{FORK}": b"x" for who in ("ada", "bob")}
    assert [*arrived(saved(tmp_path / "class.zip", made))] == ["ada", "bob"]


def test_one_submission_is_no_class(tmp_path: Path) -> None:
    assert arrived(lay(tmp_path / "one", TWO)) == {}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", b"plain text"])
def test_a_file_that_is_no_download_is_bad_input(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(BadInput):
        arrived(tmp_path / "x.zip")


def test_the_surest_sign_is_looked_for_first_and_a_folder_of_anything_last() -> None:
    assert lms.names() == (
        *("gradescope", "autolab", "blackboard", "brightspace", "moodle", "prairielearn"),
        *("canvas", "ilias", "repositories", "sakai", "folders"),
    )


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: str(exercise.id))
def test_the_folder_of_an_exercise_is_no_student(tmp_path: Path, exercise: Exercise) -> None:
    for name in (exercise.id, exercise.id.replace("-", "_").upper(), exercise.id.replace("-", "")):
        assert arrived(lay(tmp_path / name, {f"{name}/{exercise.source}": b"x"})) == {}
    assert [*arrived(lay(tmp_path / "class", {"7-up/x.c": b"x"}))] == ["7-up"]


def test_every_shape_is_recognised_as_itself(tmp_path: Path) -> None:
    handed = {ADA: {"fork_wait.c": b"x"}}
    titles = {
        name: title(saved(tmp_path / f"{name}.zip", make(handed)))
        for name, make in {
            "canvas": downloads.canvas,
            "moodle": downloads.moodle,
            "blackboard": downloads.blackboard,
            "gradescope": downloads.gradescope,
        }.items()
    }
    assert [word.split()[-1].lower() for word in titles.values()] == [*titles]
