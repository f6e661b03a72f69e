"""A run's states, the moves between them, and what events add up to."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from dlcore.errors import Refused
from dlcore.run import MOVES, NEXT, Event, Run, State, fold, is_stale, move

BODIES = {
    "started": {"worker": "w", "worker_class": "wide"}, "failed": {"cause": "It broke."}, "requeued": {"cause": "It went."},
    "done": {"metrics": {"loss": 0.5}},
}  # fmt: skip


def event(kind: str, *, seq: int = 0, attempt: int = 1, time: float = 10.0, **body: object) -> Event:
    return Event("r1", attempt, seq, kind, time, BODIES.get(kind, {}) | body)


def epochs(first: int, count: int = 1, seq: int = 1, attempt: int = 1) -> Event:
    body = {"names": ["loss"], "first": first}
    return Event("r1", attempt, seq, "epochs", 11.0, body, np.zeros((count, 1), "<f4").tobytes())


RUNNING = Run("r1", 1.0, state=State.RUNNING, attempt=1, since=5.0)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_move_is_made_exactly_when_the_table_has_it(before: State, after: State) -> None:
    run = Run("r1", 1.0, state=before)
    if after in NEXT[before]:
        assert move(run, after) is after
    else:
        with pytest.raises(Refused, match=f"is {before} and cannot become {after}"):
            move(run, after)


@pytest.mark.parametrize("kind", [kind for kind in MOVES if kind != "submitted"])
def test_finished_run_never_changes_again(kind: str) -> None:
    with pytest.raises(Refused):
        fold(replace(RUNNING, state=State.DONE), event(kind))


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_run_that_is_not_running_refuses_new_epochs(state: State) -> None:
    run = replace(RUNNING, state=state)
    assert is_stale(run, epochs(1))
    with pytest.raises(Refused, match="takes no new epochs"):
        fold(run, epochs(1, seq=0))


def test_an_older_attempt_and_a_repeated_number_are_stale() -> None:
    run = replace(RUNNING, attempt=2, seq=7)
    assert is_stale(run, epochs(1, seq=9, attempt=1))
    assert is_stale(run, epochs(1, seq=7, attempt=2))
    assert not is_stale(run, epochs(1, seq=8, attempt=2))


def test_epochs_and_steps_count_what_is_recorded() -> None:
    run = fold(RUNNING, epochs(first=3, count=2))
    assert run.epoch == 4
    assert fold(run, epochs(first=2, seq=2)).epoch == 4
    body = {"names": ["loss", "learning_rate"], "first": 100}
    assert fold(run, Event("r1", 1, 3, "steps", 12.0, body, np.zeros((5, 2), "<f4").tobytes())).step == 105


def test_time_spent_running_adds_up_over_attempts() -> None:
    run = fold(RUNNING, event("requeued", time=8.0))
    run = fold(run, event("started", attempt=2, time=20.0))
    run = fold(run, event("done", time=24.0))
    assert (run.seconds, run.since, run.ended, run.worker) == (7.0, 20.0, 24.0, "")


def test_retry_forgets_the_failure_and_the_end() -> None:
    failed = fold(RUNNING, event("failed", hint="Lower the learning rate."))
    assert (failed.cause, failed.hint, failed.ended) == ("It broke.", "Lower the learning rate.", 10.0)
    again = fold(failed, event("retried"))
    assert (again.state, again.cause, again.hint, again.ended) == (State.QUEUED, "", "", 0.0)


def test_what_a_person_wrote_is_kept_apart_from_what_they_did_not() -> None:
    run = fold(replace(RUNNING, title="old", note="kept"), event("named", title="new", tags=["a", "b"]))
    assert (run.title, run.note, run.tags) == ("new", "kept", ("a", "b"))
