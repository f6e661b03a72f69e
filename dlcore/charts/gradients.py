"""What the monitors measured in each layer, as lines over epochs: gradients, updates, signals, dead units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.lines import Line
from dlcore.charts.thin import thin

POINTS = 600
HEALTHY_UPDATE = 1e-3
Curves = Mapping[str, np.ndarray]


def measured(probes: Curves, layers: Sequence[str]) -> list[str]:
    """Those of the layers in which anything was measured."""
    found = {name.partition("/")[2] for name in probes}
    return [layer for layer in layers if layer in found]


def layer_lines(probes: Curves, kind: str, colours: Mapping[str, str], steps_per_epoch: float) -> list[Line]:
    """A line for each layer of what is recorded as "<kind>/<layer>"; probes holds "step", the optimizer step of each look."""
    x = np.asarray(probes.get("step", np.zeros(0)), "float32") / max(1.0, steps_per_epoch)
    found = []
    for layer, colour in colours.items():
        curve = probes.get(f"{kind}/{layer}")
        if curve is not None:
            count = min(len(x), len(curve))
            found.append(Line(f"{kind}/{layer}", layer, colour, *thin(x[:count], curve[:count], POINTS), symbols=count < 2))
    return found


def with_reference(lines: Sequence[Line], value: float, name: str, colour: str) -> list[Line]:
    """The lines with a level one behind them, from the first to the last of their points."""
    ends = [float(end) for line in lines if len(line.x) for end in (line.x[0], line.x[-1])]
    if not ends:
        return list(lines)
    x = np.array([min(ends), max(ends)], "float32")
    return [Line("reference", name, colour, x, np.full(2, value, "float32"), dash=True, symbols=False, width=1.0), *lines]
