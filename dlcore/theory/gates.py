"""The cells of LSTM, GRU and a simple recurrent net in NumPy, with the layout of Keras's weights, and their gradient through time.

LSTM: Hochreiter & Schmidhuber (1997), with the forget gate of Gers, Schmidhuber & Cummins (2000). GRU: Cho et al. (2014); Keras
applies the reset gate after the matrix product (`reset_after=True`), the paper before it: both are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

CELLS = ("simple", "lstm", "gru")
PARTS = {"simple": ("h",), "lstm": ("i", "f", "c", "o"), "gru": ("z", "r", "h")}
"""What the columns of the weights belong to, in Keras's order: input, forget, candidate, output; update, reset, candidate."""


@dataclass(frozen=True)
class Weights:
    """kernel (inputs, parts · units), recurrent (units, parts · units), bias (parts · units,), or (2, parts · units) for a GRU with
    reset_after: the second row is added to the recurrent part."""

    cell: str
    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray
    reset_after: bool = True

    @property
    def units(self) -> int:
        return len(self.recurrent)


@dataclass(frozen=True)
class Trace:
    """h (steps, units): the outputs. gates: name → (steps, units): the gates' values ("i", "f", "o" or "z", "r"), the candidate ("g"),
    and the LSTM's cell ("c")."""

    h: np.ndarray
    gates: Mapping[str, np.ndarray]


def drawn(cell: str, inputs: int, units: int, *, keep_bias: float | None = None, seed: int = 0) -> Weights:
    """Weights as Keras starts them: Glorot's uniform kernel, orthogonal recurrent weights, biases 0 but for the gate that keeps.

    keep_bias: of the LSTM's forget gate (None: 1, Keras's `unit_forget_bias`) or of the GRU's update gate (None: 0, as Keras has it).
    """
    draw, parts = np.random.default_rng(seed), len(PARTS[cell])
    limit = np.sqrt(6 / (inputs + parts * units))
    kernel = draw.uniform(-limit, limit, (inputs, parts * units))
    recurrent = np.linalg.qr(draw.standard_normal((parts * units, units)))[0].T
    bias = np.zeros((2, parts * units) if cell == "gru" else parts * units)
    if cell == "lstm":
        bias[units : 2 * units] = 1.0 if keep_bias is None else keep_bias
    if cell == "gru":
        bias[0, :units] = keep_bias or 0.0
    return Weights(cell, kernel, recurrent, bias)


def run(weights: Weights, x: np.ndarray) -> Trace:
    """All states for the inputs x (steps, inputs), from a state of zeros."""
    h, c = np.zeros(weights.units), np.zeros(weights.units)
    outputs, parts = [], []
    for given in x:
        h, c, now = step(weights, given, h, c)
        outputs.append(h)
        parts.append(now)
    return Trace(np.array(outputs), {name: np.array([now[name] for now in parts]) for name in (parts[0] if parts else {})})


def input_gradients(weights: Weights, x: np.ndarray, top: np.ndarray) -> np.ndarray:
    """∂L/∂x_t (steps, inputs) when ∂L/∂h of the last step is `top` (units,): backpropagation through time."""
    trace = run(weights, x)
    before = np.concatenate([np.zeros((1, weights.units)), trace.h[:-1]])
    dh, dc = np.array(top, float), np.zeros(weights.units)
    found = np.zeros(x.shape)
    for t in reversed(range(len(x))):
        now = {name: values[t] for name, values in trace.gates.items()}
        cells = trace.gates["c"][t - 1] if weights.cell == "lstm" and t else np.zeros(weights.units)
        found[t], dh, dc = _BACK[weights.cell](weights, now, before[t], cells, dh, dc)
    return found


def reach(weights: Weights, x: np.ndarray, top: np.ndarray) -> np.ndarray:
    """‖∂L/∂x_{T−k}‖ for k = 0, 1, … steps back, over that of the last step: (steps,)."""
    norms = np.linalg.norm(input_gradients(weights, x, top), axis=1)[::-1]
    return np.asarray(norms / norms[0])


def _split(weights: Weights, values: np.ndarray) -> list[np.ndarray]:
    return np.split(values, len(PARTS[weights.cell]), axis=-1)


def step(weights: Weights, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    bias = weights.bias
    if weights.cell == "simple":
        out = np.tanh(x @ weights.kernel + h @ weights.recurrent + bias)
        return out, c, {"g": out}
    if weights.cell == "lstm":
        i, f, g, o = _split(weights, x @ weights.kernel + h @ weights.recurrent + bias)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        c = f * c + i * g
        return o * np.tanh(c), c, {"i": i, "f": f, "o": o, "g": g, "c": c}
    first, second = (bias[0], bias[1]) if bias.ndim == 2 else (bias, np.zeros_like(bias))
    xz, xr, xg = _split(weights, x @ weights.kernel + first)
    hz, hr, hg = _split(weights, h @ weights.recurrent + second)
    z, r = _sigmoid(xz + hz), _sigmoid(xr + hr)
    g = np.tanh(xg + (r * hg if weights.reset_after else (r * h) @ _split(weights, weights.recurrent)[2] + _split(weights, second)[2]))
    return z * h + (1 - z) * g, c, {"z": z, "r": r, "g": g}


Back = tuple[np.ndarray, np.ndarray, np.ndarray]


def _simple_back(
    weights: Weights, now: Mapping[str, np.ndarray], h: np.ndarray, c: np.ndarray, dh: np.ndarray, dc: np.ndarray
) -> Back:  # fmt: skip
    da = dh * (1 - now["g"] ** 2)
    return weights.kernel @ da, weights.recurrent @ da, dc


def _lstm_back(
    weights: Weights, now: Mapping[str, np.ndarray], h: np.ndarray, c: np.ndarray, dh: np.ndarray, dc: np.ndarray
) -> Back:  # fmt: skip
    i, f, o, g = now["i"], now["f"], now["o"], now["g"]
    squashed = np.tanh(now["c"])
    dc = dc + dh * o * (1 - squashed**2)
    da = np.concatenate([dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh * squashed * o * (1 - o)])
    return weights.kernel @ da, weights.recurrent @ da, dc * f


def _gru_back(
    weights: Weights, now: Mapping[str, np.ndarray], h: np.ndarray, c: np.ndarray, dh: np.ndarray, dc: np.ndarray
) -> Back:  # fmt: skip
    z, r, g = now["z"], now["r"], now["g"]
    of_z, of_r, of_g = _split(weights, weights.recurrent)
    second = _split(weights, weights.bias[1])[2] if weights.bias.ndim == 2 else 0.0
    dz, dg = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g**2)
    if weights.reset_after:
        dr = dg * (h @ of_g + second) * r * (1 - r)
        through = of_g @ (dg * r)
    else:
        dr = (of_g @ dg) * h * r * (1 - r)
        through = (of_g @ dg) * r
    return weights.kernel @ np.concatenate([dz, dr, dg]), dh * z + of_z @ dz + of_r @ dr + through, dc


_BACK = {"simple": _simple_back, "lstm": _lstm_back, "gru": _gru_back}


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray((1 + np.tanh(z / 2)) / 2)
