"""What recurrent nets do, asked of a worker: gates, the gradient through time, writing, reading, forecasting. A sibling of `service`."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Damaged, Invalid, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.service import open_store, submit_job
from dlcore.store import Store

ROLES = ("final", "latest")


def start_gates(
    run: str, *, part: str = "test", row: int = 0, layer: int = 0, x: list[list[float]] | None = None, epoch: int | None = None,
    store: Store | None = None,
) -> str:  # fmt: skip
    """The job: its result and arrays are those of jobs/gates.py. x: a sequence of one's own in place of a row of the data."""
    which = {"x": x} if x is not None else {"part": part, "row": row}
    return _start("gates", run, {**which, "layer": layer}, epoch, store)


def start_gradient(run: str, *, rows: int = 64, layer: int = 0, epoch: int | None = None, store: Store | None = None) -> str:
    """The job: its result is that of jobs/gradient_through_time.py."""
    return _start("gradient_through_time", run, {"rows": rows, "layer": layer}, epoch, store)


def start_gradient_untrained(experiment: Experiment, *, rows: int = 64, layer: int = 0, store: Store | None = None) -> str:
    """The same for the net as the experiment would begin."""
    inputs = {"experiment": json.loads(experiment.to_json()), "rows": rows, "layer": layer}
    return submit_job("gradient_through_time", inputs, store=store)


def start_text(
    run: str, *, prompt: str = "", length: int = 200, temperature: float = 1.0, seed: int = 0, epoch: int | None = None,
    store: Store | None = None,
) -> str:  # fmt: skip
    """The job that writes text with the run's net; also while it trains, with its newest checkpoint."""
    return _start("generate", run, {"prompt": prompt, "length": length, "temperature": temperature, "seed": seed}, epoch, store)


def start_words(
    run: str, *, count: int = 500, temperature: float = 1.0, seed: int = 0, epoch: int | None = None, store: Store | None = None
) -> str:
    """The job that writes words, each to its own end."""
    return _start("generate", run, {"count": count, "temperature": temperature, "seed": seed}, epoch, store)


def start_review(run: str, *, text: str, epoch: int | None = None, store: Store | None = None) -> str:
    """The job `predict` for the first word of the text, the first two, … all of them: what the net says while it reads."""
    experiment = Experiment.from_json((store or open_store()).run(run).experiment)
    return _start("predict", run, {"x": read_so_far(experiment, text).tolist()}, epoch, store)


def read_so_far(experiment: Experiment, text: str) -> np.ndarray:
    """Raw rows (words, steps, 1): the text up to each of its words, zeros before it. `Invalid` for data that are no reviews, for no word,
    and for words that the data do not know, where they have no token for rare ones."""
    spec, shape = experiment.dataset_spec, experiment.shape
    if not spec.vocabulary or shape.task != "binary":
        raise Invalid(f"{spec.title} are no reviews.", "Train a net on reviews, or open one.")
    known = {word: token for token, word in enumerate(spec.vocabulary(experiment.dataset.settings))}
    words = split_words(text)
    if not words:
        raise Invalid("review is empty.", "Type a few words.")
    strange = next((word for word in words if word not in known), "")
    if strange and "(rare)" not in known:
        some = ", ".join(sorted(word for word in known if word))
        raise Invalid(f"“{strange}” is not among the words of {spec.title}.", f"They are: {some}.")
    begin = [known["(begin)"]] if "(begin)" in known else []
    tokens = begin + [known.get(word, known.get("(rare)", 0)) for word in words]
    rows = np.zeros((len(words), shape.input[0], 1), "float32")
    for row in range(len(words)):
        so_far = tokens[: len(begin) + row + 1][-shape.input[0] :]
        rows[row, shape.input[0] - len(so_far) :, 0] = so_far
    return rows


def split_words(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return re.findall(r"[a-z0-9']+", text.lower())


def start_forecast(run: str, *, season: int = 12, epoch: int | None = None, store: Store | None = None) -> str:
    """The job: its result and arrays are those of jobs/forecast_series.py."""
    return _start("forecast_series", run, {"season": season}, epoch, store)


def arrays(job: str, *, store: Store | None = None) -> dict[str, np.ndarray]:
    """The arrays that a finished job left; none where it left no file. Raises `Damaged` when the file is."""
    place = store or open_store()
    artefact = place.job(job).artefact
    return _arrays(place.path_of(artefact)) if artefact else {}


@lru_cache(maxsize=16)
def _arrays(path: Path) -> dict[str, np.ndarray]:
    """Each file has a path of its own, written once."""
    try:
        with np.load(path, allow_pickle=False) as found:
            return dict(found)
    except Exception as error:  # NumPy and zip raise many kinds
        raise Damaged(f"The file at {path} cannot be read: {error}.", "Ask for it again.") from error


def _start(name: str, run: str, own: dict[str, Any], epoch: int | None, store: Store | None) -> str:
    """The same question about the same weights is the same job. epoch: that of a kept checkpoint; None: the newest there is."""
    place = store or open_store()
    inputs = {"experiment": json.loads(place.run(run).experiment), **own}
    return submit_job(name, inputs, run=run, files={"checkpoint": _checkpoint(place, run, epoch)}, store=place)


def _checkpoint(place: Store, run: str, epoch: int | None) -> str:
    if epoch is not None:
        kept = [file for role in ("kept", *ROLES) for file in place.files(run, role) if file.epoch == epoch]
        if not kept:
            raise NotFound(f"Run {run} has no checkpoint of epoch {epoch}.", "Choose an epoch that was kept.")
        return kept[0].id
    for role in ROLES:
        if found := place.files(run, role):
            return found[-1].id
    raise Refused(f"Run {run} has no weights yet.", "Wait for its first checkpoint, about two seconds after it began.")
