"""A learning-rate range test: loss (or accuracy) against the rate, with the rates to train at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dlcore.charts.parallel import Picture
from dlcore.charts.thin import thin

HEIGHT = 340
POINTS = 1000
ROOM = 1.15  # above the smoothed curve: single steps that lie higher are cut off, since the blow-up would flatten all else


def loss_chart(
    rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray, picks: Mapping[str, float], colour: str, ink: str,
    reach: tuple[float, float], log: bool = True,
) -> Picture:  # fmt: skip
    """Losses of single steps (faint) and smoothed, all of shape (steps,), over the rates of the whole climb, `reach`.

    picks: words → rate, each an upright line with its words. log: a logarithmic axis, as an exponential climb has it.
    """
    top = float(smoothed.max()) * ROOM if len(smoothed) else 1.0
    step_rates, step_losses = thin(rates, np.minimum(losses, top), POINTS)
    line_rates, line = thin(rates, smoothed, POINTS)
    x = _rate(reach, log)
    y = alt.Y("loss:Q", title="training loss", scale=alt.Scale(zero=False), axis=alt.Axis(format=".3~g"))
    single = alt.Chart(pd.DataFrame({"rate": step_rates, "loss": step_losses})).mark_line(color=colour, opacity=0.3, strokeWidth=1)
    curve = alt.Chart(pd.DataFrame({"rate": line_rates, "loss": line})).mark_line(color=colour, strokeWidth=2.5)
    tooltip: list[Any] = [alt.Tooltip("rate:Q", format=".3g"), alt.Tooltip("loss:Q", format=".4g")]
    return alt.layer(single.encode(x=x, y=y), curve.encode(x=x, y=y, tooltip=tooltip), *_picks(picks, x, ink, reach, log)).properties(
        height=HEIGHT
    )


def metric_chart(
    rates: np.ndarray, values: np.ndarray, metric: str, picks: Mapping[str, float], colour: str, ink: str,
    reach: tuple[float, float], log: bool = False,
) -> Picture:  # fmt: skip
    """A metric after each epoch against the rate at that moment, both of shape (epochs,); Smith's picture. Arguments as above."""
    x = _rate(reach, log)
    frame = pd.DataFrame({"rate": rates, "value": values})
    tooltip: list[Any] = [alt.Tooltip("rate:Q", format=".3g"), alt.Tooltip("value:Q", format=".4g")]
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False))
    curve = alt.Chart(frame).mark_line(color=colour, strokeWidth=2, point=True).encode(x=x, y=y, tooltip=tooltip)
    return alt.layer(curve, *_picks(picks, x, ink, reach, log)).properties(height=HEIGHT)


def _rate(reach: tuple[float, float], log: bool) -> alt.X:
    scale = alt.Scale(type="log" if log else "linear", domain=list(reach), nice=False)
    return alt.X("rate:Q", title="learning rate", scale=scale, axis=alt.Axis(format=".4~g", tickCount=8, labelOverlap=True, grid=False))


def _picks(picks: Mapping[str, float], x: alt.X, ink: str, reach: tuple[float, float], log: bool) -> tuple[alt.Chart, ...]:
    """An upright line for each rate; its words stand on the side where there is more room."""
    frame = pd.DataFrame({"rate": list(picks.values()), "words": [f"{words} {rate:.2g}" for words, rate in picks.items()]})
    frame["down"] = np.arange(len(frame)) * 18 + 10
    middle = float(np.sqrt(reach[0] * reach[1])) if log else sum(reach) / 2
    frame["late"] = frame["rate"] > middle
    base = alt.Chart(frame).encode(x=x)
    rule = base.mark_rule(color=ink, strokeDash=[4, 3], strokeWidth=1.5)
    at = {"y": alt.Y("down:Q", scale=None, axis=None), "text": "words:N"}
    before = base.mark_text(color=ink, align="right", dx=-5, fontSize=12).encode(**at).transform_filter("datum.late")
    after = base.mark_text(color=ink, align="left", dx=5, fontSize=12).encode(**at).transform_filter("!datum.late")
    return rule, before, after
