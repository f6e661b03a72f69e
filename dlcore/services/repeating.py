"""The same settings with other seeds: one press asks for as many runs as it takes to tell an effect from chance."""

from __future__ import annotations

from dataclasses import dataclass

from dlcore import service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.service import open_store
from dlcore.store import Store, claims, tables

MOST_SEEDS = 100


@dataclass(frozen=True)
class Repeats:
    """runs: seed → run, those that were there and those that were started now; started: the new ones."""

    runs: dict[int, str]
    started: tuple[str, ...]


def repeat(run: str, seeds: int = 5, *, owner: str = "", store: Store | None = None) -> Repeats:
    """Sees to it that the run's settings are trained with `seeds` different seeds, its own among them: 0, 1, 2 and so on.

    A run of just that experiment that is done or on its way is taken, anybody's. New ones have the kind "seeds" and train on one core
    each, several side by side. Split and shuffling follow the seed, unless the experiment fixes the split.
    """
    if not 2 <= seeds <= MOST_SEEDS:
        raise Invalid(f"seeds = {seeds} is not allowed: it must be 2 to {MOST_SEEDS}.")
    place = store or open_store()
    found = place.run(run)
    base = Experiment.from_json(found.experiment)
    asked = {seed: base.with_(seed=seed) for seed in wanted_seeds(base.seed, seeds)}
    there = claims.trained(place, [experiment.to_json() for experiment in asked.values()], False)
    runs: dict[int, str] = {}
    started = []
    for seed, experiment in asked.items():
        known = run if seed == base.seed and not found.trashed else there.get(experiment.to_json())
        if known is None:
            known = service.start(experiment, owner=owner or found.owner, title=found.title, kind="seeds", store=place)
            started.append(known)
        runs[seed] = known
    return Repeats(runs, tuple(started))


def wanted_seeds(own: int, count: int) -> list[int]:
    """`count` seeds: the run's own one, and 0, 1, 2 … beside it."""
    return [own, *[seed for seed in range(count) if seed != own][: count - 1]]


def siblings(run: str, *, store: Store | None = None) -> list[str]:
    """Ids of all runs with the same settings apart from the seed, the run itself among them, oldest first."""
    place = store or open_store()
    return tables.same_but_seed(place, place.run(run).experiment)
