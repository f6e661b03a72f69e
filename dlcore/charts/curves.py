"""Learning curves of one quantity, several runs over each other: colour is the run, a solid line training, a dashed one validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dlcore.charts.thin import thin

EPOCH_POINTS = 1000
STEP_POINTS = 600
FEW_EPOCHS = 50
LARGE = 1e5


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


def curve_chart(name: str, title: str, runs: Sequence[RunCurves], *, ink: str, log: bool = False) -> dict[str, Any]:
    """An ECharts option for the metric `name` and its "val_" twin; the losses of single steps lie faintly behind.

    While a run trains only the data change, and now and then the axis doubles: the rest depends on the choice of runs alone.
    ink: colour of text and marks. log: a logarithmic axis for the values.
    """
    datasets: list[dict[str, Any]] = []
    series: list[dict[str, Any]] = []
    for run in runs:
        if run.steps_per_epoch and name in run.steps:
            series.append(_faint(run, name, len(datasets)))
            datasets.append({"source": _steps(run, name)})
        series += [_line(run, column, len(datasets), extent(runs) <= FEW_EPOCHS) for column in (name, f"val_{name}")]
        datasets.append({"source": _epochs(run, name)})
    if runs and runs[0].marks:
        series[-1]["markLine"] = _marks(runs[0], ink)
    largest = max((frame["source"].iloc[:, 1:].abs().max().max() for frame in datasets), default=0.0)
    return {
        "animation": False,
        # Room for six digits: were it fitted to the labels, the picture would jump sideways as they change.
        "grid": {"left": 96 if largest >= LARGE else 52, "right": 24, "top": 30, "bottom": 44, "outerBoundsMode": "none"},
        "tooltip": {"trigger": "axis", "confine": True, "valueFormatter": "%.4g"},
        "xAxis": _axis("epoch", ink) | {"type": "value", "min": 0, "max": extent(runs), "minInterval": 1},
        "yAxis": _axis(title, ink) | {"type": "log" if log else "value", "scale": True, "nameLocation": "end", "nameGap": 12},
        "dataset": datasets,
        "series": series,
    }


def extent(runs: Sequence[RunCurves]) -> int:
    """The last epoch of the axis: what is planned, unless that is far off; then a round number that what is done has not reached."""
    planned = max((run.planned for run in runs), default=1)
    done = max((len(curve) for run in runs for curve in run.epochs.values()), default=0)
    reach = FEW_EPOCHS
    while reach < 1.25 * done:
        reach *= 2
    return min(planned, reach)


def _axis(title: str, ink: str) -> dict[str, Any]:
    return {
        "name": title,
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": {"align": "left" if title != "epoch" else "center", "color": ink},
    }


def _epochs(run: RunCurves, name: str) -> pd.DataFrame:
    values = {column: run.epochs[column] for column in (name, f"val_{name}") if column in run.epochs}
    count = min((len(curve) for curve in values.values()), default=0)
    epoch = np.arange(1, count + 1, dtype="float32")
    kept = epoch
    for column in values:
        values[column] = values[column][:count]
    if count > EPOCH_POINTS:
        kept = np.unique(np.concatenate([thin(epoch, curve, EPOCH_POINTS // 2)[0] for curve in values.values()]))
    places = kept.astype(int) - 1
    missing = np.full(len(kept), np.nan, "float32")
    columns = {column: values[column][places] if column in values else missing for column in (name, f"val_{name}")}
    return pd.DataFrame({"epoch": kept, **columns})


def _steps(run: RunCurves, name: str) -> pd.DataFrame:
    curve = run.steps[name]
    epoch = (np.arange(1, len(curve) + 1) / run.steps_per_epoch).astype("float32")
    epoch, curve = thin(epoch, curve, STEP_POINTS)
    return pd.DataFrame({"epoch": epoch, name: curve})


def _line(run: RunCurves, column: str, dataset: int, symbols: bool) -> dict[str, Any]:
    validation = column.startswith("val_")
    return {
        "type": "line",
        "id": f"{run.run}/{column}",
        "name": f"{run.label}, {'validation' if validation else 'training'}",
        "datasetIndex": dataset,
        "encode": {"x": "epoch", "y": column},
        "color": run.colour,
        "lineStyle": {"width": 2, "type": [5, 4] if validation else "solid"},
        # A line through one point cannot be seen: while they are few, points are shown.
        "showSymbol": symbols,
        "symbol": "emptyCircle" if validation else "circle",
        "symbolSize": 5,
        "z": 3,
    }


def _faint(run: RunCurves, name: str, dataset: int) -> dict[str, Any]:
    return {
        "type": "line",
        "id": f"{run.run}/steps/{name}",
        "name": f"{run.label}, single steps",
        "datasetIndex": dataset,
        "encode": {"x": "epoch", "y": name},
        "color": run.colour,
        "lineStyle": {"width": 1, "opacity": 0.3},
        "showSymbol": False,
        "silent": True,
        "tooltip": {"show": False},
        "z": 1,
    }


def _marks(run: RunCurves, ink: str) -> dict[str, Any]:
    return {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": ink, "type": "dotted", "width": 1},
        "label": {"color": ink, "position": "insideEndTop", "fontSize": 11},
        "data": [{"xAxis": epoch, "label": {"formatter": words}} for epoch, words in run.marks],
    }
