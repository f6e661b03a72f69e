"""A search whose trials have ended, written into a store as the trainer would: for pages and browsers, which need no worker for that."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dlcore.run import Event, State
from dlcore.store import Store, searches
from dlcore.store.searches import Asked
from dlcore.studies.search import Search, Trial

CAUSE = "The loss became NaN at step 84."


def write_search(store: Store, search: Search, scores: Sequence[float | None], end: str = "", title: str = "Learning rates") -> str:
    """The id of a search with a trial for each score (None: it failed), at its settings' grid values. end: its last event, if any."""
    study = searches.submit(store, search, title=title)
    searches.record(store, study, state=State.RUNNING)
    for number, score in enumerate(scores, 1):
        add_trial(store, study, search, number, score)
    if end:
        searches.change(store, study, end, state=State(end))
    return study


def add_trial(store: Store, study: str, search: Search, number: int, score: float | None) -> None:
    """Trial `number` (from 1), which has ended with this score; None: it failed."""
    grid = {own.name: search.space.values(own, search.experiment) for own in search.space.dimensions}
    values = {name: choices[(number - 1) % len(choices)] for name, choices in grid.items()}
    planned = Trial(study, number, values, epochs=3)
    runs = [search.experiment_of(values, number, repeat) for repeat in range(search.seeds)]
    [trial] = searches.record(store, study, asked=[Asked(planned, runs)])
    for repeat, run in enumerate(trial.runs):
        _train(store, run, None if score is None else score + 0.01 * repeat)
    state, cause = (State.FAILED, CAUSE) if score is None else (State.DONE, "")
    ended = replace(trial, state=state, score=score, best_epoch=3, cause=cause, ended=time.time())
    searches.record(store, study, changed=[ended], seconds=1.5)


def _train(store: Store, run: str, score: float | None) -> None:
    """Three epochs, the last of them the best; or a failure before the first."""
    now, start = time.time(), {"worker": "w", "worker_class": "narrow", "environment": {}, "step": 0}
    store.append([Event(run, 1, 0, "started", now, start)])
    if score is None:
        store.append([Event(run, 1, 1, "failed", now, {"cause": CAUSE, "hint": ""})])
        return
    rows = np.array([[score + 2 / epoch, score + (3 - epoch)] for epoch in (1, 2, 3)], "<f4")
    store.append([
        Event(run, 1, 1, "epochs", now, {"names": ["loss", "val_loss"], "first": 1}, rows.tobytes()),
        Event(run, 1, 2, "done", now, {"metrics": {}}),
    ])  # fmt: skip
