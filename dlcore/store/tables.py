"""Many runs at once, as values: columns of what was found, groups of it, curves, changes. SQLite does the work."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dlcore.store import curves
from dlcore.store.columns import Column, teach
from dlcore.store.queries import Wanted, conditions, order_of
from dlcore.store.store import Store, mended

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A run's values in the columns that were asked for, in their order; None where it has none. A list is JSON text, True is 1."""

    run: str
    title: str
    colour: int
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The runs that share a value. runs: how many there are; known: how many of them have the result, of which mean, spread (standard
    deviation, n − 1 below; None for fewer than two), least and greatest are."""

    value: Any
    runs: int
    known: int
    mean: float | None
    spread: float | None
    least: float | None
    greatest: float | None


@mended
def values(store: Store, wanted: Wanted, columns: Sequence[Column], limit: int, offset: int = 0) -> list[Row]:
    """What the wanted runs have in these columns, in the order that is wanted, at most `limit`."""
    where, given = conditions(wanted)
    order, ordered = order_of(wanted)
    expressions, needed = _expressions(columns)
    query = f"SELECT id, title, colour{expressions} FROM run {where} ORDER BY {order} LIMIT ? OFFSET ?"
    with store._database.read() as db:
        teach(db)
        return [Row(row[0], row[1], row[2], tuple(row)[3:]) for row in db.execute(query, [*needed, *given, *ordered, limit, offset])]


@mended
def values_of(store: Store, runs: Sequence[str], columns: Sequence[Column]) -> dict[str, Row]:
    """The same for runs that are named, by id; one that is not there is left out."""
    expressions, needed = _expressions(columns)
    found = {}
    with store._database.read() as db:
        teach(db)
        for some in _parts(runs):
            query = f"SELECT id, title, colour{expressions} FROM run WHERE id IN ({_marks(some)})"
            found.update({row[0]: Row(row[0], row[1], row[2], tuple(row)[3:]) for row in db.execute(query, [*needed, *some])})
    return found


@mended
def groups(store: Store, wanted: Wanted, by: Column, of: Column, limit: int = 100, offset: int = 0) -> tuple[list[Group], int]:
    """The wanted runs by their value in one column, with what they have in another; the groups in the order of the mean (`descending`), and
    how many there are in all. A run without a value in the first one is left out."""
    where, given = conditions(wanted)
    (group, grouped), (value, valued) = by.sql(), of.sql()
    inner = f"SELECT {group} AS shared, {value} AS result FROM run {where}"
    table = (
        f"SELECT shared, count(*), count(result), avg(result), spread(result), min(result), max(result) FROM ({inner}) "
        f"WHERE shared IS NOT NULL GROUP BY shared ORDER BY avg(result) {'DESC' if wanted.descending else 'ASC'} NULLS LAST, shared "
        "LIMIT ? OFFSET ?"
    )
    count = f"SELECT count(DISTINCT {group}) FROM run {where}"
    with store._database.read() as db:
        teach(db)
        found = [Group(*row) for row in db.execute(table, [*grouped, *valued, *given, limit, offset])]
        return found, int(db.execute(count, [*grouped, *given]).fetchone()[0])


@mended
def experiments(store: Store, wanted: Wanted, limit: int) -> list[str]:
    """The different experiments (JSON text) of the first `limit` wanted runs, in the order that is wanted."""
    where, given = conditions(wanted)
    order, ordered = order_of(wanted)
    query = f"SELECT DISTINCT experiment FROM (SELECT experiment FROM run {where} ORDER BY {order} LIMIT ?) WHERE json_valid(experiment)"
    with store._database.read() as db:
        teach(db)
        return [row[0] for row in db.execute(query, [*given, *ordered, limit])]


@mended
def same_but_seed(store: Store, experiment: str, limit: int = 1000) -> list[str]:
    """Ids of the runs, oldest first, whose experiment is the same apart from its seed; none of those in the trash."""
    query = (
        "SELECT id FROM run WHERE trashed = 0 AND json_valid(experiment) AND json_remove(experiment, '$.seed') = json_remove(?, '$.seed') "
        "ORDER BY id LIMIT ?"
    )
    with store._database.read() as db:
        return [row[0] for row in db.execute(query, (experiment, limit))]


@mended
def curves_of(
    store: Store, runs: Sequence[str], names: Sequence[str], kind: Literal["epochs", "steps"] = "epochs"
) -> dict[str, dict[str, curves.Curve]]:
    """run → name → float32 curve, of the runs and names that were recorded."""
    pieces: dict[tuple[str, str], list[tuple[int, Any]]] = {}
    with store._database.read() as db:
        for some in _parts(runs):
            query = (
                f"SELECT run, name, chunk, data FROM curve WHERE run IN ({_marks(some)}) AND kind = ? AND name IN ({_marks(names)}) "
                "ORDER BY run, name, chunk"
            )
            for run, name, chunk, data in db.execute(query, [*some, kind, *names]):
                pieces.setdefault((run, name), []).append((chunk * curves.CHUNK, curves.bits(data)))
    found: dict[str, dict[str, curves.Curve]] = {}
    for (run, name), parts in pieces.items():
        found.setdefault(run, {})[name] = curves.joined(parts, 0)
    return found


@mended
def recorded_by(store: Store, runs: Sequence[str]) -> list[str]:
    """The names that any of these runs has recorded per epoch, sorted."""
    found: set[str] = set()
    with store._database.read() as db:
        for some in _parts(runs):
            found.update(row[0] for row in db.execute(f"SELECT DISTINCT name FROM metric WHERE run IN ({_marks(some)})", some))
    return sorted(found)


@mended
def changes_of(store: Store, runs: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """run → what was changed while it trained, {"field", "value", "step", "epoch"}, in order; runs without any are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    with store._database.read() as db:
        for some in _parts(runs):
            query = f"SELECT run, body FROM event WHERE run IN ({_marks(some)}) AND kind = 'changed' ORDER BY id"
            for run, body in _readable(db, query, some):
                found.setdefault(run, []).append(body)
    return found


@mended
def layout(store: Store, owner: str, page: str) -> str:
    """How that person likes the page, as it was kept; "" for nothing."""
    with store._database.read() as db:
        row = db.execute("SELECT body FROM layout WHERE owner = ? AND page = ?", (owner, page)).fetchone()
    return str(row[0]) if row else ""


@mended
def keep_layout(store: Store, owner: str, page: str, body: str) -> None:
    with store._database.write() as db:
        db.execute("INSERT OR REPLACE INTO layout VALUES (?, ?, ?)", (owner, page, body))


def _expressions(columns: Sequence[Column]) -> tuple[str, list[Any]]:
    """What to select beside the run itself, with a comma before each, and the values for the marks."""
    found = [column.sql() for column in columns]
    return "".join(f", {expression}" for expression, _ in found), [value for _, given in found for value in given]


def _readable(db: sqlite3.Connection, query: str, given: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for run, body in db.execute(query, given):
        try:
            yield run, json.loads(body)
        except ValueError:
            continue


def _parts(runs: Sequence[str]) -> Iterator[list[str]]:
    return (list(runs[first : first + AT_ONCE]) for first in range(0, len(runs), AT_ONCE))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
