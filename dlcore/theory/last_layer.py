"""Two losses for the last layer: softmax with cross-entropy, and the support vector machine's multi-class hinge.

Scores are (…, classes), right classes (…,) of whole numbers.
"""

from __future__ import annotations

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Scores as probabilities that add up to 1, (…, classes)."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def cross_entropy(scores: np.ndarray, right: np.ndarray) -> np.ndarray:
    """−log of the right class's probability, (…,); computed from scores, so that it stays finite."""
    largest = scores.max(axis=-1)
    total = largest + np.log(np.exp(scores - largest[..., None]).sum(axis=-1))
    return np.asarray(total - _of(scores, right))


def hinge(scores: np.ndarray, right: np.ndarray, margin: float = 1.0) -> np.ndarray:
    """Σ over wrong classes j of max(0, margin + s_j − s_right), (…,) (Weston & Watkins 1999)."""
    lacking = np.maximum(0, margin + scores - _of(scores, right)[..., None])
    # The right class itself lacks the margin exactly.
    return np.asarray(lacking.sum(axis=-1) - margin)


def slopes(scores: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of both losses with respect to the scores: softmax, hinge (at a corner the one of the flat side)."""
    ones = np.eye(scores.shape[-1])[right]
    lacking = (1 + scores - _of(scores, right)[..., None] > 0) & (ones == 0)
    return softmax(scores) - ones, lacking - ones * lacking.sum(axis=-1, keepdims=True)


def against_rivals(margins: np.ndarray, rivals: int) -> tuple[np.ndarray, np.ndarray]:
    """Both losses when the right class leads each of `rivals` others by the same margin, (n,): softmax, hinge."""
    scores = np.concatenate([margins[:, None], np.zeros((len(margins), rivals))], axis=1)
    right = np.zeros(len(margins), int)
    return cross_entropy(scores, right), hinge(scores, right)


def rival_slopes(margins: np.ndarray, rivals: int) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of the two over the margin, (n,); the hinge's at its corner, margin 1, is that of the flat side."""
    powers = rivals * np.exp(-margins)
    return -powers / (1 + powers), np.where(margins < 1, -float(rivals), 0.0)


def _of(scores: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(np.take_along_axis(scores, np.asarray(right)[..., None], axis=-1)[..., 0])
