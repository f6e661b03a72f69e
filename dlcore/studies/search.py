"""A search: which settings of an experiment to vary, who decides what to try, what counts as better, and how much of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from dlcore import metrics
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.studies.space import Space
from dlcore.studies.space_check import check_space

VERSION = 1
ORACLES = {
    "random": "Random: every trial is drawn by itself",
    "grid": "Grid: every combination in turn",
    "bayesian": "Bayesian: a Gaussian process predicts where to look next",
    "hyperband": "Hyperband: many short trials, the best of them go on for longer",
}
PRUNING = {"none": "Every trial trains to its end", "median": "A trial that is worse than half of the others was is stopped early"}
TRIALS = 20  # where neither a person nor a grid says how many
LIMITS = {
    "trials": (0, 100_000), "epochs": (0, 100_000), "seeds": (1, 100), "parallel": (0, 256), "seed": (0, 2**31 - 2),
    "keep": (0, 1000), "factor": (2, 10),
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """Making one checks it: `Invalid` with one sentence.

    oracle: one of `ORACLES`. objective: a recorded number ("val_loss"); a trial's score is its best epoch's, the mean over `seeds` runs.
    direction: "min" or "max"; "" as the metric says. trials: how many; 0: `TRIALS`, the whole grid, one sweep of Hyperband's brackets.
    epochs: of each trial (Hyperband: of the longest); 0: the experiment's. seconds: time budget, 0: none. parallel: trials at a
    time; 0: as many as there are narrow workers. seed: decides what is tried and every trial's own seed. in_order: answers are told to
    the oracle in the order of the trials, so that a search can be repeated exactly; None: when trials run one at a time.
    pruning: one of `PRUNING`. keep: how many of the best trials keep their weights. factor: Hyperband's.
    """

    experiment: Experiment
    space: Space
    oracle: str = "random"
    objective: str = "val_loss"
    direction: str = ""
    trials: int = 0
    epochs: int = 0
    seconds: float = 0.0
    seeds: int = 1
    parallel: int = 0
    seed: int = 0
    in_order: bool | None = None
    pruning: str = "none"
    keep: int = 5
    factor: int = 3

    def __post_init__(self) -> None:
        for name, known in (("oracle", ORACLES), ("pruning", PRUNING)):
            if getattr(self, name) not in known:
                raise Invalid(f"{name} = {getattr(self, name)!r} is not allowed: it must be one of {', '.join(known)}.")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise Invalid(f"{name} = {value!r} is not allowed: it must be a whole number from {low} to {high}.")
        if not isinstance(self.seconds, (int, float)) or not 0 <= self.seconds < math.inf:
            raise Invalid(f"seconds = {self.seconds!r} is not allowed: it must be a number of seconds, 0 for no limit.")
        if self.direction not in ("", "min", "max"):
            raise Invalid(f"direction = {self.direction!r} is not allowed: it must be min or max.")
        object.__setattr__(self, "direction", self.direction or ("max" if metrics.higher_is_better(self.objective) else "min"))
        object.__setattr__(self, "space", check_space(self.space, self.experiment))
        self._check_objective()
        self._check_together()

    @property
    def most_epochs(self) -> int:
        """Epochs of a trial that trains to its end."""
        return self.epochs or self.experiment.epochs

    @property
    def is_in_order(self) -> bool:
        return self.parallel == 1 if self.in_order is None else self.in_order

    @property
    def planned(self) -> int:
        """How many trials there will be, unless the space is exhausted before."""
        if self.trials:
            return self.trials
        if self.oracle == "grid":
            return self.space.combinations(self.experiment)
        return sum(size for sizes in brackets(self.most_epochs, self.factor) for size, _ in sizes) if self.oracle == "hyperband" else TRIALS

    def is_better(self, score: float, than: float) -> bool:
        return score > than if self.direction == "max" else score < than

    def experiment_of(self, values: Mapping[str, Any], number: int, repeat: int = 0, epochs: int = 0) -> Experiment:
        """What a run of trial `number` (from 1) trains; repeat: which of its seeds, from 0.

        All trials share the split of the rows, which is that of the search's experiment. Monitors are left out: they would cost more
        than short trials take.
        """
        made = self.space.apply(self.experiment.with_(monitors=(), split_seed=self.experiment.data_seed), values)
        own_seed = any(dimension.key == "seed" for dimension in self.space.dimensions)
        seed = made.seed if own_seed and not repeat else seed_of(self.seed, number, repeat)
        return made.with_(epochs=epochs or (made.epochs if self._varies("epochs") else self.most_epochs), seed=seed)

    def changed(self, **changes: Any) -> Search:
        """A checked copy."""
        return replace(self, **changes)

    # JSON.
    def to_json(self) -> str:
        body = {own.name: getattr(self, own.name) for own in fields(self) if own.name not in ("experiment", "space")}
        return json.dumps(
            {"version": VERSION, **body, "experiment": json.loads(self.experiment.to_json()), "space": json.loads(self.space.to_json())}
        )

    @staticmethod
    def from_json(text: str) -> Search:
        """Reads any version up to `VERSION`; what is missing takes its default."""
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"This search is not valid JSON: {error}.") from None
        if not isinstance(body, dict) or "experiment" not in body or "space" not in body:
            raise Invalid("This search is not a JSON object with an experiment and a space.")
        version = body.pop("version", 1)
        if not isinstance(version, int) or not 1 <= version <= VERSION:
            raise Invalid(f"This search has version {version!r}, and this lab reads versions up to {VERSION}.", "Update the lab.")
        known = {own.name for own in fields(Search)}
        for key in body:
            if key not in known:
                raise Invalid(f"A search has no setting called {key!r}.", f"It has: {', '.join(sorted(known))}.")
        body["experiment"] = Experiment.from_json(json.dumps(body["experiment"]))
        body["space"] = Space.of(body["space"])
        return Search(**body)

    def _varies(self, key: str) -> bool:
        return any(own.key == key for own in self.space.dimensions)

    def _check_objective(self) -> None:
        names = ["loss", *self.experiment.recorded_metrics]
        recorded = [*(f"val_{name}" for name in names if self.experiment.validation > 0), *names]
        if self.objective not in recorded:
            why = "" if self.experiment.validation > 0 else " Nothing is kept for validation, so there is no val_… number."
            raise Invalid(f"objective = {self.objective!r} is not recorded by this experiment.{why}", f"It records: {', '.join(recorded)}.")

    def _check_together(self) -> None:
        if self.oracle == "hyperband" and self._varies("epochs"):
            raise Invalid("epochs cannot vary in a Hyperband search: Hyperband itself decides how long each trial trains.")
        if self.oracle == "hyperband" and self.most_epochs < self.factor:
            raise Invalid(
                f"epochs = {self.most_epochs} is not allowed: Hyperband needs at least {self.factor}, so that trials can be cut short."
            )
        if self.oracle == "grid":
            there = self.space.combinations(self.experiment)
            if self.trials > there:
                raise Invalid(
                    f"trials = {self.trials} is not allowed: this grid has {there} combinations.", "Ask for fewer, or for all with 0."
                )
        first = {own.name: self.space.values(own, self.experiment)[0] for own in self.space.dimensions}
        self.experiment_of(first, 1)  # settings that never go together are refused before the first trial


@dataclass(frozen=True)
class Study:
    """A search as the store has it: what its events add up to, as a run is to its experiment.

    seconds: spent while it ran. frozen: dimensions that a person holds at one value. enqueued: values that a person wants tried next.
    """

    id: str
    search: Search
    created: float
    state: State = State.QUEUED
    owner: str = ""
    title: str = ""
    started: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0
    cause: str = ""
    hint: str = ""
    frozen: Mapping[str, Any] = field(default_factory=dict)
    enqueued: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Trial:
    """One set of values. number: from 1. runs: one per seed. score: mean over its runs of their best epoch's objective; None until then.

    bracket, rung: Hyperband's. parent: number of the trial whose checkpoint it goes on from, 0: none. origin: "oracle" or "person".
    oracle_id: what the oracle calls it, "" when it does not know it. told: whether the oracle knows the score.
    """

    search: str
    number: int
    values: Mapping[str, Any]
    state: State = State.QUEUED
    runs: tuple[str, ...] = ()
    score: float | None = None
    best_epoch: int = 0
    epochs: int = 0
    bracket: int = 0
    rung: int = 0
    parent: int = 0
    origin: str = "oracle"
    pruned: bool = False
    cause: str = ""
    created: float = 0.0
    ended: float = 0.0
    oracle_id: str = ""
    told: bool = False

    @property
    def is_ended(self) -> bool:
        return self.state in (State.DONE, State.STOPPED, State.FAILED)


@dataclass(frozen=True)
class SearchEvent:
    """A fact about a search: its kind, when, and a body of plain JSON (the kinds are listed in ARCHITECTURE.md)."""

    search: str
    kind: str
    time: float
    body: Mapping[str, Any] = field(default_factory=dict)


def seed_of(search_seed: int, number: int, repeat: int = 0) -> int:
    """The seed of a run: decided by the search's seed, the trial's number and which repeat it is."""
    return int(np.random.SeedSequence([search_seed, number, repeat]).generate_state(1)[0]) % 2**31


def brackets(epochs: int, factor: int) -> list[list[tuple[int, int]]]:
    """Hyperband's brackets in the order in which they are run: for each rung (trials, epochs up to its end).

    keras-tuner's arithmetic (Li et al. 2018, with rounding up): the most aggressive bracket comes first.
    """
    count, left = 0, float(epochs)
    while left >= 1:
        left, count = left / factor, count + 1
    end = math.ceil(1 + math.log(epochs, factor))
    return [
        [
            (math.ceil(end / (number + 1) * factor ** (number - rung)), math.ceil(epochs / factor ** (number - rung)))
            for rung in range(number + 1)
        ]
        for number in range(count - 1, -1, -1)
    ]


def best_of(search: Search, trials: list[Trial]) -> Trial | None:
    """The ended trial with the best score; the earlier of equals."""
    scored = [trial for trial in trials if trial.is_ended and trial.score is not None and math.isfinite(trial.score)]
    sign = -1.0 if search.direction == "max" else 1.0
    return min(scored, key=lambda trial: (sign * (trial.score or 0.0), trial.number), default=None)
