"""Two settings against each other over their seeds: the difference, how sure it is, how large it is, and whether more seeds are needed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from dlcore import statistics
from dlcore.metrics import higher_is_better
from dlcore.run import Run, State
from dlcore.service import open_store
from dlcore.services import exploring
from dlcore.statistics import LEAST_SEEDS, UNTOLD, Estimate
from dlcore.store import Store, tables
from dlcore.store.columns import Column

FINISHED = (State.DONE, State.STOPPED)


@dataclass(frozen=True)
class Arm:
    """Runs whose settings are the same but for the seed. run: one of them. values: seed → the best value of the result, of runs that have
    ended; runs: seed → run. waiting: how many have not ended yet."""

    run: str
    experiment: str
    values: dict[int, float]
    runs: dict[int, str] = field(default_factory=dict)
    waiting: int = 0


@dataclass(frozen=True)
class Contrast:
    """left minus right.

    paired: whether seed by seed (at least two are common), else by Welch's (1947) test. estimate: mean, 95 % interval, p of "they are the
    same". size: how many standard deviations it is (see `statistics.effect_size`), None where that is not defined. better: "left", "right",
    or "" for too few seeds to tell. needed: seeds on each side that would show such a difference in four cases of five, None where that
    cannot be said.
    """

    paired: bool
    estimate: Estimate
    size: float | None
    better: str
    verdict: str
    needed: int | None
    differences: tuple[float, ...]


def arms(runs: Sequence[Run], metric: str, *, store: Store | None = None) -> list[Arm]:
    """The settings among these runs, in their order, each with all runs of the store that share them."""
    place = store or open_store()
    found: list[Arm] = []
    seen: set[str] = set()
    for run in runs:
        ids = tables.same_but_seed(place, run.experiment)
        if not ids or ids[0] in seen:
            continue
        seen.add(ids[0])
        found.append(_arm(place, run, ids, metric))
    return found


def contrast(left: Arm, right: Arm, metric: str) -> Contrast:
    """What tells the two apart. Needs a value on each side; below `LEAST_SEEDS` seeds nothing can be told."""
    common = sorted(left.values.keys() & right.values.keys())
    paired = len(common) >= 2
    if paired:
        differences = [left.values[seed] - right.values[seed] for seed in common]
        estimate = statistics.mean_effect(differences, (0.0, 0.0))
        size = statistics.effect_size(differences)
    else:
        differences = []
        estimate = statistics.welch(list(left.values.values()), list(right.values.values()))
        size = statistics.effect_size_apart(list(left.values.values()), list(right.values.values()))
    told = estimate.n >= LEAST_SEEDS and (estimate.low > 0 or estimate.high < 0)
    better = ("left" if (estimate.effect > 0) == higher_is_better(metric) else "right") if told else ""
    return Contrast(
        paired, estimate, size, better, "told apart" if told else UNTOLD, statistics.seeds_needed(size, paired), tuple(differences)
    )


def _arm(store: Store, run: Run, ids: Sequence[str], metric: str) -> Arm:
    """Of several runs with one seed the newest that has ended counts."""
    rows = exploring.rows_of(ids, [Column("row", "state"), Column("setting", "seed"), Column("best", metric)], store=store)
    values: dict[int, float] = {}
    known: dict[int, str] = {}
    waiting = 0
    for name in ids:
        state, seed, value = rows[name].values
        waiting += State(state).is_active
        if State(state) in FINISHED and value is not None and math.isfinite(value):
            values[int(seed)], known[int(seed)] = float(value), name
    return Arm(run.id, json.dumps(json.loads(run.experiment) | {"seed": 0}), values, known, waiting)
