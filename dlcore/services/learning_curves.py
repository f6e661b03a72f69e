"""Nets against other models over growing numbers of rows: what is asked is trained as runs (nets) and jobs (scikit-learn's models).

Nothing is kept beside those: a question finds its own runs and jobs again by what they train, whoever asked for them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dlcore import registry, service
from dlcore.experiment import Experiment
from dlcore.jobs import baselines
from dlcore.metrics import higher_is_better
from dlcore.service import open_store
from dlcore.services import evidence
from dlcore.services.asked_jobs import asked
from dlcore.services.describing import only_data
from dlcore.statistics import Estimate, mean_effect
from dlcore.store import Store, claims
from dlcore.training_rows import most_rows, with_rows

KIND = "curve"
NETS = ("mlp", "cnn", "rnn")
OFFERED = ("mlp", "cnn")
OTHERS = ("linear", "svm_rbf", "random_forest", "boosting")
ROUND = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
MOST_SEEDS, MOST_EPOCHS = 5, 500
ANYWHERE = (float("-inf"), float("inf"))


@dataclass(frozen=True)
class Question:
    """models: names of `NETS` and `OTHERS`. sizes: numbers of training rows. The seeds are 0, 1, …"""

    experiment: Experiment
    models: tuple[str, ...]
    sizes: tuple[int, ...]
    seeds: int

    @property
    def metric(self) -> str:
        """What is compared, measured on rows that nothing was trained on."""
        return "mae" if self.experiment.shape.task == "regression" else "accuracy"


@dataclass(frozen=True)
class Point:
    """A model's scores with so many rows, by seed; their mean and its 95 % interval, the mean itself where there is one seed only."""

    model: str
    rows: int
    scores: Mapping[int, float]
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """What is known so far: points that have a score, how many of all trainings have ended, and why one came to nothing (or "").

    active: some are still to come; without it and with done < total they wait to be asked for.
    """

    points: tuple[Point, ...]
    done: int
    total: int
    active: bool
    cause: str = ""


def offered(experiment: Experiment) -> dict[str, str]:
    """Models that suit the data: name → title."""
    shape = experiment.shape
    nets = {name: spec.title for name in OFFERED if shape.kind in (spec := registry.find("models", name)).accepts}
    linear = "Linear regression (ridge)" if shape.task == "regression" else "Logistic regression"
    return nets | {name: linear if name == "linear" else baselines.MODELS[name] for name in OTHERS}


def sizes(experiment: Experiment) -> tuple[int, ...]:
    """Round numbers of training rows from 50 up, and the most there are; the most alone where there are fewer than 50."""
    most = most_rows(experiment)
    return (*(size for size in ROUND if size < 0.9 * most), most)


def start(question: Question, *, owner: str = "", store: Store | None = None) -> None:
    """Asks for all that is not there yet. Raises what `service.start` raises."""
    place = store or open_store()
    wanted = _runs(question)
    there = claims.trained(place, [made.to_json() for made in wanted.values()], False)
    for (model, size, seed), made in wanted.items():
        if made.to_json() not in there:
            title = f"{registry.find('models', model).title}, {size:,} rows, seed {seed}"
            service.start(made, owner=owner, title=title, kind=KIND, store=place)
    for inputs in _jobs(question):
        service.submit_job("baselines", inputs, store=place)


def stop(question: Question, *, store: Store | None = None) -> None:
    """Stops what has not ended; what has is kept."""
    place = store or open_store()
    evidence.stop(place, _texts(question).values(), KIND)
    for inputs in _jobs(question):
        if (job := asked("baselines", inputs, store=place)) and not job.is_finished:
            service.cancel_job(job.id, store=place)


def read(question: Question, *, store: Store | None = None) -> Answer:
    """What is known of the question's answer; trains nothing."""
    place = store or open_store()
    scores: dict[tuple[str, int, int], float] = {}
    active, cause = _read_runs(place, question, scores), ""
    for inputs in _jobs(question):
        job = asked("baselines", inputs, store=place)
        if job is None:
            continue
        active |= not job.is_finished
        cause = cause or (job.cause if job.state == "failed" else "")
        for one in job.result.get("scores", ()):
            scores[one["model"], one["size"], one["seed"]] = one["metrics"][question.metric]
    points = [_point(model, size, scores, question) for model in question.models for size in question.sizes]
    total = len(question.models) * len(question.sizes) * question.seeds
    return Answer(tuple(point for point in points if point), len(scores), total, active, cause)


def lead(question: Question, points: Sequence[Point]) -> tuple[Point, Point, Estimate] | None:
    """The best net and the best of the others with the most rows for which both kinds have scores, and by how much the net is ahead.

    The estimate is of the differences seed by seed (both were given the same rows); above 0 the net is better, also where less is better.
    None while there is nothing to compare.
    """
    sign = 1 if higher_is_better(question.metric) else -1
    for size in sorted(question.sizes, reverse=True):
        here = [point for point in points if point.rows == size]
        nets, others = ([point for point in here if (point.model in NETS) == kind] for kind in (True, False))
        if not nets or not others:
            continue
        net, other = (max(kind, key=lambda point: sign * point.mean) for kind in (nets, others))
        shared = sorted(set(net.scores) & set(other.scores))
        if shared:
            return net, other, mean_effect([sign * (net.scores[seed] - other.scores[seed]) for seed in shared], (0.0, float("inf")))
    return None


def _experiment(question: Question, model: str, size: int, seed: int) -> Experiment:
    """A net is given about as many steps with few rows as with many, up to 500 epochs: else it would lose for want of training alone."""
    own = question.experiment.with_(model=model, monitors=(), seed=seed, metrics=())
    epochs = round(own.epochs * most_rows(own) / size)
    return with_rows(own, size).with_(epochs=max(own.epochs, min(MOST_EPOCHS, epochs)))


@lru_cache(maxsize=8)
def _texts(question: Question) -> dict[tuple[str, int, int], str]:
    """The nets' experiments as JSON: a page asks for the same hundreds at each move of a slider."""
    return {key: made.to_json() for key, made in _runs(question).items()}


def _runs(question: Question) -> dict[tuple[str, int, int], Experiment]:
    """The nets' experiments, small ones first."""
    return {
        (model, size, seed): _experiment(question, model, size, seed)
        for size in question.sizes for seed in range(question.seeds) for model in question.models if model in NETS
    }  # fmt: skip


def _jobs(question: Question) -> list[dict[str, Any]]:
    """One job for each of the other models and each seed, so that scores come in one by one."""
    data = json.loads(only_data(question.experiment.with_(seed=0)).to_json())
    return [
        {"experiment": data, "models": [model], "sizes": list(question.sizes), "seeds": [seed]}
        for seed in range(question.seeds) for model in question.models if model not in NETS
    ]  # fmt: skip


def _read_runs(place: Store, question: Question, scores: dict[tuple[str, int, int], float]) -> bool:
    """Fills in the nets' scores after their last epoch; whether some are on their way."""
    wanted = _texts(question)
    found = claims.trained(place, list(wanted.values()), False)
    ends = claims.ends(place, list(found.values()))
    done = [run for run, end in ends.items() if end[0] == "done"]
    metrics = place.metrics_of(done)
    for key, text in wanted.items():
        run = found.get(text, "")
        value = metrics.get(run, {}).get(f"val_{question.metric}", {}).get("last")
        if value is not None:
            scores[key] = float(value)
    return any(end[0] in ("queued", "running") for end in ends.values())


def _point(model: str, size: int, scores: Mapping[tuple[str, int, int], float], question: Question) -> Point | None:
    own = {seed: scores[model, size, seed] for seed in range(question.seeds) if (model, size, seed) in scores}
    if not own:
        return None
    found = mean_effect(list(own.values()), ANYWHERE)
    sure = math.isfinite(found.low)  # there is none of a single seed, nor of a few that came out alike
    return Point(model, size, own, found.effect, found.low if sure else found.effect, found.high if sure else found.effect)
