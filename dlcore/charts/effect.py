"""An effect over seeds: a dot for each seed, the mean with its 95 % interval, and the region that bears the claim out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import pandas as pd

from dlcore.charts.parallel import Picture

HEIGHT = 130


def effect_chart(
    effects: Sequence[float], mean: float, interval: tuple[float, float], region: tuple[float, float], title: str, *, colour: str,
    claimed: str, ink: str, ratio: bool = False,
) -> Picture:  # fmt: skip
    """effects: one per seed, finite; none where single seeds say nothing (shares). title: of the axis, with the unit.

    ratio: on a logarithmic axis, where twice and half are equally far from 1. claimed: the colour of the claimed region's shade.
    """
    low, high = _ends([*effects, *interval, *(limit for limit in region if math.isfinite(limit))], ratio)
    scale = alt.Scale(type="log" if ratio else "linear", domain=[low, high], nice=False)
    axis = alt.X(
        "value:Q", title=title, scale=scale, axis=alt.Axis(format=".4~g", grid=False, labelOverlap=True, tickCount=8, titleLimit=2000)
    )
    rows = alt.Y("row:N", title=None, axis=alt.Axis(labelLimit=120, ticks=False, domain=False), sort=["mean", "each seed"])
    shade = pd.DataFrame({"value": [max(low, region[0])], "end": [min(high, region[1])], "what": ["here the claim holds"]})
    limits = pd.DataFrame({"value": [limit for limit in region if low < limit < high]})
    seeds = pd.DataFrame({"value": list(effects), "seed": range(len(effects)), "row": "each seed"})
    known = all(map(math.isfinite, interval))
    whole = pd.DataFrame({"value": [interval[0]] if known else [], "end": [interval[1]] if known else [], "row": "mean"})
    ends = interval if known else (None, None)
    middle = pd.DataFrame({"value": [mean], "low": [ends[0]], "high": [ends[1]], "row": "mean"})
    numbers = [alt.Tooltip(f"{name}:Q", title=said, format=".4g") for name, said in (("value", "mean"), ("low", "from"), ("high", "to"))]
    layers = [
        alt.Chart(shade).mark_rect(color=claimed, opacity=0.15).encode(x=axis, x2="end:Q", tooltip=alt.Tooltip("what:N", title="Shade")),
        alt.Chart(limits).mark_rule(color=ink, strokeDash=[3, 3], opacity=0.7).encode(x=axis),
        alt.Chart(whole).mark_rule(color=colour, strokeWidth=3).encode(x=axis, x2="end:Q", y=rows),
        alt.Chart(middle)
        .mark_point(color=colour, filled=True, size=110, shape="diamond", opacity=1)
        .encode(x=axis, y=rows, tooltip=numbers),
    ]
    if len(effects):
        seen = [alt.Tooltip("seed:Q", title="Seed"), alt.Tooltip("value:Q", title="effect", format=".4g")]
        layers.append(alt.Chart(seeds).mark_circle(color=ink, size=45, opacity=0.65).encode(x=axis, y=rows, tooltip=seen))
    return alt.layer(*layers).properties(height=HEIGHT)


def _ends(values: Sequence[float], ratio: bool) -> tuple[float, float]:
    """The axis's ends: all values with a margin of a twelfth on either side, and never of no length."""
    known = [value for value in values if math.isfinite(value) and (value > 0 or not ratio)]
    points = [math.log(value) for value in known] if ratio else known
    margin = (max(points) - min(points)) / 12 or 1.0
    low, high = min(points) - margin, max(points) + margin
    return (math.exp(low), math.exp(high)) if ratio else (low, high)
