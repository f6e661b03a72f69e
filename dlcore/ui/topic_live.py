"""The live curves of a topic page: one chart of one quantity for all opened runs, and a row of numbers for each, in one fragment."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlcore.charts.lines import Line
from dlcore.errors import LabError
from dlcore.run import Run, State
from dlcore.ui import words
from dlcore.ui.curves import chart
from dlcore.ui.page import tell
from dlcore.ui.picture import picture
from dlcore.ui.progress import progress
from dlcore.ui.watched import Watched, watch

TICK_SECONDS = 0.5
HEIGHT = 300
NOTHING = np.zeros(0, "float32")


@dataclass(frozen=True)
class Quantity:
    """Something that may be drawn. lines(run): its lines; log: on a logarithmic axis. across: what the other axis is, if not epochs."""

    title: str
    lines: Callable[[Watched], list[Line]]
    log: bool = False
    across: str = "epoch"


def _recorded(name: str) -> Quantity:
    return Quantity(words.quantity(name), lambda run: run.lines(name, run.curves()))


def _inside(prefix: str, title: str, fold: Callable[[np.ndarray], np.ndarray], log: bool = False) -> Quantity:
    """What monitors measured in each layer, folded into one value for each look."""

    def lines(run: Watched) -> list[Line]:
        probes = run.probes
        found = [probes[name] for name in (f"{prefix}/{layer}" for layer in run.layers) if name in probes]
        shortest = min((len(curve) for curve in found), default=0)
        y = fold(np.stack([curve[:shortest] for curve in found])).astype("float32") if shortest else NOTHING
        x = (probes["step"][:shortest] / max(1, run.per_epoch)).astype("float32") if shortest else NOTHING
        return [Line(f"{run.run.id}/{prefix}", run.label, run.colour, x, y)]

    return Quantity(title, lines, log)


def _gap(run: Watched) -> list[Line]:
    epochs = run.epochs
    if "val_loss" not in epochs:
        return [Line(f"{run.run.id}/gap", run.label, run.colour, NOTHING, NOTHING)]
    y = epochs["val_loss"] - epochs["loss"]
    return [Line(f"{run.run.id}/gap", run.label, run.colour, np.arange(1, len(y) + 1, dtype="float32"), y.astype("float32"))]


def _by_seconds(run: Watched) -> list[Line]:
    """Training and validation loss at the end of each epoch, against the seconds that training has taken by then."""
    passed = np.cumsum(run.epochs.get("seconds", NOTHING), dtype="float64").astype("float32")
    lines = []
    for name, words_ in (("loss", "training"), ("val_loss", "validation")):
        y = run.epochs.get(name, NOTHING)[: len(passed)]
        lines.append(Line(f"{run.run.id}/{name}/seconds", f"{run.label}, {words_}", run.colour, passed[: len(y)], y, dash=name != "loss"))
    return lines


QUANTITIES = {
    "accuracy": _recorded("accuracy"),
    "mae": _recorded("mae"),
    "loss": _recorded("loss"),
    "log loss": Quantity("loss, logarithmic", lambda run: run.lines("loss", run.curves()), log=True),
    "loss by seconds": Quantity("loss", _by_seconds, across="seconds of training"),
    "gap": Quantity("validation loss − training loss", _gap),
    "dead units": _inside("dead_units", "share of ReLU units that are 0 for a whole batch", lambda each: each.mean(axis=0)),
    "first gradient": _inside("gradient_norm", "gradient norm of the first layer", lambda each: each[0], log=True),
    "update ratio": _inside("update_ratio", "size of an update ÷ size of the weights, mean", lambda each: each.mean(axis=0), log=True),
    "weights near 0": _inside("near_zero", "share of weights below 0.001", lambda each: each.mean(axis=0)),
    "weight norm": _inside("weight_norm", "root of the sum of squared weights", lambda each: np.sqrt((each**2).sum(axis=0))),
    "learning rate": Quantity("learning rate", lambda run: [_epochs(run, "learning_rate")]),
}


def _epochs(run: Watched, name: str) -> Line:
    y = run.epochs.get(name, NOTHING)
    return Line(f"{run.run.id}/{name}", run.label, run.colour, np.arange(1, len(y) + 1, dtype="float32"), y)


def panel(runs: Sequence[Run], offered: Sequence[str]) -> None:
    """The opened runs; without one, what will appear here and how to get it. offered: names in QUANTITIES, first choice first."""
    with st.container(border=True, key="live"):
        if not runs:
            _nothing_yet()
            return
        active = any(run.state.is_active for run in runs)
        st.fragment(_live, run_every=TICK_SECONDS if active else None)(
            tuple(run.id for run in runs), tuple(run.state for run in runs), tuple(offered)
        )


def _live(ids: tuple[str, ...], states: tuple[State, ...], offered: tuple[str, ...]) -> None:
    try:
        watched = watch(ids, st.context.theme.type == "dark")
    except LabError as error:
        tell(error)
        return
    name = st.segmented_control(
        "What the chart shows", offered, default=offered[0], required=True, format_func=_spelled,
        key=f"live_{offered[0]}", label_visibility="collapsed",
    )  # fmt: skip
    quantity = QUANTITIES[name]
    reach = (0.0, float(max(run.run.epochs for run in watched))) if quantity.across == "epoch" else None
    lines = [line for run in watched for line in quantity.lines(run)]
    chart(lines, quantity.across, quantity.title, key=f"topic_{name}".replace(" ", "_"), reach=reach, log=quantity.log, height=HEIGHT)
    picture(_table(watched), key="topic_runs", height=64)
    failed = [run.run for run in watched if run.run.state is State.FAILED]
    for run in failed[:1]:
        st.error(f"{run.cause}  \n{run.hint}".strip(), icon=":material/error:")
    if tuple(run.run.state for run in watched) != states:
        # The verbs and the downloads depend on the state: draw the whole page anew.
        st.rerun()


def _spelled(name: str) -> str:
    """A quantity's name on its button."""
    said = words.choice(name)
    return said[0].upper() + said[1:]


def _table(watched: Sequence[Watched]) -> str:
    """The legend and the numbers in one: a row for each run, in its colour."""
    metric = progress(watched[0].run, watched[0].experiment, watched[0].epochs, watched[0].per_epoch).metric
    heads = ("", words.metric_name(metric).capitalize(), "Best (epoch)", "Epoch", "State")
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _row(run))}</tr>" for run in watched)
    note = '<p class="note">Solid lines: training data. Dashed lines: validation data, which the net never trains on.</p>'
    return f'<div class="scrolled"><table><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>{rows}</table></div>{note}'


def _row(run: Watched) -> tuple[str, ...]:
    found = progress(run.run, run.experiment, run.epochs, run.per_epoch)
    swatch = f'<span style="display:inline-block;width:10px;height:10px;border-radius:5px;background:{run.colour}"></span>'
    best = f"{words.number(found.best)} ({found.best_epoch:,})" if found.best_epoch else "–"
    left = f", {words.duration(found.left)} left" if run.run.state is State.RUNNING and found.left is not None else ""
    return (
        f"{swatch} {html.escape(run.label)}", words.number(found.last), best, f"{run.run.epoch:,} of {run.run.epochs:,}",
        f"{run.run.state.value}{left}",
    )  # fmt: skip


def _nothing_yet() -> None:
    with st.container(height=HEIGHT + 60, border=False, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(":material/show_chart: **Your curves appear here.**", width="content")
        st.caption("Press Train to see how these settings do, or Compare for this page's examples side by side.", width="content")
