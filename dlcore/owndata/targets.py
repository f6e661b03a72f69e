"""The column to predict: which values it has, which rows lack it, what the network is given in its place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.owndata import features
from dlcore.owndata.fitting import histogram
from dlcore.owndata.names import distinct, plain, shown

MOST_CLASSES = 1000
LEAST_ROWS = 10
SAMPLE = 50_000


@dataclass
class Target:
    """Counts first (`add` over all rows), then `settle`, then `read` gives what a run trains on, NaN or −1 where a row has no target."""

    name: str
    task: str
    decimal: str = "."
    log: bool = False
    rows: int = 0
    known: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    classes: tuple[str, ...] = ()
    unit: float = 1.0
    _sums: np.ndarray = field(default_factory=lambda: np.zeros(3))
    least: float = math.inf
    most: float = -math.inf
    _drawn: list[np.ndarray] = field(default_factory=list)

    def add(self, values: Sequence[str]) -> None:
        self.rows += len(values)
        if self.task == "classes":
            for value, count in Counter(values).items():
                if not features.is_missing(value):
                    self.known += count
                    self.counts[features.label(value)] += count
            if len(self.counts) > MOST_CLASSES:
                raise Invalid(
                    f"{shown(self.name)} has more than {MOST_CLASSES:,} different values, too many for classes.",
                    "Choose the task regression, or another target.",
                )
            return
        numbers = features.numbers(values, self.decimal)
        numbers = numbers[~np.isnan(numbers)]
        self._drawn.append(numbers[: max(0, SAMPLE - sum(map(len, self._drawn)))])
        self.known += len(numbers)
        if len(numbers):
            self.least, self.most = min(self.least, float(numbers.min())), max(self.most, float(numbers.max()))
            self._sums += [len(numbers), numbers.sum(), (numbers * numbers).sum()]

    def settle(self) -> None:
        """Raises `Invalid` for a target that nobody can learn."""
        if not self.known:
            what = "values" if self.task == "classes" else "numbers"
            raise Invalid(f"The target {shown(self.name)} has no {what} in any of {self.rows:,} rows.", "Choose another target.")
        if self.known < LEAST_ROWS:
            have = "row has" if self.known == 1 else "rows have"
            raise Invalid(f"Only {self.known} {have} a target; at least {LEAST_ROWS} are needed to set some aside.", "Give more rows.")
        if self.task == "classes":
            if len(self.counts) < 2:
                raise Invalid(
                    f"The target {shown(self.name)} has one value only, {shown(next(iter(self.counts)))}: there is nothing to tell apart.",
                    "Choose another target.",
                )
            self.classes = _in_order(self.counts, self.decimal)
            return
        if self.least == self.most:
            raise Invalid(
                f"The target {shown(self.name)} is {self.least:g} in every row: there is nothing to learn.", "Choose another target."
            )
        if self.log and self.least <= -1:
            raise Invalid(
                f"The logarithm of {shown(self.name)} is not there: its least value is {self.least:g}.", "Leave the logarithm out."
            )
        self.unit = 1.0 if self.log else _unit(self._spread())

    def _spread(self) -> float:
        count, total, squares = self._sums
        deviation = math.sqrt(max(0.0, squares / count - (total / count) ** 2))
        return deviation if math.isfinite(deviation) and deviation > 0 else (self.most - self.least) / 4

    def read(self, values: Sequence[str]) -> np.ndarray:
        """(rows,): class numbers as int64 with −1 for none, or float32 targets with NaN for none."""
        if self.task == "classes":
            place = {value: number for number, value in enumerate(self.classes)}
            known = {value: -1 if features.is_missing(value) else place[features.label(value)] for value in set(values)}
            return np.array([known[value] for value in values], "int64")
        numbers = features.numbers(values, self.decimal)
        return (np.log1p(numbers) if self.log else numbers / self.unit).astype("float32")

    def shape(self) -> dict[str, Any]:
        if self.task != "classes":
            return {"task": "regression", "outputs": 1}
        return {"task": "binary", "outputs": 1} if len(self.classes) == 2 else {"task": "classes", "outputs": len(self.classes)}

    def constants(self) -> dict[str, Any]:
        if self.task == "classes":
            return {"name": self.name, "kind": "classes", "classes": list(self.classes)}
        return {"name": self.name, "kind": "number", "unit": self.unit, "log": self.log}

    @property
    def class_names(self) -> tuple[str, ...]:
        return distinct(self.classes)

    @property
    def unit_words(self) -> str:
        """What 1 means, in words: "100,000 of price"."""
        if self.task == "classes":
            return ""
        if self.log:
            return f"log(1 + {plain(self.name)})"
        return plain(self.name) if self.unit == 1 else f"{_round(self.unit)} of {plain(self.name)}"

    def profile(self) -> dict[str, Any]:
        body: dict[str, Any] = {"name": self.name, "task": self.task, "rows": self.rows, "missing": self.rows - self.known}
        if self.task == "classes":
            return body | {"classes": list(self.class_names), "counts": [self.counts[name] for name in self.classes]}
        body |= histogram(np.concatenate(self._drawn))
        return body | {"least": self.least, "most": self.most, "unit": self.unit_words}


def _in_order(counts: Counter[str], decimal: str) -> tuple[str, ...]:
    """By number where all are numbers, else by letter."""
    numbers = {value: features.number(value, decimal) for value in counts}
    if all(found is not None for found in numbers.values()):
        return tuple(sorted(counts, key=lambda value: (numbers[value] or 0.0, value)))
    return tuple(sorted(counts))


def _unit(spread: float) -> float:
    """The power of ten that makes the targets of order one."""
    return 1.0 if 0.3 <= spread <= 3 else float(10.0 ** round(math.log10(spread)))


def _round(unit: float) -> str:
    return f"{unit:,.0f}" if 1 <= unit < 1e9 else f"{unit:g}"
