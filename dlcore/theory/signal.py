"""A signal on its way through a net that has not been trained: how large it and its gradient are in each layer.

The net: `depth` dense layers of `width` units, inputs standard normal. Initialisers have the formulas of Keras: Glorot & Bengio (2010),
He et al. (2015), LeCun et al. (1998), orthogonal (Saxe, McClelland & Ganguli 2014), sparse (Martens 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dlcore.theory.activations import Activation
from dlcore.theory.activations import activation as find_activation

ROWS = 64
# A normal distribution cut at two deviations has 0.8796 of its deviation; Keras divides by that.
CUT = 0.87962566103423978


@dataclass(frozen=True)
class Signal:
    """forward (depth + 1,): root mean square of the inputs and of each layer's outputs. backward (depth,): of the loss's gradient with
    respect to each layer's weighted sums, when the gradient that enters at the top has a root mean square of 1.

    distinct (depth,): how many units of a layer have incoming weights that no other unit has. silent (depth,): share of units that
    put out 0, and pass no gradient, for every one of the examples.
    """

    forward: np.ndarray
    backward: np.ndarray
    distinct: np.ndarray
    silent: np.ndarray


@lru_cache(maxsize=64)
def propagate(
    *, depth: int, width: int, activation: str, initializer: str, scale: float = 0.0, connections: int = 15, bias: float = 0.0,
    slope: float = 0.01, seed: int = 0,
) -> Signal:  # fmt: skip
    """One forward and one backward pass of 64 examples. scale: as `weights` has it; bias: of every unit."""
    draw = np.random.default_rng(seed)
    kind = find_activation(activation, slope)
    x = draw.standard_normal((ROWS, width))
    forward, sums, kernels, silent = [_rms(x)], [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(depth):
            kernels.append(weights(initializer, width, width, draw, scale, connections))
            sums.append(x @ kernels[-1] + bias)
            x = kind.f(sums[-1])
            forward.append(_rms(x))
            quiet = (np.abs(x) < 1e-12).all(axis=0) & (np.abs(kind.derivative(sums[-1])) < 1e-12).all(axis=0)
            silent.append(float(quiet.mean()))
        backward = [_rms(one) for one in gradients(kernels, sums, kind, draw.standard_normal(x.shape))]
    distinct = [_distinct(kernel) for kernel in kernels]
    return Signal(np.array(forward), np.array(backward), np.array(distinct), np.array(silent))


def silent(biases: np.ndarray, *, depth: int, width: int, activation: str, initializer: str, seed: int = 0) -> np.ndarray:
    """`Signal.silent` for many biases (n,) of the same net side by side: shares (n, depth)."""
    draw = np.random.default_rng(seed)
    kind = find_activation(activation)
    x = np.broadcast_to(draw.standard_normal((ROWS, width)), (len(biases), ROWS, width))
    shares = []
    for _ in range(depth):
        sums = x @ weights(initializer, width, width, draw) + np.reshape(biases, (-1, 1, 1))
        x = kind.f(sums)
        shares.append(((np.abs(x) < 1e-12) & (np.abs(kind.derivative(sums)) < 1e-12)).all(axis=1).mean(axis=1))
    return np.stack(shares, axis=1)


def gradients(kernels: Sequence[np.ndarray], sums: Sequence[np.ndarray], kind: Activation, top: np.ndarray) -> list[np.ndarray]:
    """The gradient (rows, units) with respect to each layer's weighted sums, first layer first; top: with respect to the last outputs."""
    found = []
    for kernel, total in zip(reversed(kernels), reversed(sums), strict=True):
        found.append(top * kind.derivative(total))
        top = found[-1] @ kernel.T
    return found[::-1]


def weights(name: str, inputs: int, units: int, draw: np.random.Generator, scale: float = 0.0, connections: int = 15) -> np.ndarray:
    """The kernel (inputs, units) as the initialiser of that name draws it; KeyError for an unknown one.

    scale 0 is its own default: constant 0.1, standard deviation 0.05, limit 0.05, gain 1, sparse √(2 / connections).
    """
    return INITIALIZERS[name](inputs, units, draw, scale, connections)


def _distinct(kernel: np.ndarray) -> int:
    """How many columns are different from each other, to the last bit."""
    return len({column.tobytes() for column in np.ascontiguousarray(kernel.T + 0.0)})  # + 0.0: −0 is 0


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _variance(way: str, cut: bool, factor: float) -> Callable[..., np.ndarray]:
    """Variance factor / fan: of a cut normal distribution, or of a uniform one of limit √(3 · variance)."""

    def draw_it(inputs: int, units: int, draw: np.random.Generator, scale: float, connections: int) -> np.ndarray:
        fan = inputs if way == "in" else (inputs + units) / 2
        variance = factor / fan
        if cut:
            return _cut_normal(draw, (inputs, units)) * np.sqrt(variance) / CUT
        return draw.uniform(-1, 1, (inputs, units)) * np.sqrt(3 * variance)

    return draw_it


def _cut_normal(draw: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Standard normal numbers, those beyond two deviations drawn again."""
    found = draw.standard_normal(shape)
    while (beyond := np.abs(found) > 2).any():
        found[beyond] = draw.standard_normal(int(beyond.sum()))
    return found


def _orthogonal(inputs: int, units: int, draw: np.random.Generator, scale: float, connections: int) -> np.ndarray:
    q, r = np.linalg.qr(draw.standard_normal((max(inputs, units), min(inputs, units))))
    q = q * np.sign(np.diag(r))
    return (scale or 1.0) * (q if inputs >= units else q.T)


def _sparse(inputs: int, units: int, draw: np.random.Generator, scale: float, connections: int) -> np.ndarray:
    count = min(connections, inputs)
    chosen = np.argsort(draw.random((inputs, units)), axis=0)[:count]
    found = np.zeros((inputs, units))
    np.put_along_axis(found, chosen, (scale or np.sqrt(2 / connections)) * draw.standard_normal((count, units)), axis=0)
    return found


INITIALIZERS: dict[str, Callable[..., np.ndarray]] = {
    "zeros": lambda i, u, draw, scale, k: np.zeros((i, u)),
    "constant": lambda i, u, draw, scale, k: np.full((i, u), scale or 0.1),
    "random_normal": lambda i, u, draw, scale, k: draw.normal(0, scale or 0.05, (i, u)),
    "random_uniform": lambda i, u, draw, scale, k: draw.uniform(-(scale or 0.05), scale or 0.05, (i, u)),
    "glorot_uniform": _variance("mean", False, 1.0),
    "glorot_normal": _variance("mean", True, 1.0),
    "he_uniform": _variance("in", False, 2.0),
    "he_normal": _variance("in", True, 2.0),
    "lecun_uniform": _variance("in", False, 1.0),
    "lecun_normal": _variance("in", True, 1.0),
    "orthogonal": _orthogonal,
    "martens_sparse": _sparse,
}
