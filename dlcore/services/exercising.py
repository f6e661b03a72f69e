"""Exercises: their data brought or made up, the baseline that is to be beaten, and how far the runs on these data have come."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore import registry, service
from dlcore.errors import Invalid, Refused
from dlcore.experiment import Experiment
from dlcore.owndata import shelf
from dlcore.run import Run, State
from dlcore.services import assessing, listing, own_data, repeating, taking_away
from dlcore.services.asked_jobs import asked
from dlcore.services.listing import Wanted
from dlcore.specs import Exercise
from dlcore.statistics import Estimate, mean_effect
from dlcore.statistics import share as share_of
from dlcore.store import Job, Store

SEED = 0


@dataclass(frozen=True)
class Score:
    """A number of the exercise's metric; None where it is not known yet. run: whose it is. job: the one that measures it. seeds: the
    numbers that are known of finished runs with the same settings, one for each seed, the run's own among them."""

    value: float | None
    run: Run | None = None
    job: Job | None = None
    seeds: tuple[float, ...] = ()

    def interval(self) -> Estimate | None:
        """Their mean with its 95 % interval (Student's t); None for fewer than two seeds."""
        return mean_effect(self.seeds, (-math.inf, math.inf)) if len(self.seeds) > 1 else None


def exercises() -> list[Exercise]:
    return list(registry.members("exercises").values())


def bring(exercise: Exercise, path: Path, name: str = "", choices: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Reads a file as the exercise wants it and keeps it; `choices` go before the exercise's own. The description. Raises `Invalid`."""
    chosen = {**exercise.reading, **(choices or {})}
    if not path.exists():
        raise Invalid(f"There is no file {path}.")
    if exercise.prepare is None:
        return own_data.add(path, name, chosen)
    with tempfile.TemporaryDirectory() as place:
        table = Path(place) / f"{path.stem}.csv"
        exercise.prepare(path, table)
        return own_data.add(table, name, chosen)


def synthetic_name(exercise: Exercise) -> str:
    return f"{exercise.name}_synthetic"


def make_synthetic(exercise: Exercise, seed: int = SEED) -> dict[str, Any]:
    """Makes the exercise's synthetic file up and keeps it like a brought one, under a name that says what it is."""
    filename, content = exercise.synthetic(seed)
    return bring(exercise, own_data.stage(f"synthetic_{filename}", io.BytesIO(content)), synthetic_name(exercise))


def data_sets(exercise: Exercise) -> list[str]:
    """Names that the exercise can be done with: its built-in set, and what is kept of the right kind, with its target where it has one,
    its own synthetic one among them; the latest first."""
    of_others = {synthetic_name(other) for other in exercises() if other.name != exercise.name}
    found = {name: shelf.description(name) for name in shelf.members() if name not in of_others}
    kept = [name for name, body in found.items() if name == synthetic_name(exercise) or _suits(exercise, body)]
    latest = sorted(kept, key=lambda name: -found[name]["created"])
    return [*([exercise.dataset] if exercise.dataset else []), *latest]


def last_trained(exercise: Exercise, names: Sequence[str], *, store: Store | None = None) -> str:
    """Which of these data sets one of the exercise's experiments was last trained on to its end; the first where there is none."""
    wanted = Wanted(datasets=tuple(names), states=(State.DONE.value,), without=listing.BACKGROUND)
    for run in listing.find(wanted, limit=50, store=store).runs:
        trained = Experiment.from_json(run.experiment)
        if any(experiment(exercise, title, trained.dataset.name).with_(seed=trained.seed) == trained for title in exercise.experiments):
            return trained.dataset.name
    return names[0]


def _suits(exercise: Exercise, body: Mapping[str, Any]) -> bool:
    regression = exercise.metric == "rmse"
    if body["kind"] != exercise.kind or (body["shape"]["task"] == "regression") != regression:
        return False
    logs = body["target_unit"] == f"log(1 + {exercise.reading.get('target')})"
    return logs or not regression


def experiment(exercise: Exercise, title: str, dataset: str) -> Experiment:
    """One of the exercise's experiments on that data set. Raises `Invalid` for one that is not there."""
    return Experiment().with_text({"dataset": dataset, **exercise.experiments[title]})


def baseline(exercise: Exercise, dataset: str) -> float:
    """What the baseline scores on all rows of the data set; for a built-in one, whose rows are not read here, on classes of equal size."""
    if dataset == exercise.dataset:
        outputs = registry.find("datasets", dataset).shape({}).outputs
        return 1 / outputs
    body = shelf.description(dataset)
    y = np.asarray(shelf.arrays(dataset, body["version"])["y"])
    return ignorant(y, exercise.ignorance, exercise.metric)


def ignorant(y: np.ndarray, ignorance: str, metric: str) -> float:
    """The score of always giving one answer to targets y (rows,): the "commonest" class, their "mean", or "zero"."""
    if ignorance != "commonest":
        wrong = y.astype("float64") - (y.mean(dtype="float64") if ignorance == "mean" else 0.0)
        return float(np.sqrt(np.mean(wrong**2)))
    counts = np.bincount(y.reshape(-1).astype("int64"))
    share = float(counts.max() / counts.sum())
    return share if metric == "accuracy" else 2 * share / (1 + share) / int(np.count_nonzero(counts))


def macro_f1(confusion: np.ndarray) -> float:
    """The classes' mean F1 = 2 · right / (true + said), from counts (true class, said class); a class that is neither does not count."""
    right, both = np.diag(confusion).astype("float64"), confusion.sum(axis=0) + confusion.sum(axis=1)
    return float(np.mean(2 * right[both > 0] / both[both > 0]))


def score(exercise: Exercise, title: str, dataset: str, *, store: Store | None = None) -> Score:
    """How the latest finished run of that model on these data did on its validation rows, after its last epoch."""
    model = exercise.experiments[title]["model"]
    wanted = Wanted(datasets=(dataset,), models=(model,), states=(State.DONE.value,), without=listing.BACKGROUND)
    found = listing.find(wanted, limit=1, store=store)
    if not found.runs:
        return Score(None)
    run = found.runs[0]
    own = _scored(exercise, run, store)
    by_seed = {} if own.value is None else {seed_of(run): own.value}
    for one in _siblings(run, store):
        value = None if seed_of(one) in by_seed else _scored(exercise, one, store).value
        if value is not None:
            by_seed[seed_of(one)] = value
    return dataclasses.replace(own, seeds=tuple(by_seed[seed] for seed in sorted(by_seed)))


def seed_of(run: Run) -> int:
    return int(json.loads(run.experiment).get("seed", 0))


def _siblings(run: Run, store: Store | None) -> list[Run]:
    """Other finished runs with the same settings apart from the seed, the latest first."""
    known = [one for one in reversed(repeating.siblings(run.id, store=store)) if one != run.id]
    found = sorted(listing.named(known, store=store), key=lambda one: known.index(one.id))
    return [one for one in found if one.state is State.DONE and not one.trashed]


def _scored(exercise: Exercise, run: Run, store: Store | None) -> Score:
    if exercise.metric == "macro_f1":
        return _measured(run, store)
    last = listing.metrics([run], store=store).get(run.id, {}).get(f"val_{exercise.metric}", {}).get("last")
    return Score(None if last is None else float(last), run)


def _measured(run: Run, store: Store | None) -> Score:
    """Macro-F1 from the confusion matrix of the job that looks at the validation rows; no value before somebody asked for it."""
    place = store or service.open_store()
    try:
        files = {"checkpoint": taking_away.weights(place, run.id)}
    except Refused:
        return Score(None, run)
    job = asked("evaluate", {"experiment": json.loads(place.run(run.id).experiment), "part": "val"}, files, store=place)
    if job is None or job.state != "done":
        return Score(None, run, job)
    return Score(macro_f1(np.array(job.result["confusion"])), run, job)


def measure(run: str, *, store: Store | None = None) -> str:
    """Asks for the job that measures a run on its validation rows, and for those of its siblings with other seeds."""
    for one in _siblings((store or service.open_store()).run(run), store):
        assessing.ask(one.id, "val", store=store)
    return assessing.ask(run, "val", store=store)


def is_beaten(exercise: Exercise, value: float, limit: float) -> bool:
    """Whether a score is better than the baseline's."""
    return value < limit if exercise.metric == "rmse" else value > limit


def may_be_chance(exercise: Exercise, found: Score, limit: float) -> bool:
    """Whether a run's accuracy, better than the baseline's, is no better than chance gives: the exact 95 % interval of the share of its
    validation rows that are classified rightly holds the baseline."""
    if exercise.metric != "accuracy" or found.value is None or found.run is None or found.value <= limit:
        return False
    trained = Experiment.from_json(found.run.experiment)
    rows = max(1, round((trained.examples or trained.shape.rows) * trained.validation))
    right = round(found.value * rows)
    return share_of([1.0] * right + [0.0] * (rows - right), (limit, math.inf)).low <= limit
