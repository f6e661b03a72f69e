"""From asking for a second run to its training, the whole way: service, store, trainer, worker."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.store import Store

RATES = (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007)


def seconds_to_training() -> float:
    """Median over seven runs (digits, MLP, another learning rate each) of the seconds from `service.start` to the end of the run's set-up
    on a warm worker, the moment before its first step. The first run, which compiles, does not count.
    """
    with laboratory() as store:
        experiment = Experiment().with_(dataset="digits", model="mlp", epochs=2)
        waited = [_seconds(experiment.with_(learning_rate=rate), store) for rate in (0.01, *RATES)]
    return statistics.median(waited[1:])


@contextmanager
def laboratory() -> Iterator[Store]:
    """A store of its own with a trainer of its own, both gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLCORE_HOME"] = home
        store = service.open_store(home)
        service.start_trainer(store=store)
        try:
            yield store
        finally:
            service.stop_trainer(store=store)


def _seconds(experiment: Experiment, store: Store) -> float:
    asked = time.time()
    run = service.start(experiment, store=store)
    events = [event for _, event in service.follow(run, store=store)]
    return next(event.time for event in events if event.kind == "program") - asked
