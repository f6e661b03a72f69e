"""From what an oracle suggests to trials with what their runs train, and from trials to what an oracle is loaded with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dlcore import forecast
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from dlcore.store.searches import Asked
from dlcore.studies.search import Search, Study, Trial


def planned(
    store: Store, study: Study, trials: Mapping[int, Trial], add: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], now: float
) -> list[Asked]:
    """The trials that a person wants (add), then those that the oracle suggests, numbered after those there are.

    Values that cannot be trained, or would not fit into memory, make a trial that has failed already.
    """
    made: list[Asked] = []
    by_oracle = {trial.oracle_id: trial for trial in trials.values() if trial.oracle_id}
    for values, own_id in zip(add, answer["added"], strict=True):
        trial = Trial(study.id, len(trials) + len(made) + 1, _tupled(values), origin="person", oracle_id=own_id)
        made.append(_asked(store, study.search, trial, None, trials, now))
    for own in answer["asked"]:
        parent = by_oracle.get(own["parent"])
        trial = Trial(
            study.id, len(trials) + len(made) + 1, _tupled(own["values"]), epochs=own["epochs"], bracket=own["bracket"],
            rung=own["rung"], parent=parent.number if parent else 0, oracle_id=own["id"],
        )  # fmt: skip
        made.append(_asked(store, study.search, trial, parent, trials, now))
    return made


def row_of(trial: Trial, trials: Mapping[int, Trial]) -> dict[str, Any]:
    """A trial as an oracle is loaded with it, see dlcore/oracle/desk.py."""
    status = "RUNNING" if not trial.told else "FAILED" if trial.score is None else "COMPLETED"
    return {
        "id": trial.oracle_id, "values": dict(trial.values), "status": status, "score": trial.score if trial.told else None,
        "bracket": trial.bracket, "rung": trial.rung, "parent": trials[trial.parent].oracle_id if trial.parent in trials else "",
    }  # fmt: skip


def _asked(store: Store, search: Search, trial: Trial, parent: Trial | None, trials: Mapping[int, Trial], now: float) -> Asked:
    root = parent
    while root is not None and root.parent in trials:
        root = trials[root.parent]
    try:
        number = root.number if root else trial.number  # one that goes on keeps its seed, and with it the order of its rows
        experiments = [_experiment(search, trial, number, repeat) for repeat in range(search.seeds)]
    except LabError as error:
        return Asked(replace(trial, state=State.FAILED, cause=f"These values cannot be trained: {error}", ended=now))
    sources = [_final(store, run) for run in parent.runs] if parent else ()
    return Asked(replace(trial, epochs=experiments[0].epochs), experiments, sources)


def _experiment(search: Search, trial: Trial, number: int, repeat: int) -> Experiment:
    made = search.experiment_of(trial.values, number, repeat, trial.epochs)
    forecast.check(made)
    return made


def _final(store: Store, run: str) -> str:
    """The artefact that a trial of the next rung goes on from; "" where it is gone, so that the trial begins anew."""
    try:
        newest = store.files(run, "final")[-1].id
        store.get_file(newest)
    except (LabError, IndexError):
        return ""
    return newest


def _tupled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
