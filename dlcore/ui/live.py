"""The live panel: state, progress, numbers and curves of the opened runs, in one fragment that stops ticking when they have ended."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from dlcore import service
from dlcore.charts.curves import RunCurves
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run, State
from dlcore.ui import words
from dlcore.ui.curves import curves as draw_curves
from dlcore.ui.health import health
from dlcore.ui.labels import labels
from dlcore.ui.page import tell
from dlcore.ui.palette import colour
from dlcore.ui.progress import Progress, progress, steps_per_epoch
from dlcore.ui.reader import READER

TICK_SECONDS = 0.5
PAUSED_TICK_SECONDS = 3.0
CHART_HEIGHT = 330
PANEL_HEIGHT = 350
HEALTH_HEIGHT = 48
INK = {False: "#4A5563", True: "#B4BFCB"}


def panel(runs: Sequence[Run]) -> None:
    """The opened runs, the first in full; without one, what will appear here and how to get it."""
    if not runs:
        _nothing_yet()
        return
    st.fragment(_live, run_every=_every(runs))(tuple(run.id for run in runs), tuple(run.state for run in runs))


def _every(runs: Sequence[Run]) -> float | None:
    if any(run.state.is_active for run in runs):
        return TICK_SECONDS
    return PAUSED_TICK_SECONDS if any(run.state is State.PAUSED for run in runs) else None


def _live(ids: tuple[str, ...], states: tuple[State, ...]) -> None:
    try:
        _draw(ids, states)
    except LabError as error:
        tell(error)


def _draw(ids: tuple[str, ...], states: tuple[State, ...]) -> None:
    runs = [service.run(name) for name in ids]
    experiments = [service.experiment(name) for name in ids]
    run, experiment = runs[0], experiments[0]
    epochs = READER.read(run, "epochs")
    found = progress(run, experiment, epochs, steps_per_epoch(experiment))
    _state(run, found)
    _charts(runs, experiments)
    _numbers(run, found)
    with st.container(height=HEALTH_HEIGHT, border=False, key="health"):
        st.caption(health(epochs, READER.read(run, "probe")))
    if tuple(run.state for run in runs) != states:
        # The verbs, the downloads and the pace of ticking depend on the state: draw the whole page anew.
        st.rerun()


def _state(run: Run, found: Progress) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="state"):
        st.badge(run.state.value, icon=words.ICONS[run.state], color=words.COLOURS[run.state])  # type: ignore[arg-type]
        warm = run.state is not State.QUEUED or _is_warm(run)
        st.markdown(words.state_words(run, warm, _preparing(run)), width="content")
    st.progress(found.fraction)
    if run.state is State.FAILED:
        st.error(f"{run.cause}  \n{run.hint}".strip(), icon=":material/error:")
    if not run.exact:
        st.caption("A part of this run was computed again after an interruption and came out slightly different.")


def _preparing(run: Run) -> str:
    """The worker's last word on its download, before the first step."""
    if run.state is not State.RUNNING or run.step:
        return ""
    told = [event for _, event in service.events(run.id, kinds=["progress"]) if event.attempt == run.attempt]
    return str(told[-1].body["text"]) if told else ""


def _is_warm(run: Run) -> bool:
    workers = service.trainer_status().get("workers") or []
    return any(worker.get("class") == run.worker_class and worker.get("state") != "starting" for worker in workers)


def _numbers(run: Run, found: Progress) -> None:
    name = words.metric_name(found.metric)
    best = f"{words.number(found.best)} in epoch {found.best_epoch:,}" if found.best_epoch else "–"
    shown = [
        (name[0].upper() + name[1:], words.number(found.last)),
        ("Best so far" if run.state.is_active else "Best", best),
        ("Epoch", f"{run.epoch:,} of {run.epochs:,}"),
        ("Examples per second", words.number(found.rate)),
        ("Took", words.duration(run.seconds)) if run.state.is_finished else ("Time left", words.duration(found.left)),
    ]
    with st.container(horizontal=True, key="numbers", gap="large"):
        for label, value in shown:
            st.metric(label, value, width="content")


def _charts(runs: Sequence[Run], experiments: Sequence[Experiment]) -> None:
    dark = is_dark()
    curves = [_curves(*item, dark) for item in zip(runs, experiments, labels(runs, experiments), strict=True)]
    with st.container(horizontal=True, vertical_alignment="center", key="legend"):
        _legend(curves, dark)
        log = st.toggle("Log loss axis", key="log_loss", width="content", help="Equal distances are equal ratios.")
    metric = experiments[0].recorded_metrics[0]
    for place, name in zip(st.columns(2), ("loss", metric), strict=True):
        with place:
            draw_curves(name, words.quantity(name), curves, key=f"curve_{name}", log=log and name == "loss", height=CHART_HEIGHT)


def _curves(run: Run, experiment: Experiment, label: str, dark: bool) -> RunCurves:
    return RunCurves(
        run.id, label, colour(run.colour, dark), run.epochs, READER.read(run, "epochs"), READER.read(run, "steps"),
        steps_per_epoch(experiment), marks(run, experiment),
    )  # fmt: skip


def marks(run: Run, experiment: Experiment) -> list[tuple[float, str]]:
    """What a person changed while it trained, as (epoch, words) for the chart."""
    per_epoch = steps_per_epoch(experiment)
    made = [(change["step"] / per_epoch, change["field"].rpartition(".")[2], change["value"]) for change in service.changes(run.id)]
    return [(epoch, f"{field.replace('_', ' ')} {value}") for epoch, field, value in made]


def is_dark() -> bool:
    """Whether the person's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def _legend(curves: Sequence[RunCurves], dark: bool) -> None:
    """One legend for both charts: colour is the run, the dash says training or validation."""
    items = [_key(f"background:{run.colour};height:10px;width:10px;border-radius:5px", run.label) for run in curves]
    line = f"border-top:2px {{}} {INK[dark]};width:24px;height:0"
    items += [_key(line.format("solid"), "training"), _key(line.format("dashed"), "validation")]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;min-height:22px">{"".join(items)}</div>')


def _key(style: str, text: str) -> str:
    swatch = f'<span style="display:inline-block;{style}"></span>'
    return f'<span style="display:inline-flex;align-items:center;gap:6px">{swatch}{html.escape(text)}</span>'


def _nothing_yet() -> None:
    with st.container(border=True, height=PANEL_HEIGHT, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(":material/show_chart: **Your curves appear here.**", width="content")
        st.caption("Press Train: loss and accuracy are drawn while the net learns. You may close the page meanwhile.", width="content")

