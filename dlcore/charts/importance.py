"""How much each setting mattered, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dlcore.charts.parallel import Picture

ROW = 34


def importance_chart(rows: Sequence[tuple[str, float, float, float]], colour: str, ink: str) -> Picture:
    """rows: (setting, share of the score's variation, ends of its 90 % interval), in any order; the largest is drawn on top."""
    frame = pd.DataFrame(rows, columns=["setting", "share", "low", "high"])
    names = alt.Y("setting:N", title=None, sort=list(frame.sort_values("share", ascending=False)["setting"]), axis=alt.Axis(labelLimit=220))
    share = alt.X("share:Q", title="share of the variation explained", scale=alt.Scale(domainMin=0), axis=alt.Axis(format="%"))
    tooltip: list[Any] = ["setting:N", *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("share", "low", "high"))]
    bars = alt.Chart(frame).mark_bar(color=colour, opacity=0.75, height=14).encode(x=share, y=names, tooltip=tooltip)
    spread = alt.Chart(frame).mark_rule(color=ink, strokeWidth=2).encode(x="low:Q", x2="high:Q", y=names, tooltip=tooltip)
    return alt.layer(bars, spread).properties(height=60 + ROW * max(1, len(frame)))
