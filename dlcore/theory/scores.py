"""How good a classifier or a regression is beyond its loss: per class, by threshold, by how far its probabilities can be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class ClassScore:
    """Of one class: precision (of what was called it, how much was), recall (of what was it, how much was called so), their harmonic mean
    f1, and how many rows were it. NaN where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True)
class Calibration:
    """By bins of the stated probability: its mean, the share that was right, and how many rows; empty bins are left out. error: the mean
    distance of the two, weighted by rows (expected calibration error, Naeini et al. 2015)."""

    stated: np.ndarray
    right: np.ndarray
    rows: np.ndarray
    error: float


@dataclass(frozen=True)
class Tradeoff:
    """A curve over all thresholds, x and y of shape (points,), and the area beneath it."""

    x: np.ndarray
    y: np.ndarray
    area: float


def decisions(outputs: np.ndarray, binary: bool, threshold: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """The class that a net names for each row of its outputs (rows, outputs), int64 (rows,), and how much it gives it, float64 (rows,): the
    probability where outputs are probabilities, else a score. binary: one output, which means class 1 above the threshold."""
    if binary:
        first = np.asarray(outputs[:, 0], float)
        given = (first > threshold).astype("int64")
        sure = np.where(given == 1, first, 1 - first) if threshold == 0.5 else np.abs(first - threshold)
        return given, sure
    given = outputs.argmax(axis=1).astype("int64")
    return given, outputs[np.arange(len(outputs)), given].astype(float)


def per_class(confusion: np.ndarray) -> list[ClassScore]:
    """confusion: counts (classes, classes), true class by row, given class by column."""
    right, given, true = np.diag(confusion).astype(float), confusion.sum(axis=0), confusion.sum(axis=1)
    precision, recall = _share(right, given), _share(right, true)
    f1 = _share(2 * right, given + true)
    return [
        ClassScore(float(sure), float(found), float(mean), int(count))
        for sure, found, mean, count in zip(precision, recall, f1, true, strict=True)
    ]


def calibration(stated: np.ndarray, right: np.ndarray, bins: int = BINS) -> Calibration:
    """stated: the probability given to the class that was named, (rows,); right: whether that was the true class."""
    place = np.clip((np.asarray(stated, float) * bins).astype(int), 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    known = count > 0
    mean = np.bincount(place, weights=stated, minlength=bins)[known] / count[known]
    share = np.bincount(place, weights=np.asarray(right, float), minlength=bins)[known] / count[known]
    error = float(np.abs(mean - share) @ count[known] / max(1, count.sum()))
    return Calibration(mean, share, count[known], error)


def roc(score: np.ndarray, is_it: np.ndarray) -> Tradeoff:
    """The receiver operating characteristic: x the share of the others that is called it, y the share of the class that is, as the
    threshold falls. score (rows,), is_it bool (rows,). The area is NaN without rows on both sides."""
    hits, alarms, _ = _falling(score, is_it)
    x, y = np.concatenate([[0.0], _over(alarms)]), np.concatenate([[0.0], _over(hits)])
    return Tradeoff(x, y, float(np.trapezoid(y, x)) if hits[-1] and alarms[-1] else float("nan"))


def precision_recall(score: np.ndarray, is_it: np.ndarray) -> Tradeoff:
    """x recall, y precision as the threshold falls until all are found; the area is the average precision (the sum of precision times each
    step of recall)."""
    hits, alarms, _ = _falling(score, is_it)
    whole = int(np.argmax(hits == hits[-1])) + 1
    hits, alarms = hits[:whole], alarms[:whole]
    recall, precision = _over(hits), hits / np.maximum(hits + alarms, 1)
    steps = np.diff(np.concatenate([[0.0], recall]))
    return Tradeoff(recall, precision, float(steps @ precision) if hits[-1] else float("nan"))


def residual_summary(true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Of a regression's rows (rows,): mean error ("bias"), mean absolute and root mean squared error, and the share of the variance that
    is explained ("r2", NaN where the targets are all the same)."""
    away = np.asarray(predicted, float) - np.asarray(true, float)
    spread = float(((true - np.mean(true)) ** 2).sum())
    return {
        "bias": float(away.mean()), "mae": float(np.abs(away).mean()), "rmse": float(np.sqrt((away**2).mean())),
        "r2": 1 - float((away**2).sum()) / spread if spread else float("nan"),
    }  # fmt: skip


def _falling(score: np.ndarray, is_it: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hits and false alarms down to each different score, and those scores, falling."""
    order = np.argsort(-score, kind="stable")
    ranked, truth = score[order], np.asarray(is_it, float)[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    hits = np.cumsum(truth)[last]
    return hits, last + 1 - hits, ranked[last]


def _over(count: np.ndarray) -> np.ndarray:
    return count / count[-1] if count[-1] else np.zeros(len(count))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
