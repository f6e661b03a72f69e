"""The pictures below a search's board: slices, contour, importance, Hyperband's brackets, what happened; and a sweep's response curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dlcore.charts.contour import contour
from dlcore.charts.parallel import Axis
from dlcore.charts.response import Response, response_chart
from dlcore.charts.slice import slice_chart
from dlcore.services import sweeping
from dlcore.studies.search import Study, Trial, brackets
from dlcore.studies.space import show_value
from dlcore.ui import importance, palette, search_axes, search_events, search_looks

KINDS = {
    "slices": "One setting at a time",
    "contour": "Two settings",
    "importance": "What mattered",
    "brackets": "Brackets",
    "events": "What happened",
}


def response(study: Study) -> None:
    """A sweep's curve over the whole range of its setting; it fills while the runs end."""
    (dimension,) = study.search.space.dimensions
    found = sweeping.points(study.id)
    axis = search_axes.axis_of(study.search, dimension.key)
    best = sweeping.best(found, study.search.direction)
    shown = [
        Response(
            show_value(one.value) if axis.choices else one.value, one.mean, one.low, one.high, one.results, best is not None and one is best
        )
        for one in found
    ]
    score = search_axes.score_label(study.search)
    drawn = response_chart(axis, shown, score, search_looks.accent(), search_looks.ink())
    search_looks.picture(drawn, f"response_{study.id}")
    st.caption("The line is the mean over seeds, each dot one run; the band holds the mean with 95 % confidence (Student's t).")


def more(study: Study, trials: Sequence[Trial], axes: Sequence[Axis]) -> None:
    """The picture that is asked for, of the trials that have a score."""
    kinds = [kind for kind in KINDS if kind != "brackets" or study.search.oracle == "hyperband"]
    kinds = [kind for kind in kinds if kind != "contour" or len(axes) > 2]
    if sweeping.is_sweep(study):  # its response curve says all that the others would
        kinds = ["events"]
    if len(kinds) == 1:
        st.markdown(f"**{KINDS[kinds[0]]}**")
        asked: str | None = kinds[0]
    else:
        asked = st.segmented_control(
            "Look at", kinds, default=kinds[0], key="search_look", format_func=lambda kind: KINDS[kind], required=True
        )
    rows = [row for row in search_axes.rows(study.search, trials, axes) if row[search_axes.SCORE] is not None]
    settings = axes[:-1]
    if asked == "events":
        search_events.table(study)
    elif asked == "brackets":
        _brackets(study, trials)
    elif not rows:
        st.caption("This picture appears when the first trial has ended.")
    elif asked == "contour":
        _contour(study, rows, settings)
    elif asked == "importance":
        _importance(study, rows, settings)
    else:
        _slices(study, rows, settings)


def _slices(study: Study, rows: Sequence[Mapping[str, Any]], settings: Sequence[Axis]) -> None:
    for first in range(0, len(settings), 3):
        for place, axis in zip(st.columns(3), settings[first : first + 3], strict=False):
            with place:
                drawn = slice_chart(axis, rows, search_axes.score_label(study.search), search_looks.accent())
                search_looks.picture(drawn, f"slice_{study.id}_{axis.key}")
    st.caption("Each dot is a trial, darker the later it was tried; the ring is the best.")


def _contour(study: Study, rows: Sequence[Mapping[str, Any]], settings: Sequence[Axis]) -> None:
    titles = {axis.key: axis for axis in settings}
    left, right = st.columns(2)
    across = left.selectbox("Across", list(titles), key="contour_across", format_func=lambda key: titles[key].title)
    others = [key for key in titles if key != across]
    up = right.selectbox("Up", others, key=f"contour_up_{across}", format_func=lambda key: titles[key].title)
    drawn = contour(
        titles[across], titles[up], rows, search_axes.score_label(study.search), search_axes.better(study.search), palette.is_dark()
    )
    search_looks.picture(drawn, f"contour_{study.id}_{across}_{up}")
    st.caption("Dots are trials. The ground between them is a guess from the trials near by (weighted by distance), not a measurement.")


def _importance(study: Study, rows: Sequence[Mapping[str, Any]], settings: Sequence[Axis]) -> None:
    """Works it out once for these trials; while the search runs, on a press, since each new trial makes it another question."""
    places = [[_finite(axis.place(row[axis.key])) for axis in settings] for row in rows]
    scores = [float(row[search_axes.SCORE]) * (-1 if study.search.direction == "max" else 1) for row in rows]
    importance.panel(study.id, [axis.title for axis in settings], places, scores, what="trials", moving=study.state.is_active)


def _finite(place: float) -> float | None:
    return place if place == place else None  # NaN: the setting did not count in this trial


def _brackets(study: Study, trials: Sequence[Trial]) -> None:
    """How many trials each rung is to have, and what came of them."""
    planned = brackets(study.search.most_epochs, study.search.factor)
    rows = []
    for number, sizes in enumerate(planned):
        for rung, (size, epochs) in enumerate(sizes):
            here = [trial for trial in trials if trial.bracket == len(planned) - 1 - number and trial.rung == rung]
            scores = [trial.score for trial in here if trial.score is not None]
            best = (max if study.search.direction == "max" else min)(scores, default=None)
            rows.append({"Bracket": number + 1, "Rung": rung + 1, "Epochs": epochs, "Trials planned": size,
                         "Ended": sum(trial.is_ended for trial in here), "Best": best})  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key=f"brackets_{study.id}",
        placeholder="",
        column_config={"Best": st.column_config.NumberColumn(format="%.4g")},
    )
    st.caption("Each bracket begins with many short trials; the best of a rung go on to the next from where they stopped (Li et al. 2018).")
