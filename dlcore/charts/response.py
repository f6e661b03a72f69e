"""The response curve: what a metric becomes over the whole range of one setting, with a band for what the seed does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from dlcore.charts.parallel import Axis, Picture
from dlcore.charts.slice import along, on

HEIGHT = 340


@dataclass(frozen=True)
class Response:
    """What the runs at one value gave: their mean and the ends of its confidence interval (all the same while there is one run only)."""

    value: Any
    mean: float
    low: float
    high: float
    runs: tuple[float, ...]
    best: bool = False


def response_chart(axis: Axis, found: Sequence[Response], metric: str, colour: str, ink: str, now: Any = None) -> Picture:
    """Line of the means over a band of their confidence intervals, a faint dot for each run, a ring at the best value.

    now: the value that the experiment has, marked by an upright line. The picture has the whole range from the start; it fills as runs end.
    """
    frame = pd.DataFrame(
        [(on(axis, one.value), one.mean, one.low, one.high, len(one.runs), one.best) for one in found],
        columns=["value", "mean", "low", "high", "runs", "best"],
    )
    single = pd.DataFrame([(on(axis, one.value), result) for one in found for result in one.runs], columns=["value", "result"])
    x, y = along(axis), alt.Y("mean:Q", title=metric, scale=alt.Scale(zero=False))
    tooltip: list[Any] = [
        alt.Tooltip(f"value:{'N' if axis.choices else 'Q'}", title=axis.title),
        *(alt.Tooltip(f"{name}:Q", format=".4g") for name in ("mean", "low", "high", "runs")),
    ]
    base = alt.Chart(frame).encode(x=x, tooltip=tooltip)
    if axis.choices:
        band = base.mark_rule(color=colour, strokeWidth=3, opacity=0.4).encode(y=alt.Y("low:Q", title=metric), y2="high:Q")
    else:
        band = base.mark_area(color=colour, opacity=0.2).encode(y=alt.Y("low:Q", title=metric), y2="high:Q")
    line = base.mark_line(color=colour, strokeWidth=2, strokeOpacity=0 if axis.choices else 1).encode(y=y)
    dots = base.mark_circle(color=colour, size=50, opacity=1).encode(y=y)
    each = alt.Chart(single).mark_circle(color=ink, size=16, opacity=0.5).encode(x=x, y="result:Q")
    ring = base.mark_point(color=colour, size=220, strokeWidth=2).encode(y=y).transform_filter("datum.best")
    here = alt.Chart(pd.DataFrame({"value": [] if now is None else [on(axis, now)]})).mark_rule(color=ink, strokeDash=[3, 3]).encode(x=x)
    return alt.layer(band, here, each, line, dots, ring).properties(height=HEIGHT)
