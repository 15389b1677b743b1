"""The students' workflow, its shell steps run for real; a bare repository is in place of GitHub.

The private half is fetched by git itself: once over ssh, where a stand-in for ssh looks at the key
as a server would, and once over HTTP from git's own server program, which looks at the token.
"""

from __future__ import annotations

import base64
import http.server
import json
import os
import re
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.classroom.actions import Job, Runner
from tests.classroom.conftest import KIT, lay, plain_environment, spoil

WORKFLOW = KIT / "grader/classroom/student/.github/workflows/classroom.yml"
JOB = "run-autograding-tests"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{secrets.token_hex()}\n-----END-----"
TOKEN = f"github_pat_{secrets.token_hex()}"
SSH = """#!/bin/sh
# A server that knows one key, whose host key is looked up in one file, as ssh would.
while [ $# -gt 2 ]; do
    case $1 in
    -i) key=$2; shift 2 ;;
    -o) options="$options $2"; shift 2 ;;
    -p) shift 2 ;;
    *) shift ;;
    esac
done
hosts=$(printf '%s\\n' $options | sed -n 's/^UserKnownHostsFile=//p')
no() { echo "$1" >&2; exit 255; }
grep -q '^github.com ssh-ed25519 AAAA' "$hosts" || no 'Host key verification failed.'
[ "$(stat -c %a "$key")" = 600 ] || no 'Permissions are too open.'
cmp -s "$key" "$GRADER_TEST_KEY" || no 'Permission denied (publickey).'
[ "$1" = git@github.com ] || no "no route to $1"
asked=$(printf '%s' "$2" | sed "s/.*'\\(.*\\)'.*/\\1/")
exec git-upload-pack "$GRADER_TEST_REPOSITORIES/$asked"
"""
SUDO = '#!/bin/sh\necho "$@" >> "$SUDO_LOG"\n'


@pytest.fixture(scope="module", name="classroom")
def classroom_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("workflow") / "out"
    subprocess.run(
        ["make", "-s", "classroom", f"OUT={out}"],
        cwd=KIT,
        env=plain_environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    bare = out / "server" / "course" / "grader.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", out / "grader", bare], check=True)
    return out


@pytest.fixture(name="machine")
def machine_fixture(
    classroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A PATH on which ssh and sudo are stand-ins."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in (("ssh", SSH), ("sudo", SUDO)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "key").write_text(KEY + "\n")
    yield f"{programs}:{os.environ['PATH']}"


def runner(folder: Path, classroom: Path, path: str, student: Path, **more: object) -> Runner:
    made = Runner(folder / "runner", student, path=path, **more)  # type: ignore[arg-type]
    made._environment |= {
        "GRADER_TEST_KEY": str(folder / "key"),
        "GRADER_TEST_REPOSITORIES": str(classroom / "server"),
        "SUDO_LOG": str(folder / "sudo.log"),
    }
    return made


def students_repository(classroom: Path, folder: Path, solution: bool) -> Path:
    """A student's clone, with a commit of their own."""
    student = folder / "student"
    subprocess.run(["git", "clone", "--quiet", classroom / "student", student], check=True)
    if solution:
        lay(KIT / "solution", student)
    who = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
    commit = ["commit", "--quiet", "--all", "--allow-empty", "--message=Done"]
    subprocess.run(["git", *who, *commit], cwd=student, check=True)
    return student


def workflow_of(student: Path) -> Path:
    return student / ".github" / "workflows" / "classroom.yml"


def test_a_push_is_graded_with_the_private_half_fetched_by_key(
    classroom: Path, tmp_path: Path, machine: str
) -> None:
    student = students_repository(classroom, tmp_path, solution=True)
    run = runner(tmp_path, classroom, machine, student, secrets={"GRADER_KEY": KEY})
    job = run.run(workflow_of(student), JOB)
    assert job.succeeded, [step.log for step in job.steps]
    assert job.step("Public checks").skipped
    report = json.loads((run.artifacts / "reports" / "report.json").read_text())
    assert (report["score"], report["max_score"]) == (100, 100)
    version = subprocess.check_output(["git", "-C", classroom / "grader", "rev-parse", "HEAD"])
    assert report["kit"] and version.decode().startswith(report["kit"])
    assert "100" in run.summary.read_text()
    assert "apparmor_restrict_unprivileged_userns=0" in (tmp_path / "sudo.log").read_text()
    no_secret_is_left(run, job)


def no_secret_is_left(run: Runner, job: Job) -> None:
    """The key is in no file and in no log when the steps that run student's code begin."""
    for path in (run.workspace.parent).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert KEY.encode() not in data and TOKEN.encode() not in data, path
    assert all(KEY not in step.log and TOKEN not in step.log for step in job.steps)


def test_a_wrong_key_fails_and_scores_nothing(
    classroom: Path, tmp_path: Path, machine: str
) -> None:
    student = students_repository(classroom, tmp_path, solution=True)
    run = runner(tmp_path, classroom, machine, student, secrets={"GRADER_KEY": "another"})
    job = run.run(workflow_of(student), JOB)
    assert not job.succeeded and "Permission denied (publickey)" in job.steps[1].log
    assert [step.skipped for step in job.steps[2:]] == [True] * (len(job.steps) - 2)
    assert run.summary.read_text() == "" and not list(run.artifacts.iterdir())


class GitServer(http.server.BaseHTTPRequestHandler):
    """git http-backend(1) behind a password, as GitHub serves a private repository."""

    root = Path()
    seen: list[str] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        given = self.headers.get("Authorization", "")
        wanted = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        self.seen.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if given != f"Basic {wanted}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "CONTENT_LENGTH": str(len(body)),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=True
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        self.send_response(200)
        for line in head.decode().splitlines():
            name, _, text = line.partition(": ")
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(name="server")
def server_fixture(classroom: Path) -> Iterator[str]:
    GitServer.root = classroom / "server"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitServer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetch_alone(student: Path, folder: Path) -> Path:
    """The workflow with no step after the fetch."""
    said = yaml.safe_load(workflow_of(student).read_text(encoding="utf-8"))
    said["jobs"][JOB]["steps"] = said["jobs"][JOB]["steps"][:2]
    shortened = folder / "fetch.yml"
    shortened.write_text(yaml.safe_dump(said), encoding="utf-8")
    return shortened


@pytest.mark.parametrize("right", [True, False])
def test_the_private_half_is_fetched_with_a_token(
    right: bool, classroom: Path, tmp_path: Path, machine: str, server: str
) -> None:
    student = students_repository(classroom, tmp_path, solution=False)
    given = {"GRADER_TOKEN": TOKEN if right else "github_pat_of_somebody"}
    run = runner(tmp_path, classroom, machine, student, secrets=given, server=server)
    job = run.run(fetch_alone(student, tmp_path), JOB)
    fetched = (run.temp / "grader" / "grader" / "hidden").is_dir()
    assert job.succeeded == fetched == right
    no_secret_is_left(run, job)


def test_a_fork_without_a_secret_runs_the_public_checks_and_says_so(
    classroom: Path, tmp_path: Path, machine: str
) -> None:
    student = students_repository(classroom, tmp_path, solution=False)
    run = runner(tmp_path, classroom, machine, student)
    job = run.run(workflow_of(student), JOB)
    assert job.step("Grade").skipped and "::notice title=Not graded::" in job.steps[1].log
    assert not job.succeeded and job.step("Public checks").status == 1
    assert "no key to the grader" in run.summary.read_text()
    assert run.summary.read_text().count("not started") == 6
    assert not list(run.artifacts.iterdir())


def test_what_a_program_prints_is_no_command_to_the_runner(
    classroom: Path, tmp_path: Path, machine: str
) -> None:
    student = students_repository(classroom, tmp_path, solution=True)
    source = spoil(student, "1-no-fork") / "1-fork-wait" / "fork_wait.c"
    source.write_text(source.read_text().replace("parent: ", "::error::forged\\nparent: "))
    assert "::error::forged" in source.read_text()
    commit = ["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qam", "x"]
    subprocess.run(["git", *commit], cwd=student, check=True)
    run = runner(tmp_path, classroom, machine, student)
    job = run.run(workflow_of(student), JOB)
    log = job.step("Public checks").log
    stop = re.search(r"^::stop-commands::([0-9a-f-]{36})$", log, re.MULTILINE)
    assert stop
    before, inside = log.split(stop[0])
    inside, after = inside.split(f"::{stop[1]}::")
    assert "::error::forged" in inside and "::error::" not in before + after


# ---- the file itself


def test_the_workflow_has_the_names_that_classroom_looks_for() -> None:
    said = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert said["name"] == "Autograding Tests" and list(said["jobs"]) == [JOB]
    assert said["permissions"] == {"contents": "read"}


WORKFLOWS = [WORKFLOW, *(KIT / ".github" / "workflows").glob("*.yml")]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.relative_to(KIT)))
def test_every_action_is_pinned_by_commit_and_named(workflow: Path) -> None:
    uses = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert uses
    assert [use for use in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.relative_to(KIT)))
def test_no_script_is_put_together_from_expressions(workflow: Path) -> None:
    """What stands in ${{ }} is put into the script's text: a branch's name could be a command."""
    for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not installed")
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.relative_to(KIT)))
def test_actionlint_finds_nothing(workflow: Path) -> None:
    done = subprocess.run(["actionlint", workflow], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
