"""Data of two features as points in the plane: colour is the class, the shape the part of the data; a wrong label has a ring."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

SHAPES = ("circle", "diamond", "cross")
GREY = "#808890"  # is seen on light and on dark ground


def points(
    x: np.ndarray, y: np.ndarray, true: np.ndarray, part: np.ndarray, *, axes: tuple[str, str], classes: Sequence[str],
    colours: Sequence[str], parts: Sequence[str], height: int = 420,
) -> alt.Chart | alt.LayerChart | alt.FacetChart:  # fmt: skip
    """x (n, 2), y and true (n,): class numbers as given and as they are, or targets where `classes` is empty; part (n,): index into parts.

    A regression is shaded from low to high.
    """
    frame = pd.DataFrame({
        "x": x[:, 0].astype(float), "y": x[:, 1].astype(float), "part": [parts[place] for place in part],
        "label": [classes[number] for number in y] if classes else y.astype(float),
        "is": [classes[number] for number in true] if classes else true.astype(float),
        "wrong": (y != true) if classes else np.zeros(len(y), bool),
    })  # fmt: skip
    hues = [colours[place % len(colours)] for place in range(len(classes))]
    tone = (
        alt.Color("label:N", scale=alt.Scale(domain=list(classes), range=hues), legend=alt.Legend(orient="top", title=None))
        if classes
        else alt.Color("label:Q", scale=alt.Scale(scheme="viridis"), title="target")
    )
    place = (
        alt.X("x:Q", title=axes[0], scale=alt.Scale(zero=False, nice=True)),
        alt.Y("y:Q", title=axes[1], scale=alt.Scale(zero=False, nice=True)),
    )
    said = [alt.Tooltip("label:N" if classes else "label:Q"), alt.Tooltip("part:N"), alt.Tooltip("x:Q", format=".3~g", title=axes[0]),
            alt.Tooltip("y:Q", format=".3~g", title=axes[1])]  # fmt: skip
    keys = alt.Legend(orient="top", title=None, symbolFillColor=GREY, symbolStrokeColor=GREY)
    shape = alt.Shape("part:N", scale=alt.Scale(domain=list(parts), range=list(SHAPES)), legend=keys)
    all_of_them = alt.Chart(frame).mark_point(filled=True, size=34, opacity=0.8).encode(*place, color=tone, shape=shape, tooltip=said)
    if not frame["wrong"].any():
        return all_of_them.properties(height=height)
    rings = alt.Chart(frame[frame["wrong"]]).mark_point(filled=False, size=130, strokeWidth=1.5, color=GREY).encode(
        *place, tooltip=[*said, alt.Tooltip("is:N", title="really")])  # fmt: skip
    return alt.layer(all_of_them, rings).properties(height=height)
