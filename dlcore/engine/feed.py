"""Brings rows to the device: all at once where they fit, else in slabs through `tf.data`, read ahead while the last one trains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from dlcore.forecast import STREAMED

SLAB_BYTES = STREAMED // 4  # of a slab: one trains, two are read ahead, one is being read
EVALUATION_SLAB = 4096
EVALUATION_BATCH = 256


def evaluation_batch(rows: int) -> int:
    """Rows in each batch of a validation on `rows` rows: the most up to 512 that leave none over, so that XLA compiles one size, not two.

    Where no number from 128 on divides them, 256. It decides how float32 sums are rounded, hence scripts use the same.
    """
    if rows <= 2 * EVALUATION_BATCH:
        return max(1, rows)
    sizes = range(2 * EVALUATION_BATCH, EVALUATION_BATCH // 2 - 1, -1)
    return next((size for size in sizes if rows % size == 0), EVALUATION_BATCH)


@dataclass(frozen=True)
class Slab:
    """Rows on the device for the steps from `first` (of the epoch) on; `order` (rows,) numbers them batch after batch."""

    x: tf.Tensor
    y: tf.Tensor
    order: tf.Tensor
    first: int
    steps: int


class Feed:
    """The training and validation rows of one run.

    x (rows, …), y (rows, …): arrays, memory maps or `Rows`; batch: examples per step. `steps` full batches make an epoch, `rest` rows are
    left for its last, smaller step. resident: whether everything fits `budget` bytes of the device.
    """

    def __init__(self, train: tuple[np.ndarray, np.ndarray], validation: tuple[np.ndarray, np.ndarray], batch: int, budget: int) -> None:
        self._train, self._validation = train, validation
        self.rows, self.batch = len(train[0]), batch
        self.steps, self.rest = divmod(self.rows, batch)
        self.validation_rows = len(validation[0])
        self.validation_batch = evaluation_batch(self.validation_rows)
        size = sum(array.nbytes for array in (*train, *validation))
        self.resident = size <= budget
        slab, row_bytes = min(budget // 4, SLAB_BYTES), max(1, sum(array.nbytes for array in train) // max(1, self.rows))
        self.slab_steps = self.steps if self.resident else max(1, min(self.steps, slab // (row_bytes * batch)))
        self._evaluation_rows = max(1, min(EVALUATION_SLAB, slab // row_bytes) // self.validation_batch) * self.validation_batch
        self.slab_rows = self.rows if self.resident else self.slab_steps * batch
        self._held = tuple(tf.constant(array[:]) for array in train) if self.resident else None
        self._held_validation = tuple(tf.constant(array[:]) for array in validation) if self.resident else None

    def slabs(self, order: np.ndarray, first: int) -> Iterator[Slab]:
        """The epoch's full batches from step `first` on, in the given order of rows (rows,)."""
        if first >= self.steps:
            return
        if self._held:
            x, y = self._held
            yield Slab(x, y, tf.constant(order.astype(np.int32)), 0, self.steps)
            return
        inner = tf.range(self.slab_rows, dtype=tf.int32)
        for start, x, y in self._stream(order, first):
            begin = int(start)
            yield Slab(x, y, inner, begin, min(self.slab_steps, self.steps - begin))

    def tail(self, order: np.ndarray) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """x, y and the row numbers of the last, smaller batch."""
        rows = order[self.steps * self.batch :].astype(np.int32)
        if self._held:
            return *self._held, tf.constant(rows)
        x, y = (np.ascontiguousarray(array[np.sort(rows)][np.argsort(np.argsort(rows))]) for array in self._train)
        return tf.constant(x), tf.constant(y), tf.range(len(rows), dtype=tf.int32)

    def validation(self) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        """The validation rows in pieces, the same pieces every time."""
        if self._held_validation:
            yield self._held_validation
            return
        for start in range(0, self.validation_rows, self._evaluation_rows):
            yield tuple(tf.constant(array[start : start + self._evaluation_rows]) for array in self._validation)  # type: ignore[misc]

    def sample(self, rows: int) -> tuple[tf.Tensor, tf.Tensor]:
        """The first `rows` training rows, for probes; always as many as that (repeated where there are fewer)."""
        index = np.arange(rows) % self.rows
        return tuple(tf.constant(array[index]) for array in self._train)  # type: ignore[return-value]

    def _stream(self, order: np.ndarray, first: int) -> Any:
        x, y = self._train

        def gather(start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            index = order[int(start) * self.batch : min(int(start) + self.slab_steps, self.steps) * self.batch]
            index = np.resize(index, self.slab_rows)  # The last slab is filled up: one static shape, one program.
            return x[index], y[index]

        def read(start: tf.Tensor) -> Any:
            got = tf.numpy_function(gather, [start], [tf.as_dtype(x.dtype), tf.as_dtype(y.dtype)])
            got[0].set_shape((self.slab_rows, *x.shape[1:]))
            got[1].set_shape((self.slab_rows, *y.shape[1:]))
            return start, got[0], got[1]

        starts = tf.data.Dataset.range(first, self.steps, self.slab_steps)
        return starts.map(read, num_parallel_calls=1).prefetch(2)
