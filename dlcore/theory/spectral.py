"""How large a gradient is on its way back through time, for recurrent weights of a given spectral radius.

h_t = f(W h_{t−1} + e_t), f = tanh or the identity, e_t drawn from a normal distribution. Bengio, Simard & Frasconi (1994); Pascanu,
Mikolov & Bengio (2013). Why eigenvalues do not tell the whole: Trefethen & Embree (2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WIDTH = 32


@dataclass(frozen=True)
class Flow:
    """norms (steps + 1,): ‖∂L/∂h_{T−k}‖ for k = 0, 1, … steps back, the first one 1. weights: ‖∂L/∂W‖, the sum over all steps.

    states (steps + 1,): root mean square of h_0 … h_T.
    """

    norms: np.ndarray
    weights: float
    states: np.ndarray


def matrix(radius: float, shear: float = 0.0, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    """Recurrent weights (width, width), width even, whose eigenvalues all have the magnitude `radius`.

    shear 0: `radius` times an orthogonal matrix, which is normal: it turns, and stretches all directions alike. Above 0: the same
    eigenvalues, and directions that feed into each other (a strictly upper part of the real Schur form, entries of deviation
    shear / √width): not normal.
    """
    draw = np.random.default_rng(seed)
    turned = np.zeros((width, width))
    for place in range(0, width, 2):
        angle = draw.uniform(0, np.pi)
        turned[place : place + 2, place : place + 2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    fed = np.triu(draw.standard_normal((width, width)), 1) * shear / np.sqrt(width)
    fed[np.arange(0, width, 2), np.arange(1, width, 2)] = 0.0
    basis = np.linalg.qr(draw.standard_normal((width, width)))[0]
    return np.asarray(basis @ (radius * turned + fed) @ basis.T)


def flow(weights: np.ndarray, steps: int, *, tanh: bool, drive: float = 0.5, seed: int = 0, top: np.ndarray | None = None) -> Flow:
    """One pass forward over `steps` random inputs of deviation `drive`, and one back from the last state.

    top: the gradient that enters at the last state, (width,), a random direction of length 1 where None. Numbers that leave the range of
    floats become infinite.
    """
    width = len(weights)
    draw = np.random.default_rng([seed, 1])
    h = np.zeros((steps + 1, width))
    gradient = draw.standard_normal(width) if top is None else np.asarray(top, float)
    gradient = gradient / np.linalg.norm(gradient) if top is None else gradient
    norms, total = [np.linalg.norm(gradient)], np.zeros_like(weights)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            summed = weights @ h[t] + drive * draw.standard_normal(width)
            h[t + 1] = np.tanh(summed) if tanh else summed
        for t in range(steps, 0, -1):
            arriving = gradient * (1 - h[t] ** 2) if tanh else gradient
            total += np.outer(arriving, h[t - 1])
            gradient = weights.T @ arriving
            norms.append(np.linalg.norm(gradient))
        return Flow(np.array(norms), float(np.linalg.norm(total)), np.sqrt((h**2).mean(axis=1)))


def clipped(norm: float, limit: float) -> float:
    """The length of a gradient after clipping by norm: it keeps its direction and is at most `limit` long (0: no clipping)."""
    return min(norm, limit) if limit > 0 else norm


def transient(weights: np.ndarray, steps: int) -> np.ndarray:
    """‖Wᵏ‖₂ for k = 0 … steps: the most that k steps of a linear net can stretch any gradient."""
    found, power = [1.0], np.eye(len(weights))
    for _ in range(steps):
        power = weights @ power
        found.append(float(np.linalg.norm(power, 2)))
    return np.array(found)
