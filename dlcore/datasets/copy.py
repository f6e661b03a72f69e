"""The copy task (Hochreiter & Schmidhuber 1997; Graves et al. 2014): remember symbols over a pause, then say them in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape


def load(*, seed: int, rows: int, length: int, delay: int, symbols: int) -> dict[str, Any]:
    """Token 0 is the blank, 1 to `symbols` the symbols, `symbols` + 1 the signal to begin."""
    drawn = np.random.default_rng(seed).integers(1, symbols + 1, (rows, length))
    steps = 2 * length + delay + 1
    x, y = np.zeros((rows, steps)), np.zeros((rows, steps), "int64")
    x[:, :length] = drawn
    x[:, length + delay] = symbols + 1
    y[:, -length:] = drawn
    return {"x": x[..., np.newaxis].astype("float32"), "y": y}


def shape(settings: Settings) -> Shape:
    length, delay, symbols, rows = (int(settings[name]) for name in ("length", "delay", "symbols", "rows"))  # type: ignore[arg-type]
    return Shape("sequence", (2 * length + delay + 1, 1), "classes", symbols + 1, rows, tokens=symbols + 2, per_step=True)


def vocabulary(settings: Settings) -> tuple[str, ...]:
    """A blank, letters, and the signal to begin."""
    return ("·", *(chr(ord("a") + place) for place in range(int(settings["symbols"]))), "?")  # type: ignore[arg-type]


def baseline(settings: Settings) -> Baseline:
    """Right at all blanks, and by luck at the symbols."""
    length, symbols, steps = int(settings["length"]), int(settings["symbols"]), shape(settings).input[0]  # type: ignore[arg-type]
    return Baseline("accuracy", (steps - length + length / symbols) / steps, "saying blanks, then symbols at random")


DATASET = Dataset(
    name="copy",
    title="Copy task",
    summary="Symbols, a pause, a signal: then the net must say the symbols in the same order. At all other steps it says a blank.",
    fields=(
        sequences(5000),
        Field("length", "int", 5, "Symbols to copy", "How many symbols there are to remember.", 1, 20, unit="symbols"),
        Field("delay", "int", 10, "Pause", "Blank steps between the last symbol and the signal.", 0, 200, unit="steps"),
        Field("symbols", "int", 8, "Alphabet", "How many different symbols there are.", 2, 20, unit="symbols"),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    feature_names=("symbol",),
    vocabulary=vocabulary,
    baseline=baseline,
    order=27,
)
