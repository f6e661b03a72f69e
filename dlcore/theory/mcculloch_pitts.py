"""The unit of McCulloch & Pitts, "A logical calculus of the ideas immanent in nervous activity" (1943).

Inputs and output are 0 or 1. Every excitatory input counts 1 (there are no real-valued weights to learn), and one active inhibitory input
is enough to silence the unit, whatever the others do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NOT": (1, 1, 0, 0), "XOR": (0, 1, 1, 0)}
"""What each gate answers to the rows of `inputs(2)`; NOT negates the first input, and is to ignore the second."""


def inputs(count: int) -> np.ndarray:
    """All rows of zeros and ones, int64 of shape (2^count, count), counting upwards: 00, 01, 10, 11."""
    return (np.arange(2**count)[:, None] >> np.arange(count)[::-1]) & 1


def fires(x: np.ndarray, threshold: float, inhibitory: Sequence[bool], connected: Sequence[bool] | None = None) -> np.ndarray:
    """The output, int64 of shape (rows,), for inputs x of shape (rows, inputs).

    1 where no inhibitory input is 1 and the sum of excitatory inputs reaches the threshold. connected: inputs that the unit has at all;
    all of them where None.
    """
    wired = np.ones(x.shape[1], bool) if connected is None else np.asarray(connected, bool)
    silencing = np.asarray(inhibitory, bool) & wired
    silent = (x[:, silencing] == 1).any(axis=1)
    return np.where(silent, 0, x[:, wired & ~silencing].sum(axis=1) >= threshold).astype(np.int64)


def right_rows(gate: str, threshold: float, inhibitory: Sequence[bool], connected: Sequence[bool] | None = None) -> int:
    """How many of the four rows the unit answers as the gate does."""
    return int((fires(inputs(2), threshold, inhibitory, connected) == np.asarray(GATES[gate])).sum())
