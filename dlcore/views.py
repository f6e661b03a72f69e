"""What a running net looks like beyond its curves: its mistakes, its predictions, what it makes of the plane, its weights.

A worker computes a view at the end of an epoch (engine/views.py), the store keeps the newest, the app draws it. NumPy only, no Keras.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import Damaged

ROWS = 1000
MISTAKES = 24
PREDICTIONS = 500
POINTS = 500
SIDE = 64
UNITS = 16
KERNEL = "kernel/"

Numbers = NDArray[Any]


@dataclass(frozen=True)
class View:
    """A net after `epoch` full epochs and `step` steps. What does not apply to its task or its layers is None.

    rows: how many rows were looked at, the first of the validation set, or of the training set where there is no validation
    (`is_validation` False); at most `ROWS`, and at first fewer where the net is slow.

    Classes, binary ones too: confusion int32 (classes, classes), true class by row, predicted by column. mistakes int32 (n,): row numbers
    within that set, worst first (the highest probability on a wrong class), at most `MISTAKES`, fewer where rows are large; mistake_true,
    mistake_predicted int32 (n,) class numbers; mistake_probability float32 (n,), what the net gave the predicted class (NaN where it
    gives scores, with hinge loss); mistake_inputs (n, *shape.input), raw as the data set has them: uint8 where it has bytes, else float32.
    Where each step of a sequence has a target, steps count like rows: in confusion (no mistakes then), in true and predicted.
    Regression: true, predicted float32 (m, outputs), m at most `PREDICTIONS`.
    Two input features: grid float16 (SIDE, SIDE, outputs), the net's outputs at the centres of the cells that divide `extent`: grid[i, j]
    is at the j-th first feature and the i-th second one, both ascending. extent float64 (4,): lowest and highest first feature, lowest and
    highest second, in raw units, 15 % beyond the data. points float32 (p, 2): raw rows of training and validation, at most `POINTS`;
    point_labels (p,) int32 class numbers, or (p, outputs) float32 targets; point_is_validation bool (p,).
    Weights: kernels, by name of the dense layer, float16 (inputs, units), the units `shown(n, UNITS)` of each side. filters float16
    (height, width, channels, n): those of the first convolution, `shown(filters, UNITS)`.
    """

    epoch: int
    step: int
    rows: int = 0
    is_validation: bool = True
    confusion: Numbers | None = None
    mistakes: Numbers | None = None
    mistake_true: Numbers | None = None
    mistake_predicted: Numbers | None = None
    mistake_probability: Numbers | None = None
    mistake_inputs: Numbers | None = None
    true: Numbers | None = None
    predicted: Numbers | None = None
    grid: Numbers | None = None
    extent: Numbers | None = None
    points: Numbers | None = None
    point_labels: Numbers | None = None
    point_is_validation: Numbers | None = None
    filters: Numbers | None = None
    kernels: Mapping[str, Numbers] = field(default_factory=dict)


_NUMBERS = {"epoch": int, "step": int, "rows": int, "is_validation": bool}
_ARRAYS = tuple(own.name for own in fields(View) if own.name not in {*_NUMBERS, "kernels"})


def shown(count: int, most: int) -> NDArray[np.int64]:
    """Which of `count` units are shown where there is room for `most`: evenly picked, ascending, first and last among them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)


def pack(view: View) -> bytes:
    """The view as the bytes of a compressed .npz, which `unpack` reads."""
    arrays = {name: np.asarray(getattr(view, name)) for name in _NUMBERS}
    arrays |= {name: getattr(view, name) for name in _ARRAYS if getattr(view, name) is not None}
    arrays |= {f"{KERNEL}{layer}": kernel for layer, kernel in view.kernels.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return buffer.getvalue()


def unpack(data: bytes) -> View:
    """The view in the bytes that `pack` made, its arrays read-only; `Damaged` when they are not whole."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        for array in arrays.values():
            array.flags.writeable = False
        numbers = {name: kind(arrays[name]) for name, kind in _NUMBERS.items()}
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, TypeError) as error:
        raise Damaged(f"This view of a net is damaged: {error}.", "The next one replaces it.") from None
    kernels = {name.removeprefix(KERNEL): array for name, array in arrays.items() if name.startswith(KERNEL)}
    return View(**numbers, kernels=kernels, **{name: arrays[name] for name in _ARRAYS if name in arrays})
