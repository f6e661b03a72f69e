"""Activation functions with their derivatives, and what a depth of layers leaves of a gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure
from dlcore.charts.plot import Axes, Series, plot

SIZE = (620.0, 235.0)
Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]


def functions(x: np.ndarray, curves: Curves, at: float, colours: Sequence[str]) -> Figure:
    """curves: name → (f, f′), each of x's shape. at: where a guide stands."""
    lines = [Series(name, x, f, colour) for (name, (f, _)), colour in zip(curves.items(), colours, strict=False)]
    described = f"{', '.join(curves)} for x from {x[0]:g} to {x[-1]:g}."
    axes = Axes("weighted sum x", "output f(x)", up=_room(lines, (-2.0, 4.0)))
    return plot(lines, axes, described, size=SIZE, marks=[(at, "x")])


def derivatives(x: np.ndarray, curves: Curves, at: float, colours: Sequence[str]) -> Figure:
    lines = [Series(name, x, slope, colour) for (name, (_, slope)), colour in zip(curves.items(), colours, strict=False)]
    described = f"The slopes of {', '.join(curves)}."
    note = "What is left of a gradient that passes back through the unit is multiplied by f′(x): where f′ is 0, nothing passes."
    axes = Axes("weighted sum x", "slope f′(x)", up=_room(lines, (-0.2, 1.25)))
    return plot(lines, axes, described, size=(SIZE[0], 190), marks=[(at, "x")], note=note)


def arriving(gradients: Mapping[str, np.ndarray], colours: Sequence[str]) -> Figure:
    """gradients: name → root mean square of the gradient in each layer (depth,), first layer first, 1 at the top."""
    lines = [
        Series(name, np.arange(1, len(sizes) + 1), np.where(np.isfinite(sizes), np.maximum(sizes, 1e-30), np.nan), colour)
        for (name, sizes), colour in zip(gradients.items(), colours, strict=False)
    ]
    described = "; ".join(f"{name}: {sizes[0]:.2g} reaches the first layer" for name, sizes in gradients.items())
    note = "The gradient enters at the last layer with size 1 and goes back to layer 1, on the left. The axis is logarithmic."
    values = np.concatenate([line.y for line in lines] or [np.ones(1)])
    known = values[np.isfinite(values)]
    lowest, highest = (float(known.min()), float(known.max())) if len(known) else (1.0, 1.0)
    reach = (max(1e-30, min(1e-2, lowest)), max(1e2, highest))
    return plot(lines, Axes("layer", "size of the gradient", up=reach, log=True), described, note=note)


def _room(lines: Sequence[Series], most: tuple[float, float]) -> tuple[float, float]:
    values = np.concatenate([line.y for line in lines]) if lines else np.zeros(1)
    low, high = max(most[0], float(values.min())), min(most[1], float(values.max()))
    return low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1)
