"""The lab's live line chart: a component that is drawn once and then gets only what is new, so that a zoom stays while data come in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlcore.charts.curves import RunCurves, extent, run_lines
from dlcore.charts.lines import Line, News
from dlcore.ui.components import component

HEIGHT = 330


def curves(
    name: str, title: str, runs: Sequence[RunCurves], *, key: str, log: bool = False, height: int = HEIGHT, described: str = ""
) -> None:
    """The metric `name` and its "val_" twin against epochs for several runs, as `run_lines` draws them.

    key: the chart's own name on the page. described: what a screen reader says; the title and the runs' labels when empty.
    """
    marks = runs[0].marks if runs else ()
    described = described or f"{title} against epochs, for {', '.join(run.label for run in runs)}"
    chart(
        run_lines(name, runs),
        "epoch",
        title,
        key=key,
        reach=(0, extent(runs)),
        marks=marks,
        log=log,
        height=height,
        described=described,
        sync="epoch",
    )


def chart(
    lines: Sequence[Line], x: str, y: str, *, key: str, reach: tuple[float, float] | None = None,
    marks: Sequence[tuple[float, str]] = (), log: bool = False, height: int = HEIGHT, described: str = "", sync: str = "",
    log_x: bool = False, focus: bool = False,
) -> None:  # fmt: skip
    """Any lines. x, y: titles of the axes, with units. reach: the x axis's ends; those of the data where None.

    marks: (place, words) of vertical lines. log: a logarithmic axis for y, where values of 0 and below are gaps. sync: charts that
    share this word share the cursor. log_x: a logarithmic axis for x, where places of 0 and below are left out. focus: the line under the
    cursor stands out from the others.
    """
    news: dict[str, News] = st.session_state.setdefault("chart_news", {})
    least, most = reach or _reach(lines)
    data = {
        "key": key, "news": news.setdefault(key, News()).message(lines), "lines": [line.look() for line in lines],
        "x": x, "y": y, "least": float(least), "most": float(most), "marks": [[float(place), words] for place, words in marks],
        "log": log, "height": height, "described": described or f"{y} against {x}", "sync": sync, "log_x": log_x, "focus": focus,
        "file": key.replace("_", "-"),
    }  # fmt: skip
    component("curves")(data=data, key=key, height="content", on_resend_change=lambda: news.pop(key, None))


def _reach(lines: Sequence[Line]) -> tuple[float, float]:
    ends = [float(end) for line in lines if len(line.x) for end in (line.x.min(), line.x.max())]
    return (min(ends), max(ends)) if ends and min(ends) < max(ends) else (0.0, max(ends, default=1.0) or 1.0)
