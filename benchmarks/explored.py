"""A store with thousands of runs of many metrics and epochs, written as a trainer would have written them, only faster."""

from __future__ import annotations

import json
import time

import numpy as np

from dlcore.experiment import Experiment
from dlcore.run import Event, State, fold
from dlcore.store import Store, log, rows

OPTIMIZERS = ("adam", "sgd", "rmsprop", "adamw")
SEEDS = 5


def metric_names(count: int) -> tuple[str, ...]:
    """What each run has recorded: what every run has, then numbers of an own making."""
    own = ("loss", "val_loss", "accuracy", "val_accuracy", "learning_rate", "seconds", "examples_per_second")
    return (*own, *(f"measure_{number}" for number in range(count - len(own))))[:count]


def fill(store: Store, runs: int, metrics: int, epochs: int, seed: int = 0) -> None:
    """Finished runs of digits nets: five seeds of each setting. How good one is follows from its learning rate, dropout and optimizer, so
    that there is something to find."""
    draw, names, now = np.random.default_rng(seed), metric_names(metrics), time.time()
    bases = {name: json.loads(Experiment().with_(optimizer=name, epochs=epochs).to_json()) for name in OPTIMIZERS}
    with store._database.write() as db:
        # One after the other as a trainer would write them, but without looking each time for what may have been there before.
        settings: dict[str, object] = {}
        quality = 0.0
        first = rows.new_id(db, now)
        for number in range(runs):
            if number % SEEDS == 0:
                settings, quality = _drawn(bases, draw)
            body = {"experiment": json.dumps(settings | {"seed": number % SEEDS}), "epochs": epochs, "worker_class": "wide",
                    "kind": "interactive", "owner": f"browser-{number % 30:02d}", "title": "", "colour": number % 8}  # fmt: skip
            submitted = Event(first if not number else rows.new_id(db, now), 0, 0, "submitted", now, body)
            table = _curves(draw, names, epochs, quality + 0.01 * draw.standard_normal())
            _write(db, submitted, names, table, now)


def _drawn(bases: dict[str, dict[str, object]], draw: np.random.Generator) -> tuple[dict[str, object], float]:
    """An experiment, and how accurate its nets become."""
    base = bases[OPTIMIZERS[draw.integers(len(OPTIMIZERS))]]
    rate, dropout = float(f"{10 ** draw.uniform(-4, -1):.3g}"), round(float(draw.uniform(0, 0.6)), 2)
    model, optimizer = dict(base["model"]), dict(base["optimizer"])  # type: ignore[call-overload]
    model["dropout"], optimizer["learning_rate"] = dropout, rate
    return base | {"model": model, "optimizer": optimizer}, 0.9 - 0.1 * (np.log10(rate) + 2.5) ** 2 - 0.2 * dropout**2


def _curves(draw: np.random.Generator, names: tuple[str, ...], epochs: int, quality: float) -> np.ndarray:
    """float32 (epochs, names)."""
    climb = 1 - np.exp(-np.arange(1, epochs + 1) / max(2, epochs / 8))
    accuracy = np.clip(quality * climb + 0.01 * draw.standard_normal(epochs), 0.01, 0.99)
    known = {"accuracy": np.clip(accuracy + 0.02, 0, 1), "val_accuracy": accuracy, "loss": 1.02 - accuracy, "val_loss": 1.05 - accuracy,
             "seconds": np.full(epochs, 0.5)}  # fmt: skip
    return np.stack([known[name] if name in known else draw.random(epochs) for name in names], axis=1).astype("<f4")


def _write(db: object, submitted: Event, names: tuple[str, ...], table: np.ndarray, now: float) -> None:
    run = submitted.run
    events = [
        Event(run, 1, 0, "started", now, {"worker": "wide-1", "worker_class": "wide", "environment": {}, "step": 0}),
        Event(run, 1, 1, "epochs", now, {"names": list(names), "first": 1}, table.tobytes()),
        Event(run, 1, 2, "done", now, {"metrics": {}}),
    ]
    folded = log.first_row(submitted)
    for event in events:
        folded = fold(folded, event)
    assert folded.state is State.DONE
    numbers = [log._write(db, event) for event in (submitted, *events)]  # type: ignore[arg-type]
    rows.save(db, folded, numbers[0], len(numbers))  # type: ignore[arg-type]
    columns = np.ascontiguousarray(table.T)
    db.executemany(  # type: ignore[attr-defined]
        "INSERT INTO curve VALUES (?, 'epochs', ?, 0, ?)",
        [(run, name, column.tobytes()) for name, column in zip(names, columns, strict=True)],
    )
    better = [name.removeprefix("val_") == "accuracy" for name in names]
    places = np.where(better, table.argmax(axis=0), table.argmin(axis=0))
    best = [
        (run, name, float(table[-1, at]), float(table[place, at]), int(place) + 1)
        for at, (name, place) in enumerate(zip(names, places, strict=True))
    ]
    db.executemany("INSERT INTO metric VALUES (?, ?, ?, ?, ?)", best)  # type: ignore[attr-defined]
