"""How large a gradient still is, so many steps back; and the cliff that it can come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure
from dlcore.charts.plot import Axes, Series, plot

LEAST, MOST = 1e-16, 1e16


def norms(
    found: Mapping[str, np.ndarray], colours: Sequence[str], *, rule: np.ndarray | None = None, marks: Sequence[tuple[float, str]] = (),
    note: str = "", size: tuple[float, float] = (620.0, 360.0), y: str = "gradient, 1 at the end",
) -> Figure:  # fmt: skip
    """found: name → (steps + 1,), from the last step back; a 0 is a gap. rule: what the eigenvalues alone would say, dashed."""
    # A line through zeros would have no two points beside each other: what comes and goes is drawn as dots.
    lines = [
        Series(name, np.arange(len(one)), _held(one), colour, dots=bool((one == 0).any()))
        for (name, one), colour in zip(found.items(), colours, strict=False)
    ]
    if rule is not None:
        lines.append(Series("ρᵏ", np.arange(len(rule)), _held(rule), dash=True, width=1.5))
    values = np.concatenate([line.y for line in lines] or [np.ones(1)])
    values = values[np.isfinite(values)]
    reach = (min(0.1, float(values.min()) / 2), max(10.0, 2 * float(values.max()))) if len(values) else (0.1, 10.0)
    described = "; ".join(f"{name}: {one[-1]:.2g} of the gradient is left {len(one) - 1} steps back" for name, one in found.items())
    return plot(lines, Axes("steps back k", y, up=reach, log=True), described or "Nothing chosen.", marks=marks, note=note, size=size)


def _held(values: np.ndarray) -> np.ndarray:
    """Cut where floats end, so that a line that leaves the picture is still seen to leave it; zeros are gaps."""
    known = np.nan_to_num(values, nan=MOST, posinf=MOST)
    return np.where(known > 0, np.clip(known, LEAST, MOST), np.nan)


def cliff(weights: np.ndarray, losses: np.ndarray, paths: Mapping[str, tuple[np.ndarray, np.ndarray]], colours: Sequence[str]) -> Figure:
    """losses at weights, and paths: name → (weights, losses) of each update; updates that leave the picture stand at its edge."""
    lines = [Series("", weights, losses, width=1.6)]
    for (name, (at, height)), colour in zip(paths.items(), colours, strict=False):
        held = np.clip(at, weights[0], weights[-1])
        lines += [Series("", held, height, colour, faint=True, width=1.2), Series(name, held, height, colour, dots=True)]
    described = "; ".join(f"{name}: ends at weight {at[-1]:.3g} with a loss of {height[-1]:.2g}" for name, (at, height) in paths.items())
    note = "Dots: where each update led. A dot at the edge lies far outside the picture."
    axes = Axes("recurrent weight w", "loss", across=(float(weights[0]), float(weights[-1])), up=(-0.02, float(losses.max()) * 1.08))
    return plot(lines, axes, described, size=(620.0, 330.0), note=note)
