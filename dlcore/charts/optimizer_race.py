"""A race of optimizers on a real net: validation loss of each at its best learning rate, and how much each depends on that rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dlcore.charts.figure import Figure, comma_separated, text
from dlcore.charts.plot import WIDE, Axes, Series, frame_of, plot

LOW = (620.0, 230.0)


@dataclass(frozen=True, eq=False)
class Racing:
    """One optimizer. epochs (epochs,): validation loss at its best rate, the mean over the seeds. rates (n,): those tried, NaN for one
    without; mean, spread (n,): its scores there, and half their 95 % interval, NaN where the loss diverged or nothing can be said."""

    name: str
    colour: str
    epochs: np.ndarray
    rates: np.ndarray
    mean: np.ndarray
    spread: np.ndarray


def at_best(racing: Sequence[Racing], note: str) -> Figure:
    """Validation loss over epochs, each at its best rate, on a logarithmic axis."""
    lines = [Series(one.name, np.arange(1, len(one.epochs) + 1), one.epochs, one.colour) for one in racing if len(one.epochs)]
    axes = Axes("epoch", "validation loss (logarithmic)", None if lines else (1.0, 15.0), None if lines else (0.1, 1.0), log=True)
    frame = frame_of(lines, axes, WIDE)
    middle = "" if lines else text((frame.left + frame.right) / 2, 150, "Each curve appears here once one of its rates is trained.")
    described = "Validation loss at the best rate of each. " + "; ".join(f"{line.name} ends at {line.y[-1]:.3g}" for line in lines)
    return plot(lines, axes, described, note=note, over=middle)


def by_rate(racing: Sequence[Racing], metric: str) -> Figure:
    """Scores against learning rates, with whiskers of 95 %. An optimizer without a rate is left out."""
    rated = [one for one in racing if np.isfinite(one.rates).any() and np.isfinite(one.mean).any()]
    lines = [Series(one.name, one.rates, one.mean, one.colour) for one in rated]
    dots = [Series("", one.rates, one.mean, one.colour, dots=True) for one in rated]
    ends = [value for one in rated for value in (one.mean - np.nan_to_num(one.spread), one.mean + np.nan_to_num(one.spread))]
    reach = (float(np.nanmin(ends)), float(np.nanmax(ends))) if ends else (0.0, 1.0)
    up = reach if reach[0] < reach[1] else (reach[0] - 0.05, reach[1] + 0.05)
    axes = Axes("learning rate (logarithmic)", metric, None if lines else (1e-3, 1.0), up, log_x=True)
    frame = frame_of([*lines, *dots], axes, LOW)
    whiskers = []
    for one in rated:
        for rate, mean, half in zip(one.rates, one.mean, one.spread, strict=True):
            if np.isfinite(mean) and np.isfinite(half):
                (x, top), (_, bottom) = frame.at(np.log10(rate), mean + half), frame.at(np.log10(rate), mean - half)
                whiskers.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" stroke="{one.colour}" stroke-width="1.5"/>')
    described = f"{metric} against learning rate. " + "; ".join(f"{one.name}, {len(one.rates)} rates" for one in rated)
    note = "Upright lines: 95 % intervals over the seeds. A rate at which training diverged has no point."
    return replace(
        plot([*lines, *dots], axes, described, size=LOW, note=note, over="".join(whiskers)), table=lambda: _table(racing, metric)
    )


def _table(racing: Sequence[Racing], metric: str) -> str:
    """CSV text: the scores with their intervals."""
    rows = [(one.name, *row) for one in racing for row in zip(one.rates, one.mean, one.spread, strict=True)]
    return comma_separated(("optimizer", "learning rate", metric, "±"), rows)
