"""Curves of many runs over each other: along epochs, steps, time or examples; smoothed; as means of groups with their bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dlcore.charts.lines import Line
from dlcore.charts.thin import thin
from dlcore.metrics import limits

Along = Literal["epoch", "step", "seconds", "examples"]
AXES: dict[Along, str] = {"epoch": "epoch", "step": "step", "seconds": "time, s", "examples": "examples seen"}
POINTS = 40_000  # of all lines together; a line has at least FEWEST
MOST, FEWEST = 2000, 200
NOTHING = np.zeros(0, "float32")


@dataclass(frozen=True, eq=False)
class Compared:
    """A run in a comparison. epochs: name → one value per epoch; steps: name → one per optimizer step, where they are to be drawn.

    per_epoch: optimizer steps of an epoch; rows: examples of an epoch. tag: a number that tells it from others of its colour.
    marks: (epoch, words) of what was done to it.
    """

    run: str
    label: str
    colour: str
    epochs: Mapping[str, np.ndarray]
    steps: Mapping[str, np.ndarray] = field(default_factory=dict)
    per_epoch: float = 1.0
    rows: int = 0
    tag: str = ""
    marks: Sequence[tuple[float, str]] = ()

    def places(self, count: int, along: Along) -> np.ndarray:
        """Where the values of the first `count` epochs stand, float32 (count,). Time is that of training, without waiting; NaN where it
        was not recorded."""
        return self.at(np.arange(1, count + 1), along)

    def at(self, epochs: np.ndarray, along: Along) -> np.ndarray:
        """Where moments in epochs, whole or not, stand on the axis."""
        if along == "epoch":
            return epochs.astype("float32")
        if along == "seconds":
            spent = np.concatenate([[0.0], np.cumsum(self.epochs.get("seconds", NOTHING), dtype=float)])
            return np.interp(epochs, np.arange(len(spent)), spent, right=np.nan).astype("float32")
        return (epochs * (self.per_epoch if along == "step" else self.rows)).astype("float32")


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """The running mean in which each earlier value counts `weight` (0 to below 1) times as much as the one after it, put right for its
    beginning as in Adam (Kingma & Ba 2015). What is not finite is left out, and stays a gap. float32 of the same shape."""
    found = np.full(len(values), np.nan)
    mean, total = 0.0, 0.0
    for place in np.flatnonzero(np.isfinite(values)):
        mean, total = weight * mean + (1 - weight) * float(values[place]), weight * total + 1 - weight
        found[place] = mean / total
    return found.astype("float32")


def run_lines(
    runs: Sequence[Compared], names: Sequence[str], along: Along, weight: float = 0.0, said: Callable[[str], str] = str
) -> list[Line]:
    """The recorded `names` of each run, those of validation dashed. weight: of smoothing; then what was recorded lies faintly behind.

    said: a name in words. The thinning depends on nothing but the curve's length and the number of lines.
    """
    limit = max(FEWEST, min(MOST, POINTS // max(1, len(runs) * len(names))))
    lines: list[Line] = []
    for run in runs:
        for name in names:
            x, y = _curve(run, name, along)
            identity, dash = f"{run.run}/{name}/{along}", name.startswith("val_")
            label = f"{run.label}, {said(name)}"
            if weight and len(y):
                lines.append(
                    Line(f"{identity}/raw", label, run.colour, *thin(x, y, limit), dash=dash, faint=True, symbols=False, width=1.0)
                )
                y = smoothed(y, weight)
            lines.append(Line(identity, label, run.colour, *thin(x, y, limit), dash=dash, tag=run.tag))
    return sorted(lines, key=lambda line: not line.faint)


def group_lines(
    groups: Sequence[tuple[str, str, Sequence[Compared]]], names: Sequence[str], along: Along, weight: float = 0.0,
    half_width: Callable[[float, int], float] = lambda spread, count: spread, said: Callable[[str], str] = str,
) -> list[Line]:  # fmt: skip
    """groups: (label, colour, runs). For each the mean over its runs, epoch by epoch, and where it has two or more the band from the mean
    less half_width(standard deviation, runs) to the mean and as much, within what the quantity can be."""
    lines: list[Line] = []
    for number, (label, colour, runs) in enumerate(groups):
        for name in names:
            x, table = _table(runs, name, along, weight)
            identity, dash = f"group/{number}/{label}/{name}/{along}", name.startswith("val_")
            known = np.isfinite(table).sum(axis=0)
            mean, spread = _mean(table), _spread(table)
            half = np.array([half_width(float(one), int(count)) if count > 1 else np.nan for one, count in zip(spread, known, strict=True)])
            if np.isfinite(half).any():
                # No mean of accuracies lies above 1, whatever an interval from a few seeds says.
                low, high = (np.clip(end, *limits(name)).astype("float32") for end in (mean - half, mean + half))
                lines.append(Line(f"{identity}/high", label, colour, x, high, edge=True, symbols=False))
                lines.append(Line(f"{identity}/low", label, colour, x, low, edge=True, symbols=False, band=f"{identity}/high"))
            words = f"{label}, {said(name)}, mean of {len(runs)}"
            lines.append(Line(identity, words, colour, x, mean.astype("float32"), dash=dash, width=2.5))
    return lines


def marks(runs: Sequence[Compared], along: Along, most: int = 12) -> list[tuple[float, str]]:
    """Where something was done to a run, with its tag or label before it where there are several runs."""
    found = []
    for run in runs:
        before = f"{run.tag or run.label}: " if len(runs) > 1 else ""
        places = run.at(np.array([epoch for epoch, _ in run.marks]), along)
        found += [(float(place), before + words) for place, (_, words) in zip(places, run.marks, strict=True) if np.isfinite(place)]
    return sorted(found)[:most]


def _curve(run: Compared, name: str, along: Along) -> tuple[np.ndarray, np.ndarray]:
    if name in run.steps and along == "step":
        curve = run.steps[name]
        return np.arange(1, len(curve) + 1, dtype="float32"), curve
    curve = run.epochs.get(name, NOTHING)
    x = run.places(len(curve), along)
    known = np.isfinite(x)
    return x[known], curve[known]


def _table(runs: Sequence[Compared], name: str, along: Along, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Where the group's epochs stand on the mean, and its runs' values (runs, epochs), NaN where one has none."""
    curves = [smoothed(curve, weight) if weight else curve for run in runs if len(curve := run.epochs.get(name, NOTHING))]
    length = max(map(len, curves), default=0)
    table = np.full((len(curves), length), np.nan)
    for row, curve in enumerate(curves):
        table[row, : len(curve)] = np.where(np.isfinite(curve), curve, np.nan)
    places = [run.places(length, along) for run in runs]
    return (_mean(np.array(places)) if places else NOTHING).astype("float32"), table


def _mean(table: np.ndarray) -> np.ndarray:
    """The mean of each column over what is finite in it; NaN where nothing is."""
    known = np.isfinite(table)
    count = known.sum(axis=0)
    return np.where(count, np.where(known, table, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def _spread(table: np.ndarray) -> np.ndarray:
    """The standard deviation of each column over what is finite in it, n − 1 below; NaN for fewer than two values."""
    known = np.isfinite(table)
    count = known.sum(axis=0)
    squares = np.where(known, (np.where(known, table, 0.0) - _mean(table)) ** 2, 0.0).sum(axis=0)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
