"""The range test: one climb through the learning rates, its curve, and one press to train at the rate it names."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlcore import service
from dlcore.charts.range_test import loss_chart, metric_chart
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run, State
from dlcore.services import range_testing
from dlcore.ui import link, navigation, search_looks, words
from dlcore.ui.browser import owner
from dlcore.ui.page import tell
from dlcore.ui.verbs import attempt

TICK_SECONDS = 0.5
PICKS = {
    "steepest": ("steepest", "The loss falls fastest at this rate."),
    "tenth": ("a tenth of the lowest", "A tenth of the rate at which the loss was lowest: a careful choice."),
    "begins": ("rises from here", "The accuracy begins to rise at this rate: the lower bound of cyclical rates."),
    "stops": ("rises up to here", "The accuracy has stopped to rise: the upper bound of cyclical rates."),
}
RAMPS = {"exponential": "Exponential, loss", "linear": "Straight, accuracy"}


def panel(opened: link.Opened) -> None:
    """Settings and the press that starts a test; beneath, the test that the address names."""
    st.caption(
        "Trains once while the learning rate climbs from very small to very large, and ends when the loss blows up. Where the loss falls "
        "fastest, the net learns fastest."
    )
    _start(opened)
    run = _opened_test()
    if run is None:
        _nothing_yet()
        return
    smoothing = _smoothing() if service.experiment(run.id).schedule.settings["ramp"] == "exponential" else 0.0
    every = TICK_SECONDS if run.state.is_active else None
    st.fragment(_live, run_every=every)(run.id, run.state, smoothing, opened.experiment)


def _smoothing() -> float:
    return st.slider(
        "Smoothing", 0.0, 0.99, 0.9, 0.01, key="range_smoothing", width=320,
        help="Weight of the past in the running mean of the losses. More is calmer, and lags behind: the marks move to larger rates.",
    )  # fmt: skip


def _start(opened: link.Opened) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="range_settings"):
        ramp = st.segmented_control(
            "Climb", list(RAMPS), default="exponential", format_func=lambda name: RAMPS[name], key="range_ramp", required=True,
            help="Equal ratios and the loss, as fastai does it; or equal steps and the accuracy after each epoch (Smith 2017).",
        )  # fmt: skip
        ramp = str(ramp or "exponential")
        low, high = range_testing.bounds(opened.experiment, ramp)
        first = st.text_input("From", f"{low:g}", key=f"range_first_{low}", width=90)
        last_text = st.text_input("To", f"{high:g}", key=f"range_last_{high}", width=90)
        stop = st.number_input(
            "Stop factor", 0.0, 100.0, 4.0, 0.5, key="range_stop", width=130,
            help="Ends the test once the smoothed loss is this many times its least value so far; 0 climbs to the end.",
        )  # fmt: skip
        settings = {"ramp": ramp, "first": first, "last": last_text, "stop_factor": stop}
        st.button(
            "Run the range test", key="range_start", type="primary", icon=":material/speed:",
            on_click=attempt, args=(lambda: _begin(opened, settings),),
        )  # fmt: skip


def _begin(opened: link.Opened, settings: dict[str, Any]) -> None:
    now = link.opened(opened.base).experiment
    bounds = {name: range_testing.read_rate(name, settings[name]) for name in ("first", "last")}
    search_looks.ask(test=range_testing.start(now, owner=owner(), **settings | bounds))


def _opened_test() -> Run | None:
    """The test in the address; what is wrong with it is said."""
    name = search_looks.asked("test")
    if not name:
        return None
    try:
        range_testing.curve(name)
        return service.run(name)
    except LabError as error:
        tell(error)
        return None


def _nothing_yet() -> None:
    with st.container(border=True, height=340, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(":material/speed: **The loss against the learning rate appears here.**", width="content")
        st.caption("The test takes a few seconds and changes nothing else. Its data and net are those on the left.", width="content")


def _live(name: str, state: State, smoothing: float, base: Experiment) -> None:
    run, curve = service.run(name), range_testing.curve(name)
    tested = service.experiment(name)
    picks = curve.picks(smoothing)
    reach = (float(tested.schedule.settings["first"]), float(tested.optimizer.settings["learning_rate"]))  # type: ignore[arg-type]
    said = {PICKS[pick][0]: rate for pick, rate in picks.items()}
    log = curve.ramp == "exponential"
    by_loss = loss_chart(curve.rates, curve.losses, curve.smoothed(smoothing), said if log else {},
                         search_looks.accent(), search_looks.ink(), reach, log)  # fmt: skip
    if log:
        search_looks.picture(by_loss, "range_loss")
    else:
        metric = words.metric_name(curve.metric) if curve.metric else "metric"
        by_metric = metric_chart(curve.epoch_rates, curve.values, metric, said, search_looks.accent(), search_looks.ink(), reach)
        search_looks.picture(by_metric, "range_metric")
    _verdict(run, len(curve.rates), picks, base)
    if run.state is not state:
        st.rerun()


def _verdict(run: Run, steps: int, picks: dict[str, float], base: Experiment) -> None:
    """What the test says, and a press for each rate it names."""
    if run.state is State.FAILED:
        st.error(f"{run.cause}  \n{run.hint}", icon=":material/error:")
        return
    if run.state.is_active:
        st.caption(f"Step {steps:,}: the learning rate climbs." if steps else words.state_words(run))
        return
    if not picks:
        st.caption(f"After {steps:,} steps nothing has improved at any rate: try a wider range or less smoothing.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="range_picks"):
        for place, (name, rate) in enumerate(picks.items()):
            st.button(
                f"Train at {rate:.2g}", key=f"range_train_{name}", icon=":material/model_training:", help=PICKS[name][1],
                type="primary" if place == 0 else "secondary", on_click=attempt, args=(lambda rate=rate: _train(base, rate),),
            )  # fmt: skip
            st.caption(PICKS[name][0], width="content")
    if opened := st.session_state.pop("range_trained", ""):
        st.switch_page(navigation.page("workbench"), query_params={link.RUN: opened})


def _train(base: Experiment, rate: float) -> None:
    """A run of the settings on the left at this rate, which then stays constant; the workbench opens it."""
    changed = base.with_(schedule="constant", **{"optimizer.learning_rate": rate})
    st.session_state["range_trained"] = service.start(changed, owner=owner())
