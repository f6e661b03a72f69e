"""Finding runs: filtered, sorted and paged by SQLite, so that a table over ten thousand runs reads the JSON of one page only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from dlcore.run import Run
from dlcore.store import jobs as job_rows
from dlcore.store import rows
from dlcore.store.columns import Column, Condition, literal, teach
from dlcore.store.store import Store, mended
from dlcore.store.values import Job

Order = Literal["created", "title", "state", "epoch", "seconds", "metric", "chance"]
_ORDER: dict[str, str] = {
    "created": "id", "title": "title = '', lower(title)", "state": "state", "epoch": "epoch", "seconds": "seconds", "metric": "value",
    "chance": "shuffled(id)",
}  # fmt: skip
# An experiment that is not JSON any more must not fail the query for all others.
_PART = "CASE WHEN json_valid(experiment) THEN json_extract(experiment, '$.{part}.name') END"
_METRIC = "(SELECT metric.best FROM metric WHERE metric.run = run.id AND metric.name = ?)"
# One step from each name to the next along the index: there are a few names and a great many rows.
_NAMES = """WITH RECURSIVE known(name) AS (
    SELECT min(name) FROM metric UNION ALL
    SELECT (SELECT min(metric.name) FROM metric WHERE metric.name > known.name) FROM known WHERE known.name IS NOT NULL)
    SELECT name FROM known WHERE name IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs, and in which order. What is empty does not filter. parent: the run that they were branched from.

    words: each must occur in title, note, tags, id, experiment or cause, in any case of letters. states, datasets, models, tags: one
    of them. without: kinds that are left out. metric: the recorded name that `least` and `most` (limits of its best value, inclusive)
    and the order "metric" go by; a run without it is left out where a limit is given, and comes last where it orders.
    hidden: states that are left out. starred: only runs with a star. archived: whether only those put away, or only the others (None:
    both). order "chance": as if drawn from a hat, and the same each time. wheres: what settings and results must be. among: only runs of
    these ids. by: a column to order by, in place of `order`; runs without a value come last.
    """

    words: str = ""
    states: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    owner: str = ""
    trashed: bool = False
    metric: str = ""
    least: float | None = None
    most: float | None = None
    order: Order = "created"
    descending: bool = True
    parent: str = ""
    hidden: tuple[str, ...] = ()
    starred: bool = False
    archived: bool | None = None
    wheres: tuple[Condition, ...] = ()
    by: Column | None = None
    among: tuple[str, ...] = ()


@mended
def find(store: Store, wanted: Wanted, limit: int = 100, offset: int = 0) -> tuple[list[Run], int]:
    """A page of the wanted runs, and how many there are in all. Damaged rows are left to `Store.quarantined`."""
    where, values = conditions(wanted)
    order, ordered = order_of(wanted)
    with store._database.read() as db:
        teach(db)
        found = rows.select(db, f"{where} ORDER BY {order} LIMIT ? OFFSET ?", [*values, *ordered, limit, offset])
        total = len(found) + offset if len(found) < limit and (found or not offset) else _count(db, where, values)
    return store._intact(found), total


@mended
def metric_names(store: Store) -> list[str]:
    """All names that any run has recorded per epoch, sorted."""
    with store._database.read() as db:
        return [row[0] for row in db.execute(_NAMES)]


@mended
def tags(store: Store) -> list[str]:
    """All tags that a run outside the trash carries, sorted."""
    query = (
        "SELECT DISTINCT json_each.value FROM run, json_each(run.tags) WHERE tags != '[]' AND json_valid(tags) AND trashed = 0 ORDER BY 1"
    )
    with store._database.read() as db:
        return [row[0] for row in db.execute(query)]


@mended
def jobs(store: Store, limit: int = 50) -> list[Job]:
    """The jobs that were asked for last, newest first."""
    with store._database.read() as db:
        return job_rows.newest(db, limit)


def _count(db: sqlite3.Connection, where: str, values: list[Any]) -> int:
    return int(db.execute(f"SELECT count(*) FROM run {where}", values).fetchone()[0])


def conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    """The WHERE of what is wanted, and the values for its marks."""
    where, values = ["trashed = ?"], [wanted.trashed]  # type: list[str], list[Any]

    def among(expression: str, allowed: tuple[str, ...], negated: bool = False) -> None:
        if allowed:
            where.append(f"{expression} {'NOT ' if negated else ''}IN ({', '.join('?' * len(allowed))})")
            values.extend(allowed)

    among("+state", wanted.states)  # without the index: nearly all runs are done
    among("+state", wanted.hidden, negated=True)
    among("kind", wanted.without, negated=True)
    among("id", wanted.among)
    among("owner", (wanted.owner,) if wanted.owner else ())
    among("parent", (wanted.parent,) if wanted.parent else ())
    among(_PART.format(part="dataset"), wanted.datasets)
    among(_PART.format(part="model"), wanted.models)
    if wanted.tags:
        where.append(
            f"json_valid(tags) AND EXISTS (SELECT 1 FROM json_each(run.tags) WHERE value IN ({', '.join('?' * len(wanted.tags))}))"
        )
        values += wanted.tags
    for word in wanted.words.split():
        where.append("(title || ' ' || note || ' ' || tags || ' ' || id || ' ' || cause || ' ' || experiment) LIKE ? ESCAPE '\\'")
        values.append(f"%{literal(word)}%")
    for comparison, limit in ((">=", wanted.least), ("<=", wanted.most)):
        if wanted.metric and limit is not None:
            where.append(f"{_METRIC} {comparison} ?")
            values += [wanted.metric, limit]
    if wanted.starred:
        where.append("starred = 1")
    if wanted.archived is not None:
        where.append("archived = ?")
        values.append(wanted.archived)
    for condition in wanted.wheres:
        asked, given = condition.sql()
        where.append(f"({asked})")
        values += given
    return f"WHERE {' AND '.join(where)}", values


def order_of(wanted: Wanted) -> tuple[str, list[Any]]:
    """The ORDER BY and its values. Runs that are equal in it come newest first."""
    direction = "DESC" if wanted.descending else "ASC"
    if wanted.by is not None:
        found, values = wanted.by.sql()
        return f"{found} {direction} NULLS LAST, id DESC", values
    if wanted.order == "metric" and wanted.metric:
        return f"{_METRIC} {direction} NULLS LAST, id DESC", [wanted.metric]
    by = _ORDER["created" if wanted.order == "metric" else wanted.order]
    return (f"{by} {direction}" if by == "id" else f"{by} {direction}, id DESC"), []
