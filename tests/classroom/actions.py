"""A small runner of workflows: it runs a job's shell steps for real, with GITHUB_* as GitHub sets
them. The actions that the kit uses have stand-ins here, which do what is asked of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.classroom.expressions import filled, holds

Json = dict[str, Any]


@dataclass
class Step:
    """What one step did."""

    name: str
    skipped: bool = False
    status: int = 0
    log: str = ""


@dataclass
class Job:
    """What a job did, step by step."""

    steps: list[Step] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return all(step.status == 0 for step in self.steps)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


class Runner:
    """One machine that runs one job of a workflow in a folder."""

    def __init__(
        self,
        folder: Path,
        repository: Path,
        *,
        server: str = "https://github.com",
        secrets: Json | None = None,
        variables: Json | None = None,
        path: str = "",
    ) -> None:
        self.workspace, self.temp = folder / "work", folder / "temp"
        self.artifacts, self.summary = folder / "artifacts", folder / "summary.md"
        self._output = folder / "output"
        for made in (self.workspace, self.temp, self.artifacts):
            made.mkdir(parents=True)
        self.summary.touch()
        self._repository = repository
        self._steps: Json = {}
        self._context: Json = {
            "github": {
                "actor": "a-student",
                "ref": "refs/heads/main",
                "workflow": "Autograding Tests",
                "repository": "course/lab-a-student",
                "repository_owner": "course",
                "server_url": server,
            },
            "secrets": secrets or {},
            "vars": variables or {},
            "steps": self._steps,
            "runner": {"temp": str(self.temp)},
        }
        self._failed = False
        self._functions = {
            "cancelled": lambda: False,
            "always": lambda: True,
            "success": lambda: not self._failed,
            "failure": lambda: self._failed,
            "format": lambda text, *words: text.format(*words),
            "hashFiles": lambda glob: "x" if list(self.workspace.glob(glob)) else "",
        }
        self._environment = {
            "PATH": path or os.environ["PATH"],
            "HOME": str(self.temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "course/lab-a-student",
            "GITHUB_SERVER_URL": server,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self._output),
            "RUNNER_TEMP": str(self.temp),
        }

    def run(self, workflow: Path, job: str) -> Job:
        """All steps of a job, in order."""
        said = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"][job]
        assert holds(said.get("if", "success()"), self._context, self._functions)
        done = Job()
        for step in said["steps"]:
            done.steps.append(self._step(step))
            self._failed = self._failed or done.steps[-1].status != 0
        return done

    def _step(self, step: Json) -> Step:
        name = step.get("name") or step["uses"].partition("@")[0]
        condition = str(step.get("if", "success()"))
        status_asked = any(word in condition for word in ("cancelled()", "always()", "failure()"))
        if (self._failed and not status_asked) or not self._holds(condition):
            return Step(name, skipped=True)
        if "uses" in step:
            with_ = {key: self._filled(str(text)) for key, text in step.get("with", {}).items()}
            getattr(self, "_" + name_of_action(step["uses"]))(**with_)
            return Step(name)
        return self._shell(name, step)

    def _shell(self, name: str, step: Json) -> Step:
        self._output.write_text("")
        script = self.temp / "step.sh"
        script.write_text(self._filled(step["run"]), encoding="utf-8")
        given = {key: self._filled(str(text)) for key, text in step.get("env", {}).items()}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / step.get("working-directory", "."),
            env=self._environment | given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if "id" in step:
            lines = self._output.read_text(encoding="utf-8").splitlines()
            outputs = dict(line.split("=", 1) for line in lines)
            self._steps[step["id"]] = {"outputs": outputs}
        return Step(name, status=ended.returncode, log=ended.stdout)

    def _filled(self, text: str) -> str:
        return filled(text, self._context, self._functions)

    def _holds(self, condition: str) -> bool:
        return holds(condition, self._context, self._functions)

    # ---- the actions

    def _actions_checkout(self, **asked: str) -> None:
        target = self.workspace / asked.get("path", ".")
        subprocess.run(["git", "clone", "--quiet", self._repository, target], check=True)

    def _actions_upload_artifact(self, **asked: str) -> None:
        shutil.copytree(self.workspace / asked["path"], self.artifacts / asked["name"])


def name_of_action(uses: str) -> str:
    return uses.partition("@")[0].replace("/", "_").replace("-", "_")
