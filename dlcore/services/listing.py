"""Finding runs for tables: filtered, sorted and paged in the database. A sibling of `service`, with the same way of taking a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlcore.run import Run
from dlcore.service import open_store
from dlcore.services import moves
from dlcore.store import Job, Store, queries, searches
from dlcore.store.queries import Order, Wanted

Metrics = dict[str, dict[str, float | int | None]]
BACKGROUND = ("trial", "claim", "curve")
"""Kinds of runs that nobody started one by one: trials of searches, runs that a claim asked for."""

__all__ = [
    "BACKGROUND", "Job", "Listed", "Metrics", "Order", "Wanted", "active", "archive", "find", "jobs", "metric_names", "metrics", "named",
    "star", "tags",
]  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A page of runs. total: how many are wanted in all. metrics: by run id, name → {"last", "best", "best_epoch"}."""

    runs: tuple[Run, ...]
    total: int
    metrics: dict[str, Metrics]


def find(wanted: Wanted, limit: int = 100, offset: int = 0, *, store: Store | None = None) -> Listed:
    """The wanted runs from place `offset` on, at most `limit`."""
    place = store or open_store()
    found, total = queries.find(place, wanted, limit, offset)
    return Listed(tuple(found), total, place.metrics_of([run.id for run in found]))


def metrics(runs: Sequence[Run], *, store: Store | None = None) -> dict[str, Metrics]:
    """The metrics of many runs at once, by run id."""
    return (store or open_store()).metrics_of([run.id for run in runs])


def metric_names(*, store: Store | None = None) -> list[str]:
    """What any run has recorded per epoch."""
    return queries.metric_names(store or open_store())


def active(*, store: Store | None = None) -> list[Run]:
    """Queued and running runs in the order in which they were queued."""
    return (store or open_store()).active()


def jobs(limit: int = 50, *, store: Store | None = None) -> list[Job]:
    """The jobs that were asked for last, newest first."""
    return queries.jobs(store or open_store(), limit)


def tags(*, store: Store | None = None) -> list[str]:
    """All tags in use."""
    return queries.tags(store or open_store())


def named(ids: Sequence[str], *, store: Store | None = None) -> list[Run]:
    """The runs of these ids, as far as there are such runs, in no order."""
    return list(searches.runs(store or open_store(), "", chosen=ids).values())


def star(run: str, starred: bool = True, *, store: Store | None = None) -> None:
    """Marks the run as one to come back to, or takes the mark away."""
    moves.tell(store or open_store(), run, "named", starred=starred)


def archive(run: str, archived: bool = True, *, store: Store | None = None) -> None:
    """Puts the run away, out of the table but not into the trash, or takes it back."""
    moves.tell(store or open_store(), run, "named", archived=archived)
