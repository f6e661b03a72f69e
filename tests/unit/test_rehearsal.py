"""An idle worker makes itself ready for the run that most people start first, and lets go of it when there is work."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment
from dlcore.store import Store
from tests.lab import Trainer, wait_for


@pytest.mark.keras
def test_the_first_run_after_a_rehearsal_compiles_nothing_and_has_the_same_bits() -> None:
    from dlcore.engine import worker

    experiment = Experiment(epochs=1)
    worker._programs.clear()
    losses: list[Any] = []
    for _ in range(2):
        events = trained(experiment)
        assert [event.body["reused"] for event in events if event.kind == "program"] == [bool(losses)]
        losses.append(np.concatenate([np.frombuffer(event.data, "<f4") for event in events if event.kind == "steps"]))
        worker._programs.clear()
        worker._wanted.clear()
        worker.rehearse()
        (program,) = worker._programs.values()
        assert {"steps", "tail", "evaluate"} <= program.compiled and program.probes
    assert np.array_equal(losses[0], losses[1])


@pytest.mark.keras
def test_a_rehearsal_ends_as_soon_as_the_worker_is_wanted() -> None:
    from dlcore.engine import worker
    from dlcore.engine.mailbox import Abandoned
    from dlcore.engine.rehearsal import Nobody

    worker._wanted.clear()
    worker.exchange({"key": "a run that is about to begin", "attempt": 1, "acknowledged": 0, "orders": []})
    assert worker._wanted.is_set()
    worker._programs.clear()
    worker.rehearse()
    assert not any(program.compiled for program in worker._programs.values())
    with pytest.raises(Abandoned):
        Nobody(worker._wanted).orders()


def trained(experiment: Experiment) -> list[Any]:
    from dlcore.engine import worker

    assignment = {"run": "r", "attempt": 1, "experiment": experiment.to_json(), "resume": None}
    task = threading.Thread(target=worker.perform_run, args=(assignment,))
    task.start()
    events: list[Any] = []
    ended = False
    while not ended:
        task.join(0.02)
        news = worker.exchange({"key": "r", "attempt": 1, "acknowledged": events[-1].seq if events else 0, "orders": []})
        events, ended = events + news["events"], news["ended"]
    task.join()
    return events


def test_the_wide_worker_rehearses_and_one_that_cannot_trains_all_the_same(trainer: Trainer, store: Store) -> None:
    trainer.start(FAKE_FAULT="rehearsal")
    wait_for(lambda: "could not rehearse" in trainer.log, "a rehearsal that fails")
    run = store.submit(Experiment(epochs=1))
    wait_for(lambda: store.run(run).state == "done", "the run to be done")
