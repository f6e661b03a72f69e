"""Which narrow worker is given which trial: one that has compiled its net, where there is one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.structure import program_of
from dlcore.trainer import narrow
from dlcore.trainer.narrow import Narrow


class FakeSeries:
    def __init__(self, daemon: Any, worker: Any) -> None:
        self.worker, self.attempts, self.is_closing, self.room = worker, {}, False, 0


def trial(name: str, activation: str, search: str = "s1") -> Run:
    experiment = Experiment().with_(layers=(8,), activation=activation)
    return Run(name, 0.0, kind="trial", experiment=experiment.to_json(), search=search)


def handed(monkeypatch: Any, batches: list[list[Run]], between: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(worker, run) in the order of handing over; each batch meets two workers that are free again. between: see `Searches.switched`."""
    monkeypatch.setattr(narrow, "Series", FakeSeries)
    workers = {name: SimpleNamespace(name=name, programs=set()) for name in ("one", "two")}
    told: list[tuple[str, str]] = []
    free: list[Any] = []
    crew = SimpleNamespace(workers=workers, free=lambda worker_class: free[0] if free else None, want_narrow=lambda count: None)

    def hand_over(series: Any, run: Run) -> None:
        series.attempts[run.id] = SimpleNamespace(run=run)
        told.append((series.worker.name, run.id))

    searches = SimpleNamespace(parallel=lambda search: 0, switched=lambda search: between)
    daemon: Any = SimpleNamespace(
        crew=crew, searches=searches, start_series=lambda series, run: free.remove(series.worker),
        hand_over=hand_over,
    )  # fmt: skip
    own = Narrow(daemon)
    for batch in batches:
        own.series, free[:] = [], list(workers.values())
        own.hand_out(batch)
    return told


def test_workers_begin_with_different_nets_and_stay_with_what_they_have_compiled(monkeypatch: Any) -> None:
    first = [trial("a", "relu"), trial("b", "relu"), trial("c", "tanh")]
    later = [trial("d", "tanh"), trial("e", "relu")]
    assert handed(monkeypatch, [first, later]) == [("one", "a"), ("two", "c"), ("one", "e"), ("two", "d")]


def test_trials_of_switched_activations_are_given_out_in_order(monkeypatch: Any) -> None:
    first = [trial("a", "relu"), trial("b", "relu"), trial("c", "tanh")]
    assert handed(monkeypatch, [first], between=("relu", "tanh")) == [("one", "a"), ("two", "b")]


def test_a_trial_of_another_search_does_not_jump_the_queue(monkeypatch: Any) -> None:
    queue = [trial("a", "relu"), trial("b", "relu"), trial("c", "tanh", search="s2")]
    assert handed(monkeypatch, [queue]) == [("one", "a"), ("two", "b")]


def test_what_is_an_input_of_a_program_does_not_tell_programs_apart() -> None:
    base = Experiment().with_(layers=(8,), dropout=0.2)
    assert program_of(base) == program_of(base.with_(learning_rate=0.5, dropout=0.3, seed=9, initializer="he_normal", epochs=3))
    assert program_of(base) != program_of(base.with_(dropout=0.0))
    assert program_of(base) != program_of(base.with_(batch_size=7))
