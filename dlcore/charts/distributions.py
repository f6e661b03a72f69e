"""How the values of a feature, or of a target, are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd


def distribution(histogram: Mapping[str, Any], title: str, classes: Sequence[str], colours: Sequence[str], height: int = 260) -> alt.Chart:
    """histogram: "edges" (bins + 1,) and "counts" (classes or 1, bins), see jobs/describe.py. Counts of several classes are stacked.

    title: of the axis, with its unit. classes: names of the rows of counts; one row needs none. colours: for them, in turn.
    """
    counts, edges = np.asarray(histogram["counts"]), np.asarray(histogram["edges"], float)
    names = list(classes[: len(counts)]) if len(counts) > 1 else ["all"]
    rows = [
        {"from": low, "to": high, "rows": int(count), "class": name, "place": place}
        for place, (name, own) in enumerate(zip(names, counts, strict=True))
        for low, high, count in zip(edges[:-1], edges[1:], own, strict=True)
        if count
    ]
    hues = [colours[place % len(colours)] for place in range(len(names))]
    legend = alt.Legend(orient="top", title=None, columns=4, labelLimit=120) if len(names) > 1 else None
    range_ = alt.Scale(domain=[float(edges[0]), float(edges[-1])], nice=False)
    return alt.Chart(pd.DataFrame(rows)).mark_bar(binSpacing=0.5).encode(
        alt.X("from:Q", title=title, scale=range_, bin="binned"), alt.X2("to:Q"),
        alt.Y("rows:Q", title="count", stack="zero", axis=alt.Axis(tickCount=4, format="~s")),
        color=alt.Color("class:N", scale=alt.Scale(domain=names, range=hues), legend=legend),
        order=alt.Order("place:Q"),
        tooltip=[
            alt.Tooltip("from:Q", format=".3~g"), alt.Tooltip("to:Q", format=".3~g"),
            alt.Tooltip("rows:Q", format=",", title="count"), *([alt.Tooltip("class:N")] if len(names) > 1 else []),
        ],
    ).properties(height=height)  # fmt: skip
