"""Rows laid out in the plane: colour is the class, a ring a row that the net gets wrong. A box drawn over it chooses rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dlcore.charts.parallel import BRUSH, Picture

HEIGHT = 340
SHAPES = ("circle", "diamond", "square", "triangle-up")
SHORT = 2  # letters of a class's name up to which it is drawn itself


def scatter(
    plane: np.ndarray, y: np.ndarray, wrong: np.ndarray, classes: Sequence[str], colours: Sequence[str], ink: str
) -> Picture:  # fmt: skip
    """plane (n, 2); y (n,): class numbers, or targets where `classes` is empty; wrong (n,): whether the net is mistaken.

    The selection `BRUSH` is over "x" and "y", as `inside` reads it. Where classes have short names, these are drawn in place of dots.
    """
    labels = [classes[number] for number in y] if classes else y.astype(float)
    frame = pd.DataFrame({"x": plane[:, 0].astype(float), "y": plane[:, 1].astype(float), "label": labels, "wrong": wrong})
    x = alt.X("x:Q", axis=None, scale=alt.Scale(zero=False, padding=12))
    up = alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False, padding=12))
    brush = alt.selection_interval(name=BRUSH, encodings=["x", "y"], zoom=False)
    named = bool(classes) and max(map(len, classes)) <= SHORT
    if not classes:
        colour: Any = alt.Color("label:Q", scale=alt.Scale(scheme="viridis"), title="target")
    else:
        hues = [colours[place % len(colours)] for place in range(len(classes))]
        legend = None if named else alt.Legend(orient="right", title=None)
        colour = alt.Color("label:N", scale=alt.Scale(domain=list(classes), range=hues), legend=legend)
    base = alt.Chart(frame, name="rows").encode(x=x, y=up, color=colour, tooltip=[alt.Tooltip("label", title="true class")])
    if named:
        marks = base.mark_text(fontSize=12, fontWeight="bold").encode(text="label:N")
    elif classes:
        shapes = [SHAPES[(place // len(colours)) % len(SHAPES)] for place in range(len(classes))]
        marks = base.mark_point(filled=True, size=38, opacity=0.85).encode(
            shape=alt.Shape("label:N", scale=alt.Scale(domain=list(classes), range=shapes), legend=None)
        )
    else:
        marks = base.mark_circle(size=38, opacity=0.85)
    rings = alt.Chart(frame[frame["wrong"]]).mark_point(filled=False, size=190, strokeWidth=1.4, color=ink).encode(x=x, y=up)
    return alt.layer(marks.add_params(brush), rings).properties(height=HEIGHT)


def inside(plane: np.ndarray, box: Mapping[str, Sequence[float]]) -> np.ndarray:
    """The numbers of the rows in the box, {"x": [from, to], "y": [from, to]} in either order; none where it is empty."""
    if not {"x", "y"} <= set(box):
        return np.empty(0, "int64")
    kept = np.ones(len(plane), bool)
    for place, name in enumerate(("x", "y")):
        kept &= (plane[:, place] >= min(box[name])) & (plane[:, place] <= max(box[name]))
    return np.flatnonzero(kept)
