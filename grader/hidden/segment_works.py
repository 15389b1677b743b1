"""3-segment: what is wrong with each function, if anything: alone, twice, and with a shmid of 0."""

from __future__ import annotations

from grader.facts.records import Run
from grader.hidden.driver_runs import MANY, Trial, arranged
from grader.judge.driver import answers, shown, story
from grader.judge.failures import has_id_zero, takes_zero_for_failure
from grader.judge.finding import Finding
from grader.judge.functions import (
    TAKES,
    accessed,
    all_zeros,
    attached,
    created,
    detached,
    fault_of,
    reaches_the_segment,
    removed,
    side_by_side,
)
from grader.judge.in_use import (
    attaches_its_own,
    attaches_often,
    detaches_often,
    left_by_failed_create,
    looks_again,
    only_once,
    removed_another,
    removes_attached,
)

FUNCTIONS = tuple(TAKES)


def wrong(trial: Trial, function: str) -> Finding | None:
    """What is wrong with this function by itself, if anything."""
    judge = {
        "create": _wrong_create,
        "access": _wrong_access,
        "attach": _wrong_attach,
        "detach": _wrong_detach,
        "remove": _wrong_remove,
    }
    return judge[function](trial)


def works(trial: Trial, *functions: str) -> bool:
    return all(wrong(trial, function) is None for function in functions)


def _wrong_create(trial: Trial) -> Finding | None:
    runs, (one, two) = trial.create, trial.keys[:2]
    first = created(runs["first"], trial.token, one, trial.size)
    return first or created(runs["second"], trial.token, two, trial.larger)


def _wrong_access(trial: Trial) -> Finding | None:
    return next((finding for finding in wrong_lookups(trial) if finding), None)


def wrong_lookups(trial: Trial) -> list[Finding | None]:
    """What is wrong with segment_access, for a segment of each size."""
    return [accessed(run, trial.token, segment) for run, segment in trial.lookups]


def _wrong_attach(trial: Trial) -> Finding | None:
    run, (old, new, _) = trial.others["attach"], trial.values
    return attached(run, trial.token, False, old) or reaches_the_segment(run, new)


def _wrong_detach(trial: Trial) -> Finding | None:
    return detached(trial.others["detach"], trial.token)


def _wrong_remove(trial: Trial) -> Finding | None:
    runs = trial.others
    alone = removed(runs["remove"], trial.token, arranged(runs["arrange"]))
    return alone or removes_attached(runs["remove_attached"], trial.token)


def failures(trial: Trial) -> list[tuple[str, Run]]:
    """The failing runs of functions that otherwise work, if the injected failure happened."""
    return [
        (name, run) for name, run in trial.failing if works(trial, name) and fault_of(run, name)
    ]


def create_cleans_up(trial: Trial) -> Finding | None:
    """If segment_create attaches too, a failing shmat must not leave the segment behind."""
    zeroed = not any(all_zeros(run) for run in trial.create.values())
    if not (works(trial, "create") and zeroed and trial.create["first"].calls("shmat")):
        return None
    return left_by_failed_create(trial.create_without_shmat(), trial.token)


def wrong_twice(trial: Trial) -> list[Finding | None]:
    """Two segments in one process: each function does for the second what it did for the first."""
    runs, token, (old, other, new) = trial.twice, trial.token, trial.values
    shmids = [arranged(runs[name]).id for name in ("arrange", "arrange_another")]
    again = {
        "access": trial.results(runs["access"]) == shmids,
        "attach": trial.values_seen(runs["attach"])[:2] == [old, other],
        "detach": len(runs["detach"].calls("shmdt", ok=True)) == 2,
        "create": [s.key for s in runs["create"].created_segments] == trial.keys[2:4],
    }
    once = {
        function: only_once(runs[function], function)
        for function, right in again.items()
        if not right and works(trial, function)
    }
    attaches = works(trial, "attach")
    return [
        once.get("access"),
        once.get("attach"),
        side_by_side(runs["attach"], token) if attaches else None,
        once.get("detach"),
        once.get("create"),
        removed_another(runs["remove"], *trial.keys[4:6]),
        attaches_often(runs["often"], token, MANY) if attaches else None,
        detaches_often(runs["often"], token, MANY) if works(trial, "attach", "detach") else None,
        looks_again(runs["again"], token) if works(trial, "create", "access", "remove") else None,
        *(
            attaches_its_own(runs[f"{function}_and_attach"], runs[look], token, function, new)
            for function, look in (("create", "look_at_created"), ("access", "look_at_found"))
            if works(trial, function, "attach")
        ),
    ]


def wrong_with_zero(trial: Trial, function: str) -> Finding | None:
    """What is wrong when the shmid is 0, if anything."""
    if function == "create":
        run = trial.create_zero()
        good = not has_id_zero(run) or not created(run, trial.token, trial.keys[0], trial.size)
        return None if good else _took_zero(trial, run)
    runs = trial.use_zero()
    segment = has_id_zero(runs["arrange"])
    if segment is None:
        return None
    found = {
        "access": accessed(runs["access"], trial.token, segment),
        "attach": attached(runs["attach"], trial.token, False, trial.values[0]),
        "detach": detached(runs["detach"], trial.token),
        "remove": removed(runs["remove"], trial.token, segment),
    }
    return _took_zero(trial, runs[function]) if found[function] else None


def _took_zero(trial: Trial, run: Run) -> Finding:
    given = answers(run, trial.token)
    result = f"it returned {shown(given[0].function, given[0].result)}" if given else ""
    return takes_zero_for_failure(run, result, story(run))
