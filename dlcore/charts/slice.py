"""A slice: the score of every trial against one setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from dlcore.charts.parallel import Axis, Picture

HEIGHT = 220


def slice_chart(axis: Axis, trials: Sequence[Mapping[str, Any]], score: str, colour: str, noun: str = "trial") -> Picture:
    """Dots at (value of the setting, score), fainter the earlier the trial; a ring around the best, the one whose "best" is true.

    trials: dicts with "trial", "score", "best" and the axis's key. score: the vertical axis's title. noun: what a trial is called.
    """
    rows = [
        (trial["trial"], trial["score"], on(axis, trial[axis.key]), bool(trial.get("best")))
        for trial in trials
        if trial.get("score") is not None and trial.get(axis.key) is not None
    ]
    frame = pd.DataFrame(rows, columns=["trial", "score", "value", "best"])
    seen = alt.Opacity("trial:Q", scale=alt.Scale(range=[0.25, 0.95]), legend=None)
    tooltip: list[Any] = [
        alt.Tooltip("trial:Q", title=noun),
        alt.Tooltip(f"value:{'N' if axis.choices else 'Q'}", title=axis.title),
        alt.Tooltip("score:Q", title=score, format=".4g"),
    ]
    base = alt.Chart(frame).encode(x=along(axis), y=alt.Y("score:Q", title=score, scale=_reach(frame["score"])), tooltip=tooltip)
    dots = base.mark_circle(size=55, color=colour).encode(opacity=seen)
    ring = base.mark_point(size=160, color=colour, strokeWidth=2).transform_filter("datum.best")
    return alt.layer(dots, ring).properties(height=HEIGHT)


def _reach(scores: pd.Series) -> alt.Scale:
    """The vertical scale: what there is, with room around a single value."""
    if len(scores) and scores.min() == scores.max():
        room = abs(float(scores.min())) / 10 or 1.0
        return alt.Scale(domain=[scores.min() - room, scores.max() + room])
    return alt.Scale(zero=False)


def on(axis: Axis, value: Any) -> Any:
    """The value as the scale of `along` knows it: choices by their words."""
    return str(value) if axis.choices else value


def along(axis: Axis, name: str = "value") -> alt.X:
    """The horizontal scale of an axis: its whole range, logarithmic where the axis is, its choices in their order."""
    if axis.choices:
        words = [str(choice) for choice in axis.choices]
        return alt.X(f"{name}:N", title=axis.title, sort=words, scale=alt.Scale(domain=words), axis=alt.Axis(labelAngle=-30))
    kind = alt.Scale(type="log" if axis.log else "linear", domain=[axis.low, axis.high], nice=False)
    return alt.X(f"{name}:Q", title=axis.title, scale=kind, axis=alt.Axis(format=".4~g", labelOverlap=True, tickCount=6, grid=False))
