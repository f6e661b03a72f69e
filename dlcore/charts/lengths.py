"""How long the sequences are that generators write, over the lengths of their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure
from dlcore.charts.plot import Axes, Series, plot


def lengths(
    data: np.ndarray, made: Mapping[str, np.ndarray], colours: Sequence[str], shown: int, size: tuple[float, float] = (620.0, 360.0)
) -> Figure:
    """data: the share of each length 1, 2, …; made: name → the same for what a generator writes. shown: the longest length drawn."""
    x = np.arange(1, shown + 1)
    edges = np.repeat(np.arange(0.5, shown + 1), 2)[1:-1]
    lines = [Series("data", edges, np.repeat(data[:shown], 2), down_to=np.zeros(2 * shown), colour="#8a929b", width=1.0)]
    # Two that write the same lengths lie on each other: the first is drawn widest.
    for number, ((name, share), colour) in enumerate(zip(made.items(), colours, strict=False)):
        lines += [
            Series(name, x, share[:shown], colour, width=max(1.5, 6.0 - 2.2 * number)),
            Series("", x, share[:shown], colour, dots=True),
        ]
    means = "; ".join(f"{name}: mean {float(share[:shown] @ x / max(share[:shown].sum(), 1e-12)):.1f}" for name, share in made.items())
    highest = max([float(data.max()), *(float(share[:shown].max()) for share in made.values() if len(share))])
    # A generator that says one number puts all its weight there: the axis keeps the others in sight.
    axes = Axes("length of the sequence", "share of the sequences", up=(0.0, min(highest, 3 * float(data.max())) * 1.08))
    return plot(lines, axes, f"Lengths of the data, and of what generators write. {means}", size=size)
