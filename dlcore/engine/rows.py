"""Rows that stay on the disk while a run trains on them: only those that are asked for are read and scaled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dlcore.owndata.keeping import release

PIECE = 64 * 2**20  # bytes of scaled rows that are made at once where all are gone through


class Rows:
    """Rows of a mapped array as float32 (rows, …), scaled: indexed by numbers, lists or slices it gives the very bits of the whole array.

    raw: as the data set has them. places (rows,): which of them, in this order. constants: as `data.scaled` takes them. `nbytes` is what
    the whole array would take.
    """

    def __init__(self, raw: np.ndarray, places: np.ndarray, constants: Mapping[str, Any]) -> None:
        self._raw, self._places, self._constants = raw, places, constants
        self.shape, self.dtype = (len(places), *raw.shape[1:]), np.dtype("float32")
        self.ndim, self.nbytes = len(self.shape), 4 * int(np.prod(self.shape, dtype="int64"))
        self.held = places.nbytes  # bytes of memory

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: Any) -> np.ndarray:
        from dlcore.engine.data import scaled

        found = scaled(self._raw[self._places[index]], dict(self._constants))
        release(self._raw)
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or "float32", copy=False)

    def pieces(self) -> Iterator[np.ndarray]:
        """All rows, some at a time."""
        size = max(1, PIECE // max(1, self.nbytes // max(1, len(self))))
        for first in range(0, len(self), size):
            yield self[first : first + size]

    def min(self) -> float:
        return min(float(piece.min()) for piece in self.pieces())

    def max(self) -> float:
        return max(float(piece.max()) for piece in self.pieces())
