"""The chosen runs beside each other: their curves on one chart, and the settings that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.experiment import PARTS, Experiment
from dlcore.run import Run
from dlcore.services import listing
from dlcore.ui import explore_curves, words
from dlcore.ui.form import TITLES
from dlcore.ui.labels import labels, shown, summary
from dlcore.ui.progress import main_metric

TABLED = 8


def comparison(chosen: Sequence[Run]) -> None:
    """Draws nothing for no run. Runs whose experiment cannot be read are left out."""
    known = [(run, found) for run in chosen if (found := explore_curves.known(run)) is not None]
    if not known:
        return
    runs, experiments = [run for run, _ in known], [experiment for _, (experiment, _, _) in known]
    st.subheader("Curves" if len(runs) == 1 else f"{len(runs)} runs compared", anchor=False)
    explore_curves.draw(runs, [found for _, found in known])
    if len(runs) > TABLED:
        st.caption(f"The table of settings that differ is drawn for at most {TABLED} runs; *Columns* shows them in the table above.")
    else:
        _table(runs, experiments, labels(runs, experiments))


def differing(experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    """Label of a setting → its value in each experiment, as text, for the settings that are not the same in all; "" where one has none."""
    settings = [_settings(experiment) for experiment in experiments]
    keys = dict.fromkeys(key for found in settings for key in found)
    table = {key: [found.get(key, "") for found in settings] for key in keys}
    return {key: values for key, values in table.items() if len(set(values)) > 1}


def _settings(experiment: Experiment) -> dict[str, str]:
    titles = {TITLES[part]: getattr(experiment, f"{part}_spec").title for part in PARTS}
    return titles | {own.label: shown(own, value) for _, own, value in experiment.fields()}


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
