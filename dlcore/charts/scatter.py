"""One value of many runs against another, coloured by a third."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dlcore.charts.parallel import Axis, Picture, scale_of
from dlcore.charts.slice import along, on

HEIGHT = 380
PICKED = "picked"


def scatter(
    x: Axis, y: Axis, tone: Axis, rows: Sequence[dict[str, Any]], *, colours: Sequence[str], better: str = "high", dark: bool = False
) -> Picture:
    """rows: dicts with "run" (its id), "name", and the three axes' keys; one that lacks x or y is left out. colours: of the choices of
    `tone`; numbers are shaded, the good end ("low" or "high") farthest from the ground. A click is the selection `PICKED` of runs."""
    kept = [
        (row["run"], row["name"], on(x, row[x.key]), on(y, row[y.key]), None if row.get(tone.key) is None else on(tone, row[tone.key]))
        for row in rows
        if row.get(x.key) is not None and row.get(y.key) is not None
    ]
    frame = pd.DataFrame(kept, columns=["run", "name", "value", "up", "tone"])
    if tone.choices:
        words = [str(choice) for choice in tone.choices]
        scale = alt.Scale(domain=words, range=[colours[place % len(colours)] for place in range(len(words))])
        colour = alt.Color("tone:N", title=tone.title, scale=scale, legend=alt.Legend(orient="top", columns=4))
    else:
        colour = alt.Color("tone:Q", title=tone.title, scale=scale_of(better, dark), legend=alt.Legend(format=".3~g", orient="top"))
    kind = {True: "N", False: "Q"}
    told: list[Any] = [
        alt.Tooltip("name:N", title="run"),
        *(alt.Tooltip(f"{key}:{kind[bool(axis.choices)]}", title=axis.title) for key, axis in (("value", x), ("up", y), ("tone", tone))),
    ]
    picked = alt.selection_point(name=PICKED, fields=["run"])
    return (
        alt.Chart(frame).mark_circle(size=60, opacity=0.8).encode(x=along(x), y=_upright(y), color=colour, tooltip=told)
        .add_params(picked).properties(height=HEIGHT)
    )  # fmt: skip


def _upright(axis: Axis) -> alt.Y:
    if axis.choices:
        words = [str(choice) for choice in axis.choices]
        return alt.Y("up:N", title=axis.title, sort=words, scale=alt.Scale(domain=words))
    kind = alt.Scale(type="log" if axis.log else "linear", domain=[axis.low, axis.high], nice=True)
    return alt.Y("up:Q", title=axis.title, scale=kind, axis=alt.Axis(format=".4~g", tickCount=6))
