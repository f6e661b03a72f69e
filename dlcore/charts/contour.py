"""The score over two settings: what lies between the trials, guessed from those near by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dlcore.charts.parallel import Axis, Picture, scale_of

CELLS = 24
HEIGHT = 350  # with the colours above
OVERLAP = 1.06  # browsers leave a hairline between squares that only touch


def contour(
    across: Axis, up: Axis, trials: Sequence[Mapping[str, Any]], score: str, better: str = "low", dark: bool = False, noun: str = "trial"
) -> Picture:  # fmt: skip
    """Shaded squares with the guessed score and a dot for each trial, over two axes. better, dark, noun: as in `parallel`.

    trials: dicts with "trial", "score" and both axes' keys. Axes run over places from 0 to 1, labelled with their values.
    """
    known = [trial for trial in trials if _is_known(across, up, trial)]
    points = pd.DataFrame(
        [(t["trial"], t["score"], across.place(t[across.key]), up.place(t[up.key]), _say(t[across.key]), _say(t[up.key])) for t in known],
        columns=["trial", "score", "x", "y", across.title, up.title],
    )
    colour = alt.Color("score:Q", title=score, scale=scale_of(better, dark), legend=alt.Legend(format=".3g", orient="top"))
    told: list[Any] = [alt.Tooltip("score:Q", format=".4g")]
    surface = alt.Chart(_squares(points)).mark_rect().encode(
        x=_scale(alt.X, "x", across), x2="right:Q", y=_scale(alt.Y, "y", up), y2="top:Q", color=colour, tooltip=told
    )  # fmt: skip
    dots = alt.Chart(points).mark_circle(size=60, stroke="white", strokeWidth=1, opacity=1).encode(
        x="x:Q", y="y:Q", color=colour, tooltip=[alt.Tooltip("trial:N", title=noun), *told, f"{across.title}:N", f"{up.title}:N"]
    )  # fmt: skip
    return alt.layer(surface, dots).properties(height=HEIGHT)


def between(places: np.ndarray, scores: np.ndarray, at: np.ndarray, power: float = 3.0) -> np.ndarray:
    """Scores guessed at `at` (count, 2) from those known at places (trials, 2): means weighted by 1 / distance^power (Shepard 1968)."""
    distance = np.sqrt(((at[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))
    weight = 1.0 / np.maximum(distance, 1e-6) ** power
    return (weight @ scores) / weight.sum(axis=1)


def _is_known(across: Axis, up: Axis, trial: Mapping[str, Any]) -> bool:
    return trial.get("score") is not None and bool(np.isfinite([across.place(trial.get(across.key)), up.place(trial.get(up.key))]).all())


def _squares(points: pd.DataFrame) -> pd.DataFrame:
    """One row per square of a grid over places −0.04 to 1.04; none without at least three trials."""
    edges = np.linspace(-0.04, 1.04, CELLS + 1)
    left, bottom = (part.ravel() for part in np.meshgrid(edges[:-1], edges[:-1]))
    size = edges[1] - edges[0]
    frame = pd.DataFrame({"x": left, "y": bottom, "right": left + size * OVERLAP, "top": bottom + size * OVERLAP, "score": 0.0})
    if len(points) < 3:
        return frame.iloc[:0]
    middles = np.stack([left, bottom], axis=1) + size / 2
    frame["score"] = between(points[["x", "y"]].to_numpy(float), points["score"].to_numpy(float), middles)
    return frame


def _scale(channel: Any, name: str, axis: Axis) -> Any:
    ticks = axis.ticks()
    words = {round(place, 4): text for place, text in ticks}
    label = " : ".join(f"abs(datum.value - {place}) < 1e-3 ? {text!r}" for place, text in words.items()) + " : ''"
    shown = alt.Axis(values=list(words), labelExpr=label, labelOverlap=True, grid=False)
    return channel(f"{name}:Q", title=axis.title, axis=shown, scale=alt.Scale(domain=[-0.04, 1.04], nice=False, zero=False))


def _say(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
