"""A run that another tool trained: it comes in finished, with its history."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import log, rows
from dlcore.store.store import Store, mended

KIND = "imported"


@mended
def add(
    store: Store, experiment: Experiment, history: Sequence[Mapping[str, Any]], *, title: str, owner: str, tags: Sequence[str], note: str,
    environment: Mapping[str, Any], started: float, seconds: float, cause: str = "",
) -> str:  # fmt: skip
    """The new run's id. history: {"epoch": 1, "loss": …} in the order of the epochs, which may have gaps. started: seconds since 1970, 0
    where nobody knows. cause: why it failed, "" for a run that is done."""
    with store._database.write(full=True) as db:
        now = store._clock()
        begun = started or now - seconds
        body = log.submission(experiment, KIND) | {"owner": owner, "title": title, "colour": rows.next_colour(db)}
        body["epochs"] = max([1, *(row["epoch"] for row in history)])
        submitted = Event(rows.new_id(db, now), 0, 0, "submitted", now, body)
        log.submit(db, log.first_row(submitted), submitted)
        run = submitted.run
        start = {"worker": "", "worker_class": "narrow", "environment": dict(environment), "step": 0}
        end = {"cause": cause, "hint": ""} if cause else {"metrics": _last(history)}
        log.append(db, [
            Event(run, 0, 0, "named", now, {"tags": list(tags), "note": note}),
            Event(run, 1, 0, "started", begun, start),
            *_epochs(run, history, begun),
            Event(run, 1, 0, "failed" if cause else "done", begun + seconds, end),
        ])  # fmt: skip
    return run


def _epochs(run: str, history: Sequence[Mapping[str, Any]], time: float) -> Iterator[Event]:
    """One event for each stretch of epochs that follow each other and have the same metrics."""
    numbered = [(row["epoch"] - place, tuple(name for name in row if name != "epoch"), row) for place, row in enumerate(history)]
    for seq, ((_, names), own) in enumerate(groupby(numbered, key=lambda one: one[:2]), start=1):
        stretch = [row for _, _, row in own]
        table = np.array([[row[name] for name in names] for row in stretch], "<f4")
        yield Event(run, 1, seq, "epochs", time, {"names": list(names), "first": stretch[0]["epoch"]}, table.tobytes())


def _last(history: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in (history[-1] if history else {}).items() if name != "epoch" and math.isfinite(value)}
