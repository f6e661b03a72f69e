"""How many rows each class has, in each part of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

MANY = 20
ROW = 26
AROUND = 135  # pixels that the axis and the legend take
TINTS = {
    False: ("#0072B2", "#7FB9DB", "#B9C2CC"),
    True: ("#5BB3E6", "#2F6F99", "#5A6673"),
}


def balance(counts: Mapping[str, Sequence[int]], classes: Sequence[str], dark: bool = False) -> alt.Chart:
    """counts: part of the data → rows of each class. Bars lie beside the classes' names, or stand where there are many classes."""
    rows = [
        {"class": name, "rows": count, "part": part, "place": place}
        for place, (part, all_counts) in enumerate(counts.items())
        for name, count in zip(classes, all_counts, strict=True)
    ]
    parts = list(counts)
    tints = list(TINTS[dark][: len(parts)])
    many = len(classes) > MANY
    named = alt.Axis(title="class", labelLimit=110, labelOverlap=many, labelAngle=-60 if many else 0)
    which = alt.X("class:N", sort=list(classes), axis=named) if many else alt.Y("class:N", sort=list(classes), axis=named)
    many_rows = (alt.Y if many else alt.X)("rows:Q", title="rows", stack="zero", axis=alt.Axis(tickCount=4, format="~s"))
    chart = alt.Chart(pd.DataFrame(rows)).mark_bar().encode(
        which, many_rows,
        color=alt.Color("part:N", scale=alt.Scale(domain=parts, range=tints), legend=alt.Legend(orient="top", title=None)),
        order=alt.Order("place:Q"),
        tooltip=[alt.Tooltip("class:N"), alt.Tooltip("part:N"), alt.Tooltip("rows:Q", format=",")],
    )  # fmt: skip
    return chart.properties(height=300 if many else ROW * len(classes) + AROUND)
