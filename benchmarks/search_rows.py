"""What the search benchmark searches: three nets, three searches each, on synthetic data that both sides make from the same numbers."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

TRAINING, VALIDATION, CLASSES = 20_000, 4_000, 10
EPOCHS, BATCH = 3, 64
RATES, DROPOUTS = (1e-4, 1e-1), (0.0, 0.5)
RATE, DROPOUT = 1e-3, 0.2  # where they are not searched
INITIALIZERS = (
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
    "random_uniform", "random_normal", "orthogonal",
)  # fmt: skip
ACTIVATIONS = ("relu", "tanh", "elu")


@dataclass(frozen=True, slots=True)
class Net:
    """kind: "mlp" (`units` of its hidden layers) or "cnn" (`units`: filters of its 3×3 convolutions, each with 2×2 max pooling after it).

    goal: how many times the trials per hour of stock keras-tuner the lab is to reach.
    """

    name: str
    kind: str
    input: tuple[int, ...]
    units: tuple[int, ...]
    goal: float


@dataclass(frozen=True, slots=True)
class Row:
    """One search over one net. varies: "learning rate", "initialisation" or "dropout"."""

    net: Net
    varies: str

    @property
    def name(self) -> str:
        return f"{self.net.name}, {self.varies}"


NETS = (
    Net("64 units", "mlp", (784,), (64,), 9.0),
    Net("256 units", "mlp", (784,), (256,), 7.0),
    Net("cnn", "cnn", (28, 28, 1), (16, 32), 1.5),
)
ROWS = {row.name: row for row in (Row(net, varies) for net in NETS for varies in ("learning rate", "initialisation", "dropout"))}


def arrays(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """x float32 (24000, *input) and y int64 (24000,): standard normal around a mean per class, the last 4,000 rows for validation."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, CLASSES, TRAINING + VALIDATION)
    means = draw.standard_normal((CLASSES, *net.input), dtype="float32")
    x = draw.standard_normal((len(y), *net.input), dtype="float32")
    x += np.float32(0.05) * means[y]
    return x, y.astype("int64")


def register() -> None:
    """Put the data of all nets into the room of data sets, for this process. A process that cannot import the lab is left alone."""
    try:
        from dlcore import registry
        from dlcore.specs import Dataset, Shape
    except ImportError:
        return

    for net in NETS:
        shape = Shape("vector" if net.kind == "mlp" else "image", net.input, "classes", CLASSES, TRAINING + VALIDATION)
        spec = Dataset(dataset_name(net), net.name, "Synthetic.", (), _same(shape), _loading(net), scaling="none")
        registry.built_in("datasets")[spec.name] = spec


def keep(net: Net) -> None:
    """Write the net's arrays to a file, as a data set that was downloaded lies there."""
    x, y = arrays(net)
    np.savez(file_of(net), x=x, y=y)


def file_of(net: Net) -> Path:
    return Path(os.environ["DLCORE_HOME"]) / f"{dataset_name(net)}.npz"


def dataset_name(net: Net) -> str:
    return f"benchmark_{net.name.replace(' ', '_')}"


def _same(shape: Any) -> Callable[[Any], Any]:
    return lambda settings: shape


def _loading(net: Net) -> Callable[..., dict[str, Any]]:
    def load(**_: Any) -> dict[str, Any]:
        # Stock keras-tuner's process has its arrays in memory before it is timed; the lab's workers read them from a file meanwhile.
        with np.load(file_of(net)) as kept:
            return {"x": kept["x"], "y": kept["y"]}

    return load
