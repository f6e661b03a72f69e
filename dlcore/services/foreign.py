"""What other tools wrote about their runs, read as histories: Keras's `CSVLogger`, TensorBoard's event files, keras-tuner's projects."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from dlcore.errors import Invalid
from dlcore.exports import _tfevents

EVENTS = "tfevents"
PARTS = {"train": "", "validation": "val_", "val": "val_"}
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Found:
    """A run of another tool. history: {"epoch": 1, "loss": …}, in order. settings: by the names that the tool knew them by.

    started: seconds since 1970, 0 where it is not known; seconds: how long it took. cause: why it failed, where it did.
    """

    title: str
    tool: str
    history: list[dict[str, Any]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    started: float = 0.0
    seconds: float = 0.0
    cause: str = ""


def read(files: Mapping[str, bytes]) -> list[Found]:
    """The runs in these files, path → bytes. `Invalid` names a file that looks like one of these and cannot be read, or that none does."""
    tables = {path: data for path, data in files.items() if path.lower().endswith(".csv")}
    trials = {path: data for path, data in files.items() if PurePosixPath(path).name == "trial.json"}
    events = {path: data for path, data in files.items() if EVENTS in PurePosixPath(path).name}
    found = [_told(path, lambda path=path, data=data: _trial(path, data)) for path, data in sorted(trials.items())]  # type: ignore[misc]
    # A tuner keeps event files of its trials beside them: a trial is one run, not two.
    folders = {str(PurePosixPath(path).parent) for path in trials}
    found += _of_tensorboard({path: data for path, data in events.items() if not _below(path, folders)})
    found += [_told(path, lambda path=path, data=data: _csv(path, data)) for path, data in sorted(tables.items())]  # type: ignore[misc]
    if not found:
        raise Invalid(
            "There is no run in this that the lab can read.",
            "Give a CSV file of Keras's CSVLogger, a folder with TensorBoard event files, or a project folder of keras-tuner.",
        )
    return found


def _told(path: str, make: Any) -> Found:
    try:
        made: Found = make()
        return made
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Invalid(f"{path} cannot be read: {str(error)[:200].rstrip('.')}.", "Leave it out, or write it again.") from None


def _below(path: str, folders: set[str]) -> bool:
    return any(str(parent) in folders for parent in PurePosixPath(path).parents)


# Keras's CSVLogger.
def _csv(path: str, data: bytes) -> Found:
    """One row per epoch, from 0 as Keras counts, or from 1. An epoch that was written again, as after a restart, counts once: the last."""
    text = data.decode("utf-8-sig")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    table = csv.DictReader(io.StringIO(text), delimiter=separator)
    if "epoch" not in (table.fieldnames or ()):
        raise ValueError("its first line names no column 'epoch', as Keras's CSVLogger does")
    rows: dict[int, dict[str, Any]] = {}
    for row in table:
        epoch = int(float(row["epoch"]))
        if epoch < 0 or len(rows) > MOST_ROWS:
            raise ValueError(f"epoch {epoch} in it is none")
        rows[epoch] = {name: value for name, own in row.items() if name and name != "epoch" and (value := _number(own)) is not None}
    if not rows:
        raise ValueError("it holds no epoch")
    history = _history(rows, 1 if 0 in rows else 0)
    return Found(PurePosixPath(path).stem, "Keras CSVLogger", history, seconds=sum(float(row.get("seconds", 0.0)) for row in history))


def _number(text: Any) -> float | None:
    """What a cell says as a number; None for "NA" and whatever else is none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _history(rows: Mapping[int, Mapping[str, Any]], add: int) -> list[dict[str, Any]]:
    return [{"epoch": epoch + add, **rows[epoch]} for epoch in sorted(rows) if rows[epoch]]


# TensorBoard.
def _of_tensorboard(files: Mapping[str, bytes]) -> Iterator[Found]:
    """One run for each folder of event files; Keras's train and validation beneath a folder are one run's two curves."""
    runs: dict[str, dict[str, list[_tfevents.Scalar]]] = {}
    for path, data in sorted(files.items()):
        folder = PurePosixPath(path).parent
        part = folder.name if folder.name in PARTS else ""
        run = str(folder.parent if part else folder)
        try:
            for one in _tfevents.scalars(data):
                runs.setdefault(run, {}).setdefault(PARTS.get(part, "") + one.tag.removeprefix("epoch_"), []).append(one)
        except ValueError as error:
            raise Invalid(f"{path} cannot be read: {error}.", "Leave it out, or write it again.") from None
    for run, curves in runs.items():
        yield _scalars(run, curves)


def _scalars(run: str, curves: Mapping[str, list[_tfevents.Scalar]]) -> Found:
    """A tag that begins with "epoch_" counts epochs from 0, as Keras does; others take their places in the order of their steps."""
    rows: dict[int, dict[str, Any]] = {}
    for name, values in curves.items():
        newest = {one.step: one.value for one in values}  # a step that was written again counts once
        by_epoch = values[0].tag.startswith("epoch_")
        for place, step in enumerate(sorted(newest)):
            rows.setdefault(step if by_epoch else place, {})[name] = newest[step]
    times = [one.time for values in curves.values() for one in values if math.isfinite(one.time)]
    title = PurePosixPath(run).name or "TensorBoard"
    return Found(title, "TensorBoard", _history(rows, 1), started=min(times), seconds=max(times) - min(times))


# keras-tuner.
def _trial(path: str, data: bytes) -> Found:
    """A trial: its hyper-parameters, and its metrics at the epochs that the tuner wrote down, which is mostly the best one alone."""
    body = json.loads(data)
    settings = dict(body["hyperparameters"]["values"])
    rows: dict[int, dict[str, Any]] = {}
    for name, own in body.get("metrics", {}).get("metrics", {}).items():
        for seen in own["observations"]:
            values = [float(value) for value in seen["value"]]
            rows.setdefault(int(seen.get("step") or 0), {})[name] = sum(values) / len(values)
    place = PurePosixPath(path).parent
    said = ", ".join(f"{name} = {value}" for name, value in settings.items() if "/" not in name)
    cause = str(body.get("message") or "The tuner says that it failed.") if body.get("status") in ("FAILED", "INVALID") else ""
    title = f"{place.parent.name} trial {body['trial_id']}: {said}".strip()[:200]
    return Found(title, "keras-tuner", _history(rows, 1), settings, cause=cause)
