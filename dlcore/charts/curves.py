"""Learning curves of one quantity, several runs over each other: colour is the run, a solid line training, a dashed one validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dlcore.charts.lines import Line
from dlcore.charts.thin import thin

EPOCH_POINTS = 1000
STEP_POINTS = 2000
FEW_EPOCHS = 50
NOTHING = np.zeros(0, "float32")


@dataclass(frozen=True)
class RunCurves:
    """What is drawn of one run.

    epochs, steps: name → float32 values, one per epoch and one per optimizer step. steps_per_epoch: 0 where it is not known (then no
    steps are drawn). planned: epochs the run is to have. marks: (epoch, words) of what was changed while it trained.
    """

    run: str
    label: str
    colour: str
    planned: int
    epochs: Mapping[str, np.ndarray]
    steps: Mapping[str, np.ndarray] = field(default_factory=dict)
    steps_per_epoch: float = 0.0
    marks: Sequence[tuple[float, str]] = ()


def run_lines(name: str, runs: Sequence[RunCurves]) -> list[Line]:
    """The lines of the metric `name` and its "val_" twin for each run; the values of single steps lie faintly behind.

    All lines are there from the start, even without a value, so that a chart need not be built anew as they begin.
    """
    return [
        *(_steps(run, name) for run in runs if name == "loss" and run.steps_per_epoch),
        *(line for run in runs for line in _epochs(run, name)),
    ]


def extent(runs: Sequence[RunCurves]) -> int:
    """The last epoch of the axis: what is planned, unless that is far off; then a round number that what is done has not reached."""
    planned = max((run.planned for run in runs), default=1)
    done = max((len(curve) for run in runs for curve in run.epochs.values()), default=0)
    reach = FEW_EPOCHS
    while reach < 1.25 * done:
        reach *= 2
    return min(planned, reach)


def _epochs(run: RunCurves, name: str) -> list[Line]:
    values = {column: run.epochs.get(column, NOTHING) for column in (name, f"val_{name}")}
    lines = []
    for column, curve in values.items():
        validation = column.startswith("val_")
        x, y = thin(np.arange(1, len(curve) + 1, dtype="float32"), curve, EPOCH_POINTS)
        label = f"{run.label}, {'validation' if validation else 'training'}"
        lines.append(Line(f"{run.run}/{column}", label, run.colour, x, y, dash=validation))
    return lines


def _steps(run: RunCurves, name: str) -> Line:
    curve = run.steps.get(name, NOTHING)
    epoch = (np.arange(1, len(curve) + 1) / run.steps_per_epoch).astype("float32")
    x, y = thin(epoch, curve, STEP_POINTS)
    return Line(f"{run.run}/steps/{name}", f"{run.label}, single steps", run.colour, x, y, faint=True, symbols=False, width=1.0)
