"""How settings and results of many runs go together: parallel coordinates, scatter, slices, contours, correlation, what mattered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dlcore import statistics
from dlcore.charts.contour import contour
from dlcore.charts.correlation import correlation
from dlcore.charts.parallel import BRUSH, Axis, parallel, score_axis
from dlcore.charts.scatter import PICKED, scatter
from dlcore.charts.slice import slice_chart
from dlcore.metrics import higher_is_better
from dlcore.run import Run
from dlcore.services import exploring
from dlcore.services.exploring import Column, Condition, Wanted
from dlcore.ui import explore_axes, explore_sample, importance, link, palette, run_table, search_looks, words
from dlcore.ui.picture import figure

KINDS = {
    "parallel": "All at once", "scatter": "Any two", "slices": "One setting at a time", "contour": "Two settings",
    "importance": "What mattered", "correlation": "Correlation",
}  # fmt: skip
DRAWN, WORKED_OUT = 400, 500
MOST_AXES = 7
BOX, AXES, PARALLEL = "runs_box", "runs_axes", "runs_parallel"
SCORE = "score"


def draw(wanted: Wanted, metric: str, chosen: Sequence[Run]) -> None:
    """The picture that is asked for, of those among the wanted runs that have the result `metric`. chosen: the ticked ones."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="relations_controls"):
        kind = st.segmented_control("Look at", list(KINDS), default="parallel", key=link.OWN + "relation", bind="query-params",
                                    format_func=KINDS.__getitem__, required=True)  # fmt: skip
        looked, limit = explore_sample.choose(wanted, chosen)
        names = _settings([name for name in exploring.differing(looked) if name != "seed"])
    if not names:
        st.caption("No setting differs among these runs. Take others, or train some with other settings, and their relations appear here.")
        return
    found, told = explore_sample.rows(looked, limit, names, Column("best", metric))
    st.caption(told)
    if not found:
        st.caption(f"None of these runs has recorded {words.metric_name(metric)} yet.")
        return
    axes = [axis for place, name in enumerate(names) if (axis := explore_axes.axis(name, [row.values[place] for row in found]))]
    rows = [_row(names, row) for row in found]
    {"parallel": _parallel, "scatter": _scatter, "slices": _slices, "contour": _contour, "importance": _importance,
     "correlation": _correlation}[kind or "parallel"](axes, rows, metric)  # fmt: skip


def box() -> tuple[Condition, ...]:
    """What the box drawn over the parallel coordinates leaves, as conditions; none without a box."""
    return tuple(st.session_state.get(BOX, ()))


def lift_box() -> None:
    """Take the box away; the picture is drawn anew without one."""
    st.session_state.pop(BOX, None)
    st.session_state[PARALLEL] = st.session_state.get(PARALLEL, 0) + 1


def conditions(axes: Sequence[Axis], columns: Sequence[Column], area: Mapping[str, Sequence[float]]) -> tuple[Condition, ...]:
    """What the axes that a box {"axis": [from, to], "place": [from, to]} covers say about a run that passes through it."""
    if not area.get("axis") or not area.get("place"):
        return ()
    (left, right), (low, high) = sorted(area["axis"]), sorted(area["place"])
    found: list[Condition] = []
    for number, (axis, column) in enumerate(zip(axes, columns, strict=True)):
        if not left <= number <= right:
            continue
        if axis.choices:
            inside = [choice for choice in axis.choices if low <= axis.place(choice) <= high]
            found.append(Condition(column, "in", tuple(explore_axes.stored(choice) for choice in inside)))
        else:
            # Beyond the ends of an axis there may be runs that were not drawn: a box that covers an end has no limit there.
            found += [Condition(column, ">=", axis.value(low))] if low > 0 else []
            found += [Condition(column, "<=", axis.value(high))] if high < 1 else []
    return tuple(found)


def _settings(differing: Sequence[str]) -> list[str]:
    known = list(dict.fromkeys([*differing, *exploring.settings()]))
    return st.multiselect("Settings", known, default=list(differing)[: MOST_AXES - 1], key="relations_settings", max_selections=MOST_AXES,
                          format_func=exploring.label, width=420, help="At first those that differ among the runs found.")  # fmt: skip


def _row(names: Sequence[str], row: exploring.Row) -> dict[str, Any]:
    values = {name: explore_axes.shown(value) for name, value in zip(names, row.values, strict=False)}
    return {"run": row.run, "name": row.title or row.run, "trial": row.title or row.run, SCORE: float(row.values[-1])} | values


def _parallel(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    shown = rows[:DRAWN]
    along = [*axes, score_axis(SCORE, words.metric_name(metric), [row[SCORE] for row in shown])]
    st.session_state[AXES] = (along, [*(Column("setting", axis.key) for axis in axes), Column("best", metric)])
    key = f"{PARALLEL}_{st.session_state.get(PARALLEL, 0)}"
    drawn = parallel(along, shown, ink=search_looks.ink(), better=_better(metric), dark=palette.is_dark(), noun="run")
    search_looks.picture(drawn, key, on_select=lambda: _boxed(key), selection_mode=BRUSH)
    if not box():
        few = _first(shown, rows, "drawn")
        st.caption(f"{few}One line is one run. Draw a box over an axis: table and curves keep the runs that pass through it.")


def _boxed(key: str) -> None:
    area = (st.session_state[key].get("selection") or {}).get(BRUSH) or {}
    axes, columns = st.session_state[AXES]
    found = conditions(axes, columns, area)
    if found:
        st.session_state[BOX] = found
    else:
        st.session_state.pop(BOX, None)


def _scatter(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    result = score_axis(SCORE, words.metric_name(metric), [row[SCORE] for row in rows])
    known = {axis.key: axis for axis in [*axes, result]}
    with st.container(horizontal=True):
        across = _axis("Across", "across", known, axes[0].key)
        up = _axis("Up", "up", known, SCORE)
        tone = _axis("Colour", "tone", known, axes[-1].key)
    dark = palette.is_dark()
    hues = palette.DARK if dark else palette.LIGHT
    drawn = scatter(known[across], known[up], known[tone], [dict(row) for row in rows], colours=hues, better=_better(metric), dark=dark)
    key = f"runs_scatter_{across}_{up}_{tone}"
    search_looks.picture(drawn, key, on_select=lambda: _picked(key), selection_mode=PICKED)
    st.caption("One dot is one run. Press a dot to choose its run, with Shift several.")


def _picked(key: str) -> None:
    found = (st.session_state[key].get("selection") or {}).get(PICKED) or []
    runs = [one["run"] for one in found if one.get("run")]
    if runs:
        run_table.choose(list(dict.fromkeys([*run_table.chosen_ids(), *runs])))


def _axis(label: str, key: str, known: Mapping[str, Axis], usual: str) -> str:
    held = link.OWN + key
    if st.session_state.get(held) not in known:
        st.session_state[held] = usual
    return st.selectbox(label, list(known), key=held, format_func=lambda one: known[one].title, width=200) or usual


def _slices(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    best = (max if higher_is_better(metric) else min)(rows, key=lambda row: float(row[SCORE]))["run"]
    marked = [{**row, "trial": number, "best": row["run"] == best} for number, row in enumerate(sorted(rows, key=_age), start=1)]
    for first in range(0, len(axes), 3):
        for place, axis in zip(st.columns(3), axes[first : first + 3], strict=False):
            with place:
                search_looks.picture(
                    slice_chart(axis, marked, words.metric_name(metric), search_looks.accent(), "run"), f"runs_slice_{axis.key}"
                )
    st.caption("Each dot is one run, the newer the darker; the ring is the best.")


def _contour(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    if len(axes) < 2:
        st.caption("It takes two settings that differ.")
        return
    known = {axis.key: axis for axis in axes}
    with st.container(horizontal=True):
        across = _axis("Across", "contour_across", known, axes[0].key)
        others = {key: axis for key, axis in known.items() if key != across}
        up = _axis("Up", "contour_up", others, next(iter(others)))
    drawn = contour(known[across], known[up], rows[:DRAWN], words.metric_name(metric), _better(metric), palette.is_dark(), "run")
    search_looks.picture(drawn, f"runs_contour_{across}_{up}")
    few = _first(rows[:DRAWN], rows, "drawn")
    st.caption(f"{few}Dots are runs. The ground between them is a guess from the runs near by (weighted by distance), not a measurement.")


def _importance(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    some = rows[:WORKED_OUT]
    sign = -1 if higher_is_better(metric) else 1
    places = [[known(axis.place(row.get(axis.key))) for axis in axes] for row in some]
    if few := _first(some, rows, "taken"):
        st.caption(few)
    importance.panel("runs", [axis.title for axis in axes], places, [sign * row[SCORE] for row in some], what="runs")


def _correlation(axes: Sequence[Axis], rows: Sequence[Mapping[str, Any]], metric: str) -> None:
    numeric = [axis for axis in axes if not axis.choices]
    names = [axis.title for axis in numeric] + [words.metric_name(metric)]
    table = np.array([[_float(row.get(axis.key)) for axis in numeric] + [row[SCORE]] for row in rows], float).reshape(len(rows), len(names))
    note = (
        f"Spearman's rank correlation over {len(rows):,} runs: +1 when the larger of one is always the larger of the other. Settings "
        "that are words have no rank. Going together is not causing."
    )
    figure(correlation(names, statistics.rank_correlations(table), note), key="runs_correlation", wide=True)


def _age(row: Mapping[str, Any]) -> str:
    return str(row["run"])  # ids are in the order in which runs were asked for


def _first(some: Sequence[Any], rows: Sequence[Any], done: str) -> str:
    return f"The first {len(some):,} of these are {done}. " if len(some) < len(rows) else ""


def _better(metric: str) -> str:
    return "high" if higher_is_better(metric) else "low"


def known(place: float) -> float | None:
    """A place on an axis, None where a run has none."""
    return None if math.isnan(place) else place


def _float(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
