"""Loss against passes through the data for several batch sizes, and how far a batch's gradient strays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure
from dlcore.charts.plot import Axes, Series, plot

DRAWN = 1500


def losses(found: Mapping[str, tuple[np.ndarray, np.ndarray]], best: float, colours: Sequence[str]) -> Figure:
    """found: name → (passes, loss) after each step. best: the least loss there is; what is drawn is how far above it each one is."""
    lines = []
    for (name, (passes, loss)), colour in zip(found.items(), colours, strict=False):
        kept = np.unique(np.linspace(0, len(loss) - 1, DRAWN).astype(int))
        lines.append(Series(name, passes[kept], np.maximum(loss[kept] - best, 1e-9), colour, width=1.5))
    described = "Loss above the best against passes: " + "; ".join(f"{line.name} ends {line.y[-1]:.2g} above" for line in lines)
    axes = Axes("passes through the data (epochs)", "loss above the best", up=(1e-6, 1e2), log=True)
    return plot(lines, axes, described, size=(620, 300))


def spread(gradients: Mapping[str, np.ndarray], whole: np.ndarray, colours: Sequence[str]) -> Figure:
    """gradients: name → (batches, 2), one dot for each batch; whole (2,): of all rows together."""
    series = [Series(name, each[:, 0], each[:, 1], colour, dots=True, faint=len(each) > 60)
              for (name, each), colour in zip(gradients.items(), colours, strict=False)]  # fmt: skip
    series.append(Series("all rows", whole[:1], whole[1:], dots=True))
    described = "Gradients of single batches around the gradient of all rows."
    note = "Each dot is the gradient of one batch at the start. The larger the batch, the closer to the gradient of all rows."
    return plot(series, Axes("gradient of the slope", "gradient of the bias"), described, size=(620, 230), note=note)
