"""The perceptron, by three learning rules.

"rosenblatt" (Rosenblatt 1958): o = 1 where w·x + b ≥ 0, else 0; Δw = ε(t − o)x, Δb = ε(t − o). On separable data it makes a bounded
number of mistakes (Novikoff 1962).
"delta" (Widrow & Hoff 1960, for a sigmoid unit): o = σ(w·x + b); Δw = ε(t − o)o(1 − o)x, Δb = ε(t − o)o(1 − o), the gradient of the
squared error.
"misprint": as some notes print it, with the threshold unit: Δw = ε(t − o)o·x, Δb = ε(t − o)·b. It cannot learn where o = 0, and a bias
of 0 stays 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RULES = ("rosenblatt", "delta", "misprint")


@dataclass(frozen=True)
class Path:
    """What learning did. weights (steps + 1, inputs), biases (steps + 1,): before the first step and after each; one step is one example.

    mistakes (epochs + 1,): examples that the thresholded unit gets wrong, before the first epoch and after each.
    """

    weights: np.ndarray
    biases: np.ndarray
    mistakes: np.ndarray


def output(x: np.ndarray, weights: np.ndarray, bias: np.ndarray | float, rule: str = "rosenblatt") -> np.ndarray:
    """The unit's output for inputs x (…, inputs): σ(w·x + b) in (0, 1) for the delta rule, else 0.0 or 1.0."""
    total = (x * weights).sum(-1) + bias
    # tanh(z / 2) instead of exp(−z): no overflow.
    return (1 + np.tanh(total / 2)) / 2 if rule == "delta" else (total >= 0).astype(float)


def update(
    rule: str, rate: float, x: np.ndarray, target: np.ndarray | float, weights: np.ndarray, bias: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias after one example; leading axes are learners of their own. ValueError for an unknown rule."""
    if rule not in RULES:
        raise ValueError(f"rule = {rule!r} is not allowed: it must be one of {', '.join(RULES)}")
    o = output(x, weights, bias, rule)
    error = target - o
    if rule == "misprint":
        return weights + rate * (error * o)[..., None] * x, bias + rate * error * bias
    slope = o * (1 - o) if rule == "delta" else 1.0
    push = np.asarray(rate * error * slope)
    return weights + push[..., None] * x, bias + push


def learn(
    x: np.ndarray, targets: np.ndarray, weights: np.ndarray, bias: float, *, rule: str = "rosenblatt", rate: float = 0.1, epochs: int = 20
) -> Path:
    """Goes through the rows of x (rows, inputs) in order, `epochs` times; targets (rows,) are 0 or 1."""
    w, b = np.asarray(weights, float), np.asarray(bias, float)
    kept, biases, mistakes = [w], [b], [_mistakes(x, targets, w, b)]
    for _ in range(epochs):
        for row, target in zip(x, targets, strict=True):
            w, b = update(rule, rate, row, target, w, b)
            kept.append(w)
            biases.append(b)
        mistakes.append(_mistakes(x, targets, w, b))
    return Path(np.array(kept), np.array(biases), np.array(mistakes))


def solved(x: np.ndarray, targets: np.ndarray, *, rule: str, rate: float, starts: int = 100, epochs: int = 200, seed: int = 0) -> int:
    """Of `starts` learners whose weights and bias begin uniform in (−1, 1): how many end without a mistake."""
    draw = np.random.default_rng(seed)
    w, b = draw.uniform(-1, 1, (starts, x.shape[1])), draw.uniform(-1, 1, starts)
    for _ in range(epochs):
        for row, target in zip(x, targets, strict=True):
            w, b = update(rule, rate, row, target, w, b)
    right = [output(row, w, b) == target for row, target in zip(x, targets, strict=True)]
    return int(np.all(right, axis=0).sum())


def _mistakes(x: np.ndarray, targets: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> int:
    return int((output(x, weights, bias) != targets).sum())
