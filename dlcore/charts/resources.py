"""What a run costs while it trains: examples per second, processor, memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dlcore.charts.lines import Line
from dlcore.charts.thin import thin

POINTS = 600
# Recorded name → what it is called. The memory of the whole machine is left out: beside it a run's own would be a flat line.
PROCESSOR = {"cpu_percent": "this run", "machine_percent": "whole machine"}
MEMORY = {"memory_mb": "this run", "gpu_memory_mb": "its graphics card"}


def throughput(epochs: Mapping[str, np.ndarray], colour: str) -> list[Line]:
    """Examples per second of each epoch."""
    curve = epochs.get("examples_per_second", np.zeros(0, "float32"))
    x = np.arange(1, len(curve) + 1, dtype="float32")
    return [Line("examples_per_second", "training", colour, *thin(x, curve, POINTS), symbols=len(curve) < 2)]


def used(probes: Mapping[str, np.ndarray], names: Mapping[str, str], colours: tuple[str, ...], steps_per_epoch: float) -> list[Line]:
    """A line for each recorded name among `names`, over epochs."""
    x = np.asarray(probes.get("step", np.zeros(0)), "float32") / max(1.0, steps_per_epoch)
    found = []
    for (name, called), colour in zip(names.items(), colours, strict=False):
        if (curve := probes.get(name)) is not None:
            count = min(len(x), len(curve))
            found.append(Line(name, called, colour, *thin(x[:count], curve[:count], POINTS), symbols=count < 2))
    return found
