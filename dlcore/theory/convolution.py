"""The arithmetic of convolutional layers: sizes, weights, what a unit sees, and the values themselves.

Images are (height, width, channels), filters (side, side, channels, filters), as Keras has them. A filter is not flipped: what the field
calls convolution is, strictly, cross-correlation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Pooling = Literal["max", "average"]


# Filters of 3×3 whose work can be seen: Sobel's for edges, Laplace's for outlines, means.
FILTERS = {
    "upright edges": [[1, 0, -1], [2, 0, -2], [1, 0, -1]], "level edges": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], "mean": [[1 / 9] * 3] * 3, "sharper": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "nothing changed": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """A convolution, or a pooling where `filters` is 0. side F, stride S, padding P (zeros on each side), all in pixels.

    dilation: distance between neighbouring weights of a filter, 1 where they touch (Yu & Koltun 2016).
    """

    side: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    filters: int = 0

    @property
    def reach(self) -> int:
        """Pixels that a filter spans: dilation · (F − 1) + 1."""
        return self.dilation * (self.side - 1) + 1


@dataclass(frozen=True)
class Volume:
    """What a layer makes of a square image. side, depth: of its output; whole: the filter ends flush with the border.

    parameters: weights and biases, shared by all places; unshared: were each place to have its own. macs: multiplications with an
    addition. left_over: pixels at the border, zeros included, that no filter reaches.
    """

    side: int
    depth: int
    neurons: int
    parameters: int
    unshared: int
    macs: int
    whole: bool
    left_over: int


def places(size: int, layer: Layer) -> int:
    """⌊(W − F + 2P) / S⌋ + 1: how often the filter fits along `size` pixels; 0 where it does not fit at all (Dumoulin & Visin 2016)."""
    room = size - layer.reach + 2 * layer.padding
    return room // layer.stride + 1 if room >= 0 else 0


def volume(size: int, channels: int, layer: Layer) -> Volume:
    """What a layer makes of `channels` channels of size × size pixels. A pooling keeps the channels and has no weights."""
    side, depth = places(size, layer), layer.filters or channels
    left = (size - layer.reach + 2 * layer.padding) % layer.stride if side else 0
    neurons = side * side * depth
    if not layer.filters:
        return Volume(side, depth, neurons, 0, 0, 0, left == 0 and side > 0, left)
    window = layer.side**2 * channels
    return Volume(
        side, depth, neurons, depth * (window + 1), neurons * (window + 1), neurons * window, left == 0 and side > 0, left
    )  # fmt: skip


def repeated(size: int, channels: int, layer: Layer, count: int) -> list[Volume]:
    """So many layers of one kind behind each other; fewer, where nothing is left for the next one."""
    found: list[Volume] = []
    while len(found) < count and places(size, layer):
        found.append(volume(size, channels, layer))
        size, channels = found[-1].side, found[-1].depth
    return found


def receptive_fields(layers: Iterable[Layer]) -> list[int]:
    """After each layer, the side of the square of input pixels that one unit sees, were the image endless (Araujo and others 2019).

    r ← r + (reach − 1) · j, then j ← j · S, from r = j = 1; j is the distance of neighbouring units in input pixels.
    """
    field, apart, found = 1, 1, []
    for layer in layers:
        field += (layer.reach - 1) * apart
        apart *= layer.stride
        found.append(field)
    return found


def seen_units(layers: Iterable[Layer]) -> list[int]:
    """How many units of each level, in one direction, one unit of the last layer sees: the input first, 1 last."""
    found = [1]
    for layer in reversed(list(layers)):
        found.append((found[-1] - 1) * layer.stride + layer.reach)
    return found[::-1]


def dense_parameters(size: int, channels: int, units: int) -> int:
    """Weights and biases of a dense layer that reads a whole image of size × size pixels."""
    return (size * size * channels + 1) * units


def windows(image: np.ndarray, layer: Layer, fill: float = 0.0) -> np.ndarray:
    """What the filter lies over at each place: (rows, columns, side, side, channels). Outside the image is `fill`."""
    p = layer.padding
    padded = np.pad(image, ((p, p), (p, p), (0, 0)), constant_values=fill)
    if min(padded.shape[:2]) < layer.reach:
        raise ValueError(f"a filter that spans {layer.reach} pixels does not fit into {padded.shape[0]}×{padded.shape[1]}")
    seen = np.lib.stride_tricks.sliding_window_view(padded, (layer.reach, layer.reach), axis=(0, 1))
    return np.moveaxis(seen[:: layer.stride, :: layer.stride, :, :: layer.dilation, :: layer.dilation], 2, -1)


def convolve(image: np.ndarray, filters: np.ndarray, bias: np.ndarray, layer: Layer) -> np.ndarray:
    """The sums at each place, (rows, columns, filters), before any activation."""
    return np.tensordot(windows(image, layer), filters, axes=3) + bias


def pool(image: np.ndarray, side: int, stride: int = 0, kind: Pooling = "max") -> np.ndarray:
    """The largest or the mean of each square of side × side pixels, channel by channel; stride 0: as the side."""
    seen = windows(image, Layer(side, stride or side))
    return np.asarray(seen.max(axis=(2, 3)) if kind == "max" else seen.mean(axis=(2, 3)))


def relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0)


def squares(size: int, layer: Layer, down: int, across: int) -> tuple[int, int, int]:
    """Where the filter lies at one place: its upper and left pixel (negative in the padding), and the pixels it spans."""
    return down * layer.stride - layer.padding, across * layer.stride - layer.padding, layer.reach


def halvings(size: int) -> int:
    """How often a size can be halved without a rest: 224 five times, 227 never."""
    return (size & -size).bit_length() - 1 if size else 0


def equal_width(size: int, channels: int, classes: int, parameters: int) -> int:
    """Units of the one hidden layer with which a dense net comes closest to `parameters` weights and biases."""
    # (inputs + 1) · h + (h + 1) · classes = parameters, solved for h.
    width = (parameters - classes) / (size * size * channels + 1 + classes)
    return max(1, math.floor(width + 0.5))
