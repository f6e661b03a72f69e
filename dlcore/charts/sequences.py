"""A few sequences as lines over their steps, and the value that is to be said."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd


def sequences(
    x: np.ndarray, y: np.ndarray, *, names: Sequence[str], colours: Sequence[str], target: str = "", height: int = 420
) -> alt.Chart | alt.LayerChart | alt.FacetChart:
    """x (n, steps, features): the first feature is drawn. y (n,): targets, drawn one step after the last where `target` says what they are.

    names: one for each sequence.
    """
    count, steps = x.shape[0], x.shape[1]
    frame = pd.DataFrame({
        "step": np.tile(np.arange(1, steps + 1), count), "value": x[:, :, 0].astype(float).ravel(), "name": np.repeat(list(names), steps),
    })  # fmt: skip
    hues = [colours[place % len(colours)] for place in range(count)]
    tone = alt.Color("name:N", scale=alt.Scale(domain=list(names), range=hues), legend=alt.Legend(orient="top", title=None, columns=4))
    lines = alt.Chart(frame).mark_line(strokeWidth=1.6).encode(
        alt.X("step:Q", title="step", axis=alt.Axis(format="d")), alt.Y("value:Q", title="value", scale=alt.Scale(zero=False)), color=tone,
        tooltip=["name:N", "step:Q", alt.Tooltip("value:Q", format=".3~g")],
    )  # fmt: skip
    if not target:
        return lines.properties(height=height)
    ends = pd.DataFrame({"step": steps + 1, "value": y.astype(float), "name": list(names)})
    dots = alt.Chart(ends).mark_point(filled=True, size=70, shape="diamond").encode(
        alt.X("step:Q"), alt.Y("value:Q"), color=tone, tooltip=["name:N", alt.Tooltip("value:Q", format=".3~g", title=target)]
    )  # fmt: skip
    return alt.layer(lines, dots).properties(height=height)
