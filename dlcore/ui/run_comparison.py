"""The chosen runs beside each other: their curves on one chart, and the settings that differ."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.charts.curves import RunCurves
from dlcore.errors import LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.metrics import METRICS
from dlcore.run import Run
from dlcore.services import listing
from dlcore.ui import words
from dlcore.ui.curves import curves as draw_curves
from dlcore.ui.form import TITLES
from dlcore.ui.labels import labels, shown, summary
from dlcore.ui.palette import LIGHT, colour
from dlcore.ui.progress import main_metric, steps_per_epoch
from dlcore.ui.reader import READER

CHART_HEIGHT = 320
INK = {False: "#4A5563", True: "#B4BFCB"}


def comparison(chosen: Sequence[Run]) -> None:
    """Draws nothing for no run. Runs whose experiment cannot be read are left out."""
    known = [(run, experiment) for run in chosen if (experiment := _experiment(run)) is not None]
    if not known:
        return
    runs, experiments = [run for run, _ in known], [experiment for _, experiment in known]
    names = labels(runs, experiments)
    dark = st.context.theme.type == "dark"
    colours = [colour(place, dark) for place in distinct([run.colour for run in runs])]
    st.subheader("Curves" if len(runs) == 1 else f"{len(runs)} runs compared", anchor=False)
    drawn = [
        RunCurves(run.id, name, hue, run.epochs, READER.read(run, "epochs"), steps_per_epoch=steps_per_epoch(experiment))
        for run, experiment, name, hue in zip(runs, experiments, names, colours, strict=True)
    ]
    _curves(drawn, experiments[0], dark)
    _table(runs, experiments, names)


def distinct(places: Sequence[int]) -> list[int]:
    """Places in the palette, one for each run: its own, unless an earlier run of the selection has it; then the next free one."""
    found: list[int] = []
    for place in places:
        free = [(place + ahead) % len(LIGHT) for ahead in range(len(LIGHT))]
        found.append(next((other for other in free if other not in found), place))
    return found


def differing(experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    """Label of a setting → its value in each experiment, as text, for the settings that are not the same in all; "" where one has none."""
    settings = [_settings(experiment) for experiment in experiments]
    keys = dict.fromkeys(key for found in settings for key in found)
    table = {key: [found.get(key, "") for found in settings] for key in keys}
    return {key: values for key, values in table.items() if len(set(values)) > 1}


def _settings(experiment: Experiment) -> dict[str, str]:
    titles = {TITLES[part]: getattr(experiment, f"{part}_spec").title for part in PARTS}
    return titles | {own.label: shown(own, value) for _, own, value in experiment.fields()}


def _curves(drawn: Sequence[RunCurves], experiment: Experiment, dark: bool) -> None:
    recorded = {name.removeprefix("val_") for run in drawn for name in run.epochs}
    names = [name for name in ("loss", *METRICS, *sorted(recorded)) if name in recorded]
    names = list(dict.fromkeys(names))
    if not names:
        st.caption("No epoch has ended yet. The curves appear here as the runs train.")
        return
    first = main_metric(experiment, recorded).removeprefix("val_")
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared_controls"):
        name = st.selectbox("Curve", names, index=names.index(first) if first in names else 0, key="compared_curve",
                            format_func=lambda one: words.quantity(one).capitalize(), width=220)  # fmt: skip
        log = st.toggle("Log axis", key="compared_log", help="Equal distances are equal ratios.")
    _legend(drawn, dark)
    draw_curves(name, words.quantity(name), drawn, key=f"compared_{name}", log=log, height=CHART_HEIGHT)


def _legend(drawn: Sequence[RunCurves], dark: bool) -> None:
    """One legend: colour is the run, the dash says training or validation."""
    items = [_mark(f"background:{run.colour};height:10px;width:10px;border-radius:5px", run.label) for run in drawn]
    line = f"border-top:2px {{}} {INK[dark]};width:24px;height:0"
    items += [_mark(line.format("solid"), "training"), _mark(line.format("dashed"), "validation")]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;min-height:22px">{"".join(items)}</div>')


def _mark(style: str, text: str) -> str:
    swatch = f'<span style="display:inline-block;{style}"></span>'
    return f'<span style="display:inline-flex;align-items:center;gap:6px">{swatch}{html.escape(text)}</span>'


def _table(runs: Sequence[Run], experiments: Sequence[Experiment], names: Sequence[str]) -> None:
    """Results first, then what differs: one column for each run."""
    rows = _results(runs, experiments)
    if len(runs) > 1:
        rows |= differing(experiments)
        shared = {summary(experiment) for experiment in experiments}
        st.caption(f"Results, and the settings that differ. The others are the same in all {len(runs)} runs."
                   + (f" All: {next(iter(shared))}." if len(shared) == 1 else ""))  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows, index=list(names)).T, height="content", alt="Results and differing settings of the chosen runs",
        column_config={"_index": st.column_config.TextColumn("Setting", width=200)}, key="compared_settings",
    )  # fmt: skip


def _results(runs: Sequence[Run], experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    metrics = listing.metrics(runs)
    found: dict[str, list[str]] = {}
    mains = dict.fromkeys(main_metric(experiment, metrics[run.id]) for run, experiment in zip(runs, experiments, strict=True))
    for name in mains:
        found[f"Best {words.metric_name(name)}"] = [_best(metrics[run.id].get(name, {})) for run in runs]
    found["State"] = [run.state.value for run in runs]
    found["Epochs"] = [f"{run.epoch:,} of {run.epochs:,}" for run in runs]
    found["Took"] = [words.duration(run.seconds) if run.seconds else "–" for run in runs]
    if any(run.note for run in runs):
        found["Note"] = [run.note for run in runs]
    return found


def _best(values: Mapping[str, float | int | None]) -> str:
    best, epoch = values.get("best"), values.get("best_epoch")
    return f"{words.number(best)} in epoch {epoch:,}" if best is not None and np.isfinite(best) else "–"


def _experiment(run: Run) -> Experiment | None:
    try:
        return Experiment.from_json(run.experiment)
    except LabError:
        return None
