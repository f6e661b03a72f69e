"""A fair race of optimizers on a real net: each is trained at several learning rates, with several seeds, and judged at its best rate.

What is asked is trained as runs of kind "curve"; nothing is kept beside those: a race finds its own runs again by what they train.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.metrics import higher_is_better
from dlcore.service import open_store
from dlcore.services import evidence
from dlcore.statistics import half_width
from dlcore.store import Store, claims

KIND = "curve"
SPACING = math.sqrt(10.0)
MOST_SEEDS, MOST_RATES = 5, 7


@dataclass(frozen=True)
class Racer:
    """An optimizer. settings: what makes it, as a link says them. rate: one that suits it on most small nets, the middle of those tried;
    0 for one that looks for its own step."""

    title: str
    settings: Mapping[str, str]
    rate: float


RACERS = {
    "sgd": Racer("Gradient descent", {"optimizer": "sgd", "momentum": "0", "nesterov": "false"}, 0.3),
    "momentum": Racer("Momentum", {"optimizer": "sgd", "momentum": "0.9", "nesterov": "false"}, 0.1),
    "nesterov": Racer("Nesterov", {"optimizer": "sgd", "momentum": "0.9", "nesterov": "true"}, 0.1),
    "adagrad": Racer("Adagrad", {"optimizer": "adagrad"}, 0.03),
    "adadelta": Racer("Adadelta", {"optimizer": "adadelta"}, 1.0),
    "rmsprop": Racer("RMSprop", {"optimizer": "rmsprop"}, 0.003),
    "adam": Racer("Adam", {"optimizer": "adam"}, 0.003),
    "adamw": Racer("AdamW", {"optimizer": "adamw"}, 0.003),
    "nadam": Racer("Nadam", {"optimizer": "nadam"}, 0.003),
    "lbfgs": Racer("L-BFGS", {"optimizer": "lbfgs"}, 0.0),
}


@dataclass(frozen=True)
class Race:
    """racers: names of `RACERS`. rates: how many are tried for each, half a tenfold apart. The seeds are 0, 1, …"""

    experiment: Experiment
    racers: tuple[str, ...]
    rates: int
    seeds: int

    @property
    def metric(self) -> str:
        """What the best rate is chosen by, on validation rows, after the last epoch."""
        return "val_mae" if self.experiment.shape.task == "regression" else "val_accuracy"


@dataclass(frozen=True, eq=False)
class Result:
    """One optimizer so far. rates (n,): those for which every seed has ended, ascending, NaN alone for one without. scores (n, seeds)
    after the last epoch; NaN where the loss diverged. best: index into rates, None while none is complete or where all diverged.
    epochs (epochs,): mean validation loss over the seeds at the best rate."""

    racer: str
    rates: np.ndarray
    scores: np.ndarray
    best: int | None
    epochs: np.ndarray

    @property
    def score(self) -> tuple[float, float]:
        """At the best rate: the mean over the seeds, and half its 95 % interval (NaN from one seed)."""
        assert self.best is not None
        own = self.scores[self.best]
        return float(own.mean()), half_width(float(own.std(ddof=1)), len(own)) if len(own) > 1 else math.nan


@dataclass(frozen=True)
class Standing:
    """How far a race is: results of those who have any, trainings that have ended of all, and whether some are still to come."""

    results: tuple[Result, ...]
    done: int
    total: int
    active: bool


def rates(racer: str, count: int) -> tuple[float, ...]:
    """The learning rates that are tried, ascending: half a tenfold apart around the usual one; a single 0 for one that has none."""
    usual = RACERS[racer].rate
    if not usual:
        return (0.0,)
    return tuple(float(f"{usual * SPACING ** (place - (count - 1) / 2):.2g}") for place in range(count))


def start(race: Race, *, owner: str = "", store: Store | None = None) -> None:
    """Asks for all that is not there yet. Raises what `service.start` raises."""
    place = store or open_store()
    wanted = experiments(race)
    there = claims.trained(place, [made.to_json() for made in wanted.values()], False, failed=True)
    for (racer, rate, seed), made in wanted.items():
        if made.to_json() not in there:
            title = f"{RACERS[racer].title}, {f'rate {rate:g}, ' if rate else ''}seed {seed}"
            service.start(made, owner=owner, title=title, kind=KIND, store=place)


def stop(race: Race, *, store: Store | None = None) -> None:
    """Stops what has not ended; what has is kept."""
    evidence.stop(store or open_store(), _texts(race).values(), KIND)


def read(race: Race, *, store: Store | None = None) -> Standing:
    """How the race stands; trains nothing."""
    place = store or open_store()
    wanted = _texts(race)
    found = claims.trained(place, list(wanted.values()), False, failed=True)
    ends = claims.ends(place, list(found.values()))
    done = {key: run for key, text in wanted.items() if evidence.has_ended(ends.get(run := found.get(text, "")))}
    metrics = place.metrics_of([run for run in done.values() if ends[run][0] == "done"])
    scores = {key: _score(metrics.get(run, {}).get(race.metric, {}).get("last")) for key, run in done.items()}
    results = tuple(result for racer in race.racers if (result := _result(place, race, racer, scores, done)) is not None)
    return Standing(results, len(done), len(wanted), any(end[0] in ("queued", "running") for end in ends.values()))


def experiments(race: Race) -> dict[tuple[str, float, int], Experiment]:
    """(optimizer, rate, seed) → what is trained, rate by rate so that a whole rate is known early."""
    base = race.experiment.with_(monitors=(), metrics=())
    made = {}
    for racer in race.racers:
        for rate in rates(racer, race.rates):
            own = base.with_text(dict(RACERS[racer].settings) | ({"learning_rate": repr(rate)} if rate else {}))
            for seed in range(race.seeds):
                made[racer, rate, seed] = own.with_(seed=seed)
    return made


@lru_cache(maxsize=8)
def _texts(race: Race) -> dict[tuple[str, float, int], str]:
    """The experiments as JSON: a page asks for the same ones at each move of a slider."""
    return {key: made.to_json() for key, made in experiments(race).items()}


def _score(last: float | None) -> float:
    """NaN for a training that diverged before its first epoch was over."""
    return math.nan if last is None else float(last)


def _result(
    store: Store, race: Race, racer: str, scores: Mapping[tuple[str, float, int], float], done: Mapping[tuple[str, float, int], str]
) -> Result | None:
    """What is known of one optimizer; None while no rate has all of its seeds."""
    known = [rate for rate in rates(racer, race.rates) if all((racer, rate, seed) in done for seed in range(race.seeds))]
    if not known:
        return None
    table = np.array([[float(scores[racer, rate, seed]) for seed in range(race.seeds)] for rate in known])
    means = table.mean(axis=1)  # one that diverged with any seed is no choice
    usable = np.flatnonzero(np.isfinite(means))
    shown = np.array([rate or math.nan for rate in known])
    if not len(usable):
        return Result(racer, shown, table, None, np.empty(0))
    sign = 1 if higher_is_better(race.metric) else -1
    best = int(usable[np.argmax(sign * means[usable])])
    curves = [store.curve(done[racer, known[best], seed], "val_loss") for seed in range(race.seeds)]
    shortest = min(len(curve) for curve in curves)
    return Result(racer, shown, table, best, np.mean([curve[:shortest] for curve in curves], axis=0))
