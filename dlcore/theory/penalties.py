"""What penalties do to two weights of a quadratic loss L(w) = ½(w − w*)ᵀH(w − w*), whose best weights without a penalty are w*.

L1 (lasso, Tibshirani 1996) adds λΣ|w|, L2 (ridge, Hoerl & Kennard 1970) λΣw², elastic net (Zou & Hastie 2005) both. Decoupled weight
decay (Loshchilov & Hutter 2019) adds nothing to the loss: each step multiplies the weights by 1 − rate · λ.
"""

from __future__ import annotations

import numpy as np

BEST = np.array([1.6, 0.5])
CURVATURE = np.array([[1.0, 0.45], [0.45, 0.8]])


def loss(w: np.ndarray, l1: float = 0.0, l2: float = 0.0) -> np.ndarray:
    """L(w) + l1·Σ|w| + l2·Σw² for weights of shape (…, 2)."""
    away = w - BEST
    return np.einsum("...i,ij,...j->...", away, CURVATURE, away) / 2 + l1 * np.abs(w).sum(-1) + l2 * np.square(w).sum(-1)


def solution(l1: float, l2: float) -> np.ndarray:
    """The weights (2,) of least penalised loss, by coordinate descent with soft thresholds (Friedman, Hastie & Tibshirani 2010)."""
    w = BEST.copy()
    pull = CURVATURE @ BEST
    for _ in range(200):
        before = w.copy()
        for one in range(2):
            rest = pull[one] - CURVATURE[one] @ w + CURVATURE[one, one] * w[one]
            w[one] = soft(rest, l1) / (CURVATURE[one, one] + 2 * l2)
        if np.abs(w - before).max() < 1e-12:
            break
    return w


def soft(value: np.ndarray | float, threshold: float) -> np.ndarray:
    """Moves towards 0 by the threshold, and stays at 0 when it gets there."""
    return np.sign(value) * np.maximum(np.abs(value) - threshold, 0.0)


def trail(kind: str, strengths: np.ndarray) -> np.ndarray:
    """The solutions (n, 2) as λ grows. kind: "l1", "l2", or "elastic" (half of λ to each)."""
    shares = {"l1": (1.0, 0.0), "l2": (0.0, 1.0), "elastic": (0.5, 0.5)}[kind]
    return np.array([solution(shares[0] * strength, shares[1] * strength) for strength in strengths])


def adam_shrinks(gradient_size: float, strength: float, rate: float, steps: int, decoupled: bool) -> np.ndarray:
    """A weight that begins at 1, (steps + 1,), when its gradient is noise of that size and Adam trains it with a decay of `strength`.

    L2 puts 2λw into the gradient, where Adam divides it by the gradient's size: weights with large gradients hardly shrink. Decoupled
    decay shrinks every weight alike.
    """
    draw = np.random.default_rng(0)
    w, m, v, kept = 1.0, 0.0, 0.0, [1.0]
    for t in range(1, steps + 1):
        g = gradient_size * draw.standard_normal() + (0.0 if decoupled else 2 * strength * w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        w -= rate * strength * w if decoupled else 0.0
        kept.append(w)
    return np.array(kept)


def ellipse(level: float, points: int = 90) -> np.ndarray:
    """Weights (points, 2) at which the loss without a penalty is `level` (≥ 0): a closed curve around the best ones."""
    angle = np.linspace(0, 2 * np.pi, points)
    values, vectors = np.linalg.eigh(CURVATURE)
    return BEST + np.sqrt(2 * level / values) * np.stack([np.cos(angle), np.sin(angle)], axis=1) @ vectors.T


def ball(kind: str, through: np.ndarray, points: int = 91) -> np.ndarray:
    """Weights (points, 2) with the same penalty as `through` (2,): a diamond for "l1", a circle for "l2", between them for "elastic"."""
    angle = np.linspace(0, 2 * np.pi, points)
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    one, two = np.abs(way).sum(axis=1), np.ones(points)
    if kind == "l2":
        return way * np.linalg.norm(through)
    if kind == "l1":
        return way * (np.abs(through).sum() / one)[:, None]
    # Half of each: r·Σ|u| + r² = Σ|w| + Σw², solved for r along each direction.
    total = np.abs(through).sum() + np.square(through).sum()
    return way * ((-one + np.sqrt(one**2 + 4 * two * total)) / 2)[:, None]
