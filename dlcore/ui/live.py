"""The live panel: state, curves, a picture of what the net makes of the data, numbers and health, in one fragment that stops ticking
when the runs have ended."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from dlcore import service
from dlcore.charts.curves import extent
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run, State
from dlcore.ui import live_details, live_pictures, words
from dlcore.ui.curves import chart
from dlcore.ui.page import tell
from dlcore.ui.palette import is_dark
from dlcore.ui.progress import Progress, progress
from dlcore.ui.watched import Watched, watch
from dlcore.ui.watching import WATCHING

TICK_SECONDS = 0.5
CROWD, CROWDED_TICK_SECONDS = 10, 0.6  # thirty are then fifty ticks a second, each about 10 ms of processor
PAUSED_TICK_SECONDS = 3.0
CHART_HEIGHT = 330
INK = {False: "#4A5563", True: "#B4BFCB"}


def panel(runs: Sequence[Run], experiment: Experiment | None = None, *, details: bool = True) -> None:
    """The opened runs, their curves over each other and one of them in full; without one, the net that `experiment` would train.

    details: with the tabs beneath (mistakes, the net, what happens inside, speed, health).
    """
    if not runs:
        live_pictures.before(experiment or Experiment(), is_dark())
        return
    st.fragment(_live, run_every=_every(runs))(tuple(run.id for run in runs), tuple(run.state for run in runs), details)


def _every(runs: Sequence[Run]) -> float | None:
    if any(run.state.is_active for run in runs):
        return TICK_SECONDS if WATCHING.count() <= CROWD else CROWDED_TICK_SECONDS
    return PAUSED_TICK_SECONDS if any(run.state is State.PAUSED for run in runs) else None


def _live(ids: tuple[str, ...], states: tuple[State, ...], details: bool) -> None:
    WATCHING.here()
    try:
        all_shown = watch(ids, is_dark())
        _draw(all_shown, details)
    except LabError as error:
        tell(error)
        return
    if tuple(one.run.state for one in all_shown) != states:
        # The verbs, the downloads and the pace of ticking depend on the state: draw the whole page anew.
        st.rerun()


def _draw(all_shown: Sequence[Watched], details: bool) -> None:
    one = _state(all_shown)
    found = progress(one.run, one.experiment, one.epochs, one.per_epoch)
    st.progress(found.fraction)
    _troubles(one.run)
    left, right = st.columns([2, 1])
    with left:
        _curves(all_shown)
    with right:
        live_pictures.second(one)
    _numbers(one.run, found)
    _health(one)
    if details:
        live_details.tabs(one)


def _state(all_shown: Sequence[Watched]) -> Watched:
    """Where the run is; with several, which of them is shown in full. Returns that one."""
    with st.container(horizontal=True, vertical_alignment="center", key="state"):
        one = _chosen(all_shown)
        run = one.run
        st.badge(run.state.value, icon=words.ICONS[run.state], color=words.COLOURS[run.state])  # type: ignore[arg-type]
        warm = run.state is not State.QUEUED or _is_warm(run)
        st.markdown(words.state_words(run, warm, _preparing(run)), width="content")
    return one


def _chosen(all_shown: Sequence[Watched]) -> Watched:
    if len(all_shown) == 1:
        return all_shown[0]
    by_id = {one.run.id: one for one in all_shown}
    chosen = st.selectbox(
        "Run shown in full", list(by_id), format_func=lambda name: by_id[name].label, key=f"in_full_{'_'.join(by_id)}", width=260,
        label_visibility="collapsed", help="Whose picture, numbers and details are shown. The curves are those of all.",
    )  # fmt: skip
    return by_id[chosen or all_shown[0].run.id]


def _preparing(run: Run) -> str:
    """The worker's last word on its download, before the first step."""
    if run.state is not State.RUNNING or run.step:
        return ""
    told = [event for _, event in service.events(run.id, kinds=["progress"]) if event.attempt == run.attempt]
    return str(told[-1].body["text"]) if told else ""


def _is_warm(run: Run) -> bool:
    workers = service.trainer_status().get("workers") or []
    return any(worker.get("class") == run.worker_class and worker.get("state") != "starting" for worker in workers)


def _troubles(run: Run) -> None:
    if run.state is State.FAILED:
        st.error(f"{run.cause}  \n{run.hint}".strip(), icon=":material/error:")
    if not run.exact:
        st.caption("A part of this run was computed again after an interruption and came out slightly different.")


def _curves(all_shown: Sequence[Watched]) -> None:
    first = all_shown[0]
    curves = [one.curves() for one in all_shown]
    names = ("loss", *first.experiment.recorded_metrics)
    with st.container(horizontal=True, vertical_alignment="center", key="legend"):
        _legend(all_shown)
        name = st.segmented_control(
            "Curve", names, default="loss", required=True, key=f"curve_of_{'_'.join(names)}", label_visibility="collapsed", width="content",
            format_func=_capital,
        )  # fmt: skip
        log = st.toggle("Log", key="log_loss", width="content", help="A logarithmic axis: equal distances are equal ratios.")
    name = name or "loss"
    lines = [line for one, own in zip(all_shown, curves, strict=True) for line in one.lines(name, own)]
    described = f"{words.quantity(name)} against epochs, for {', '.join(one.label for one in all_shown)}"
    chart(
        sorted(lines, key=lambda line: not line.faint), "epoch", words.quantity(name), key=f"curve_{name}", reach=(0, extent(curves)),
        marks=curves[0].marks, log=log, height=CHART_HEIGHT, described=described, sync="epoch",
    )  # fmt: skip


def _capital(name: str) -> str:
    said = words.quantity(name)
    return said[0].upper() + said[1:]


def _legend(all_shown: Sequence[Watched]) -> None:
    """Colour is the run, the dash says training or validation."""
    several = len(all_shown) > 1
    items = [_key(f"background:{one.colour};height:10px;width:10px;border-radius:5px", one.label) for one in all_shown if several]
    line = f"border-top:2px {{}} {INK[all_shown[0].dark] if several else all_shown[0].colour};width:24px;height:0"
    items += [_key(line.format("solid"), "training"), _key(line.format("dashed"), "validation")]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;min-height:22px">{"".join(items)}</div>')


def _key(style: str, text: str) -> str:
    swatch = f'<span style="display:inline-block;{style}"></span>'
    return f'<span style="display:inline-flex;align-items:center;gap:6px">{swatch}{html.escape(text)}</span>'


def _numbers(run: Run, found: Progress) -> None:
    best = f"{words.number(found.best)} in epoch {found.best_epoch:,}" if found.best_epoch else "–"
    name = words.metric_name(found.metric)
    shown = [
        (name[0].upper() + name[1:], words.number(found.last)),
        ("Best so far" if run.state.is_active else "Best", best),
        ("Epoch", f"{run.epoch:,} of {run.epochs:,}"),
        ("Examples per second", words.number(found.rate)),
        ("Took", words.duration(run.seconds)) if run.state.is_finished else ("Time left", words.duration(found.left)),
    ]
    pairs = "".join(
        f'<div style="flex:1 1 170px"><dt style="font-weight:400;font-size:14px">{html.escape(label)}</dt>'
        f'<dd style="margin:0;font-size:22px;font-weight:600;line-height:1.3">{html.escape(value)}</dd></div>'
        for label, value in shown
    )
    row = "display:flex;flex-wrap:wrap;gap:6px 16px;margin:0;padding:0;white-space:nowrap;font-variant-numeric:tabular-nums"
    st.html(f'<dl style="{row}">{pairs}</dl>')


def _health(one: Watched) -> None:
    found = one.findings()
    with st.container(key="health"):
        if found:
            more = f" (and {len(found) - 1} more, see Health)" if len(found) > 1 else ""
            st.caption(f"{live_details.HEALTH_ICONS[found[0].level]} {found[0].sentence}{more}")
        else:
            st.caption("Nothing has been measured yet.")
