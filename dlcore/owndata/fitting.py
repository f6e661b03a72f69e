"""Constants that turn raw columns into features, fitted over all rows in one pass of bounded memory.

They never look at the target, so that a row of the test set teaches nothing by being counted; what a network is sensitive to, the mean
and the spread of each feature, is taken from training rows only, when a run begins (engine/data.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.owndata import features
from dlcore.owndata.columns import READ, Column

RARE = "(rare)"
MOST_VALUES = 50  # of a category that get a feature of their own
MOST_WORDS = 200
COUNTED = 50_000  # different values or words that are counted at once; the rarest are forgotten beyond
MOST_SYMBOLS = {"words": 5000, "letters": 500}  # that are told apart where a text is read one by one, unless a person says
MOST_STEPS = {"words": 200, "letters": 400}
LEAST_STEPS = 4
SAMPLE = 50_000
BINS = 24


class Fit:
    """What is known of one column so far. `add` takes its cells piece by piece.

    steps, vocabulary: of a text that is read one by one, how many words or letters are read and how many are told apart (0: what suits).
    """

    def __init__(self, column: Column, decimal: str, seed: int, steps: int = 0, vocabulary: int = 0) -> None:
        self.column, self.decimal, self._steps, self._vocabulary = column, decimal, steps, vocabulary
        self.rows = self.missing = self.odd = 0
        self.counts: Counter[str] = Counter()
        self.overflowed = False
        self._kept: list[np.ndarray] = []
        self._held = 0
        self._draw = np.random.default_rng(seed)
        self.least, self.most = np.inf, -np.inf

    def add(self, values: Sequence[str]) -> None:
        self.rows += len(values)
        if self.column.kind in ("number", "date"):
            read = features.numbers(values, self.decimal) if self.column.kind == "number" else features.moments(values, self.column.form)
            unread = np.flatnonzero(np.isnan(read))
            gone = sum(features.is_missing(values[int(place)]) for place in unread)
            self.missing += gone
            self.odd += len(unread) - gone
            self._sample(read[~np.isnan(read)])
        elif self.column.kind in READ:
            self.missing += sum(map(features.is_missing, values))
            texts = [features.symbols(value, self.column.kind) for value in values]
            for own in texts:
                self.counts.update(own)
            self._sample(np.array([len(own) for own in texts if own], "float64"))
        elif self.column.kind == "text":
            self.missing += sum(map(features.is_missing, values))
            for value in values:
                self.counts.update(set(features.words(value)))
        else:
            for value, count in Counter(values).items():
                if features.is_missing(value):
                    self.missing += count
                else:
                    self.counts[features.label(value)] += count
        if len(self.counts) > 2 * COUNTED:
            self.counts = Counter(dict(self.counts.most_common(COUNTED)))
            self.overflowed = True

    def _sample(self, found: np.ndarray) -> None:
        """Keeps a random part, every value as likely as any other, give or take the share of the pieces."""
        if len(found):
            self.least, self.most = min(self.least, float(found.min())), max(self.most, float(found.max()))
        self._kept.append(found)
        self._held += len(found)
        if self._held > 2 * SAMPLE:
            self._kept = [self._draw.permutation(np.concatenate(self._kept))[:SAMPLE]]
            self._held = SAMPLE

    @property
    def sample(self) -> np.ndarray:
        return np.concatenate(self._kept) if self._kept else np.zeros(0)

    def constants(self) -> dict[str, Any]:
        """The column's part of a preparation (see features.py)."""
        base: dict[str, Any] = {"name": self.column.name, "kind": self.column.kind}
        match self.column.kind:
            case "number":
                return base | self._number()
            case "date":
                found = self.sample
                clock = bool(np.any(found != np.floor(found)))
                flag = self.missing + self.odd > 0
                return base | {"format": self.column.form, "fill": _median(found), "flag": flag, "clock": clock}
            case "text":
                return base | {"words": [word for word, count in self.counts.most_common(MOST_WORDS) if count > 1]}
            case "words" | "letters":
                return base | self._tokens()
        values = sorted(self.counts, key=lambda value: (-self.counts[value], value))[:MOST_VALUES]
        other = len(self.counts) > len(values) or self.overflowed
        return base | {"values": values, "other": int(other), "missing": int(self.missing > 0)}

    def _number(self) -> dict[str, Any]:
        """Centred and scaled only where float32 could not hold the numbers' differences, so that features stay readable."""
        found = self.sample
        middle = _median(found)
        spread = float(np.std(found)) if len(found) else 1.0
        narrow = bool(len(found)) and spread > 0 and (abs(middle) > 1e4 * spread or max(abs(self.least), abs(self.most)) > 1e9)
        center, scale = (middle, spread) if narrow else (0.0, 1.0)
        return {"fill": middle, "flag": self.missing + self.odd > 0, "center": center, "scale": scale}

    def _tokens(self) -> dict[str, Any]:
        """The commonest words or letters; those that come once only teach nothing, and are one with all that are not known."""
        known = sorted((one for one in self.counts.items() if one[1] > 1), key=lambda one: (-one[1], one[0]))
        most = self._vocabulary or MOST_SYMBOLS[self.column.kind]
        return {"vocabulary": ["", RARE, *(symbol for symbol, _ in known[:most])], "rare": 1, "steps": self.steps}

    @property
    def steps(self) -> int:
        """How many words or letters of a text are read: as many as 95 % of the texts have, within limits."""
        if self._steps or not len(self.sample):
            return self._steps or LEAST_STEPS
        return int(np.clip(np.ceil(np.percentile(self.sample, 95)), LEAST_STEPS, MOST_STEPS[self.column.kind]))

    @property
    def cut(self) -> float:
        """The share of texts that are longer than what is read of them."""
        return float(np.mean(self.sample > self.steps)) if self.column.kind in READ and len(self.sample) else 0.0

    def profile(self) -> dict[str, Any]:
        """The column in numbers, for pictures: rows, missing, odd, and its histogram or its commonest values."""
        found = self.sample
        body: dict[str, Any] = {"name": self.column.name, "kind": self.column.kind, "role": self.column.role, "note": self.column.note}
        body |= {"rows": self.rows, "missing": self.missing, "odd": self.odd}
        if self.column.kind in ("number", "date") and len(found):
            body |= histogram(found) | {"least": self.least, "most": self.most, "median": _median(found)}
        else:
            common = self.counts.most_common(20)
            body |= {"values": [value[:80] for value, _ in common], "counts": [count for _, count in common], "different": len(self.counts)}
            body |= {"of": self.counts.total()} if self.column.kind in READ else {}  # a word may come more than once in a row
        return body


def histogram(found: np.ndarray) -> dict[str, list[float]]:
    """{"edges" (bins + 1), "counts" (bins)} of numbers, at least one."""
    counts, edges = np.histogram(found, _bins(found))
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _bins(found: np.ndarray) -> np.ndarray:
    """Equal bins over the middle 99 %, the rest in the outer ones: one huge value must not squeeze all others into one bar."""
    low, high = np.percentile(found, [0.5, 99.5])
    if not high > low:
        low, high = low - 0.5 - abs(low) * 1e-6, high + 0.5 + abs(high) * 1e-6
    edges = np.linspace(low, high, BINS + 1)
    edges[0], edges[-1] = min(edges[0], found.min()), max(edges[-1], found.max())
    return edges


def _median(found: np.ndarray) -> float:
    return float(np.median(found)) if len(found) else 0.0


def preparation(fits: Sequence[Fit], decimal: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """What features.py reads, for a table that has a row of names."""
    columns = [fit.constants() for fit in fits]
    return {"decimal": decimal, "names": None, "delimiter": ",", "columns": columns, "target": dict(target), "window": None}
