"""How t-SNE (van der Maaten & Hinton 2008) weighs neighbours: a normal curve around each point, as wide as the perplexity asks."""

from __future__ import annotations

import numpy as np

HALVINGS = 100


def affinities(squared: np.ndarray, perplexity: float) -> tuple[np.ndarray, float]:
    """Weights p (n,) of a point's n neighbours at squared distances (n,), adding up to 1, and the width σ of the normal curve.

    p_j ∝ exp(−d_j² / 2σ²), with σ such that 2 to the entropy of p (in bits) is the perplexity, found by bisection. A perplexity of n
    or more cannot be had: then σ is very large and the weights are equal.
    """
    near, far = -30.0, 30.0  # logarithm of σ, in units of the mean distance
    unit = float(np.sqrt(np.mean(squared))) or 1.0
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        if effective(weights(squared, unit * np.exp(middle))) < perplexity:
            near = middle
        else:
            far = middle
    sigma = float(unit * np.exp((near + far) / 2))
    return weights(squared, sigma), sigma


def weights(squared: np.ndarray, sigma: float) -> np.ndarray:
    """exp(−d² / 2σ²) at squared distances (n,), scaled to add up to 1."""
    exponent = -squared / (2 * sigma**2)
    raised = np.exp(exponent - exponent.max())
    return raised / raised.sum()


def effective(p: np.ndarray) -> float:
    """The perplexity of weights: 2 to their entropy in bits; n for n equal ones."""
    known = p[p > 0]
    return float(np.exp(-np.sum(known * np.log(known))))


def clumps(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three clumps of 30 points in the plane, one tight, one wide, one between: points (90, 2) and the clump of each (90,)."""
    draw = np.random.default_rng(seed)
    centres, widths = np.array([[-2.0, 1.0], [2.0, 1.2], [0.2, -1.8]]), np.array([0.2, 0.9, 0.5])
    which = np.repeat(np.arange(3), 30)
    return centres[which] + draw.normal(size=(90, 2)) * widths[which, None], which
