"""Events as workers and the trainer report them, for tests of the store and the service."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store

Rows = Sequence[Sequence[float]]


def running(store: Store, time: float = 1.0, **settings: object) -> str:
    """A new run in its first attempt."""
    run = store.submit(Experiment(), **settings)  # type: ignore[arg-type]
    store.append([started(run, 1, time)])
    return run


def started(run: str, attempt: int, time: float = 1.0) -> Event:
    return Event(run, attempt, 0, "started", time, {"worker": "w", "worker_class": "wide", "step": 0})


def requeued(run: str, attempt: int = 1, time: float = 2.0) -> Event:
    return Event(run, attempt, 0, "requeued", time, {"cause": "The worker is gone."})


def done(run: str, seq: int, attempt: int = 1) -> Event:
    return Event(run, attempt, seq, "done", 9.0, {"metrics": {"loss": 0.5}})


def steps(run: str, seq: int, rows: Rows, first: int = 0, attempt: int = 1, names: Sequence[str] = ("loss", "learning_rate")) -> Event:
    return Event(run, attempt, seq, "steps", 3.0, {"names": list(names), "first": first}, _packed(rows))


def epochs(run: str, seq: int, rows: Rows, first: int = 1, attempt: int = 1, names: Sequence[str] = ("loss",)) -> Event:
    return Event(run, attempt, seq, "epochs", 3.0, {"names": list(names), "first": first}, _packed(rows))


def probe(run: str, seq: int, step: int, **measured: float) -> Event:
    return Event(run, 1, seq, "probe", 3.0, {"names": list(measured), "step": step}, _packed([list(measured.values())]))


def checkpoint(
    store: Store, run: str, seq: int, data: bytes, *, role: str = "latest", epoch: int = 0, step: int = 0, attempt: int = 1
) -> Event:
    """The event of a checkpoint whose file is written, and which counts once the event is appended."""
    artefact = store.put_file(run, f"{role}-{step}.npz", data, role=role, epoch=epoch, step=step)
    body = {"artefact": artefact, "role": role, "epoch": epoch, "step": step, "bytes": len(data)}
    return Event(run, attempt, seq, "checkpoint", 4.0, body)


def _packed(rows: Rows) -> bytes:
    return np.asarray(rows, dtype="<f4").tobytes()
