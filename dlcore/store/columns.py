"""A column of a table of runs, as SQLite finds it: a setting, what a run recorded, or something of its row; and conditions on it."""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
import struct
from dataclasses import dataclass
from typing import Any, Literal

from dlcore.errors import Invalid
from dlcore.experiment import PARTS
from dlcore.store.curves import CHUNK

Kind = Literal["setting", "best", "last", "best_epoch", "at", "row"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains"]
ROW = ("title", "state", "epoch", "seconds", "created", "owner", "colour", "kind", "starred", "trial", "search")
RECORDED = ("best", "last", "best_epoch", "at")
_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")
# An experiment that is not JSON any more must not fail the query for all others.
_SETTING = "CASE WHEN json_valid(experiment) THEN json_extract(experiment, ?) END"
_RECORDED = "(SELECT metric.{kind} FROM metric WHERE metric.run = run.id AND metric.name = ?)"
_AT = (
    "(SELECT float32_at(curve.data, ?) FROM curve "
    "WHERE curve.run = run.id AND curve.kind = 'epochs' AND curve.name = ? AND curve.chunk = ?)"
)


@dataclass(frozen=True, slots=True)
class Column:
    """kind "setting": by its full name ("optimizer.learning_rate", "epochs"), or a part ("optimizer"), whose value is its name. "best",
    "last", "best_epoch", "at": of what was recorded under that name; "at" means after epoch `epoch`, from 1. "row": one of `ROW`.
    Raises `Invalid` for a name that is none."""

    kind: Kind
    name: str
    epoch: int = 1

    def __post_init__(self) -> None:
        if self.kind not in ("setting", "row", *RECORDED) or self.epoch < 1:
            raise Invalid(f"{self.kind} is no kind of column.")
        known = self.name in ROW if self.kind == "row" else self.kind != "setting" or _NAME.fullmatch(self.name)
        if not known:
            raise Invalid(f"{self.name!r} is no {self.kind} of a run.")

    def sql(self) -> tuple[str, list[Any]]:
        """The expression, and the values for its marks. A list is JSON text, True is 1; what a run does not have is NULL."""
        if self.kind == "row":
            return self.name, []
        if self.kind == "setting":
            return _SETTING, [f"$.{self.name}.name" if self.name in PARTS else f"$.{self.name}"]
        if self.kind == "at":
            chunk, place = divmod(self.epoch - 1, CHUNK)
            return _AT, [place, self.name, chunk]
        return _RECORDED.format(kind=self.kind), [self.name]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a run's value in a column must be. value: a number or text, a tuple of them for "in". A run without a value is left out, except
    where "!=" is asked."""

    column: Column
    comparison: Comparison
    value: Any

    def sql(self) -> tuple[str, list[Any]]:
        found, values = self.column.sql()
        if self.comparison == "in":
            return f"{found} IN ({', '.join('?' * len(self.value))})", [*values, *self.value]
        if self.comparison == "contains":
            return f"{found} LIKE ? ESCAPE '\\'", [*values, f"%{literal(str(self.value))}%"]
        if self.comparison == "!=":
            return f"{found} IS NOT ?", [*values, self.value]
        if self.comparison not in ("=", "<", "<=", ">", ">="):
            raise Invalid(f"{self.comparison!r} is no comparison.", "There are =, !=, <, <=, >, >=, in and contains.")
        # SQLite sorts every text after every number: a comparison by size means numbers only.
        sized = f"typeof({found}) IN ('integer', 'real') AND " if self.comparison != "=" else ""
        return f"{sized}{found} {self.comparison} ?", [*(values if sized else []), *values, self.value]


def literal(word: str) -> str:
    """A word for LIKE … ESCAPE '\\', in which nothing stands for anything else."""
    for mark in ("\\", "%", "_"):
        word = word.replace(mark, "\\" + mark)
    return word


def teach(db: sqlite3.Connection) -> None:
    """Gives the connection what the expressions need: `float32_at`, `shuffled`, and the aggregate `spread`, a standard deviation."""
    db.create_function("float32_at", 2, float32_at, deterministic=True)
    db.create_function("shuffled", 1, shuffled, deterministic=True)
    db.create_aggregate("spread", 1, Spread)  # type: ignore[arg-type]


def float32_at(data: bytes, place: int) -> float | None:
    """The number at that place of a curve's blob; None where there is none, or none that is finite."""
    if 4 * place + 4 > len(data):
        return None
    value = float(struct.unpack_from("<f", data, 4 * place)[0])
    return value if math.isfinite(value) else None


def shuffled(run: str) -> bytes:
    """What puts runs into an order that has nothing to do with how old they are, and that never changes."""
    return hashlib.blake2b(run.encode(), digest_size=8).digest()


class Spread:
    """The standard deviation of the values seen, n − 1 below, in one pass (Welford 1962); None for fewer than two."""

    def __init__(self) -> None:
        self._count, self._mean, self._squares = 0, 0.0, 0.0

    def step(self, value: Any) -> None:
        if isinstance(value, (int, float)):
            self._count += 1
            away = value - self._mean
            self._mean += away / self._count
            self._squares += away * (value - self._mean)

    def finalize(self) -> float | None:
        return math.sqrt(self._squares / (self._count - 1)) if self._count > 1 else None
