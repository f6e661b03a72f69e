"""Is one setting better than another, or was it luck? Two of the chosen settings against each other, and more seeds in one press."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dlcore import statistics
from dlcore.charts.effect import effect_chart
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import comparing, repeating
from dlcore.services.comparing import Arm, Contrast
from dlcore.services.exploring import Wanted
from dlcore.ui import search_looks, words
from dlcore.ui.browser import owner
from dlcore.ui.labels import labels
from dlcore.ui.page import tell

MOST_ARMS = 20
SEEDS = 5
REFUSED = "repeat_refused"


def draw(wanted: Wanted, metric: str, chosen: Sequence[Run]) -> None:
    """The settings among the chosen runs, each over all its seeds; then two of them against each other."""
    for error in st.session_state.pop(REFUSED, []):
        tell(error)
    arms = comparing.arms(chosen[:MOST_ARMS], metric)
    if not arms:
        st.caption("Tick runs of two settings or more: their results over seeds are set against each other here. A setting is "
                   "everything but the seed; each seed comes out a little differently, and that is the luck to be ruled out.")  # fmt: skip
        return
    names = labels([Run(f"setting {place + 1}", 0.0) for place in range(len(arms))], [_experiment(arm) for arm in arms])
    _repeat(arms)
    _table(arms, names, metric)
    if len(arms) < 2:
        st.caption("Tick a run of another setting as well, and the two are compared here.")
        return
    left, right = _two(names)
    if left != right:
        _against(arms[left], arms[right], (names[left], names[right]), metric)


def sentence(found: Contrast, names: tuple[str, str], metric: str, common: int) -> str:
    """The finding in words: what is better by how much and how sure that is, or that it cannot be told yet."""
    estimate = found.estimate
    interval = f"{signed(estimate.low)} to {signed(estimate.high)}"
    how = f"seed by seed over {common} common seeds" if found.paired else "as two groups, since they share fewer than two seeds"
    if found.better:
        best, other = names if found.better == "left" else names[::-1]
        size = abs(estimate.effect)
        lead = f"**{best}** is better than {other} in {words.metric_name(metric)}, by {words.number(size)} on average"
        return f"{lead} (first minus second: {interval} with 95 % confidence, p {p_value(estimate.p)}; compared {how})."
    if math.isinf(estimate.low) or estimate.n < statistics.LEAST_SEEDS:
        return f"**Too few seeds to tell.** It takes at least {statistics.LEAST_SEEDS} on each side; there are {estimate.n}."
    return (
        f"**Too few seeds to tell.** First minus second is {signed(estimate.effect)}, and anything from {interval} fits what was seen "
        f"(95 % interval, p {p_value(estimate.p)}; compared {how})."
    )


def size_words(found: Contrast) -> str:
    """The effect size in words, and how many seeds would show it; "" where there is none."""
    if found.size is None:
        return ""
    size = abs(found.size)
    name = "negligible" if size < 0.2 else "small" if size < 0.5 else "medium" if size < 0.8 else "large"
    kind = "Cohen's d of the differences" if found.paired else "Hedges's g"
    text = f"Effect size: {found.size:+.2f} standard deviations ({kind}), which is called {name} (Cohen 1988)."
    if not found.better and found.needed:
        text += f" If the difference is really that large, about {found.needed:,} seeds on each side would show it in four cases of five."
    return text.replace("-", "−")


def signed(value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + words.number(abs(value))


def p_value(p: float) -> str:
    return f"= {p:.3f}" if p >= 0.001 else "< 0.001"


def _experiment(arm: Arm) -> Experiment:
    return Experiment.from_json(arm.experiment)


def _repeat(arms: Sequence[Arm]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="repeat"):
        seeds = st.number_input("Seeds", 2, repeating.MOST_SEEDS, SEEDS, key="repeat_seeds", width=110)
        missing = sum(max(0, int(seeds) - len(arm.values) - arm.waiting) for arm in arms)
        st.button(
            f"Repeat over {seeds} seeds", type="primary", icon=":material/repeat:", key="repeat_start",
            on_click=_start, args=(arms, int(seeds)),
            help="Trains each of these settings with further seeds, on one core each. Runs that are there already are taken.",
        )  # fmt: skip
        waiting = sum(arm.waiting for arm in arms)
        told = f"About {missing:,} runs to train." if missing else "As many seeds are there already, or on their way."
        st.caption(told + (f" {waiting:,} are training or waiting now." if waiting else ""), width="content")


def _start(arms: Sequence[Arm], seeds: int) -> None:
    count = 0
    for arm in arms:
        try:
            count += len(repeating.repeat(arm.run, seeds, owner=owner()).started)
        except LabError as error:
            st.session_state.setdefault(REFUSED, []).append(error)
    if count:
        st.toast(f"{count} {'run is' if count == 1 else 'runs are'} on the way.", icon=":material/repeat:")


def _table(arms: Sequence[Arm], names: Sequence[str], metric: str) -> None:
    rows = []
    for arm, name in zip(arms, names, strict=True):
        values = list(arm.values.values())
        estimate = statistics.mean_effect(values, (-math.inf, math.inf)) if values else None
        known = estimate is not None and estimate.n > 1
        rows.append({
            "Setting": name, "Seeds": len(values), "Mean": words.number(estimate.effect) if estimate else "–",
            "95 % interval": f"{words.number(estimate.low)} to {words.number(estimate.high)}" if known and estimate else "–",
            "Least": words.number(min(values)) if values else "–", "Greatest": words.number(max(values)) if values else "–",
        })  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", key="arms", alt=f"Best {words.metric_name(metric)} by setting",
                 column_config={"Setting": st.column_config.TextColumn(width=320)})  # fmt: skip
    st.caption(f"Each run's best {words.metric_name(metric)}; all runs with these settings count, whoever started them.")


def _two(names: Sequence[str]) -> tuple[int, int]:
    places = list(range(len(names)))
    with st.container(horizontal=True):
        left = st.selectbox("First", places, format_func=lambda place: names[place], key="arm_left", width=300)
        right = st.selectbox("Second", places, index=1, format_func=lambda place: names[place], key="arm_right", width=300)
    return left or 0, right or 0


def _against(left: Arm, right: Arm, names: tuple[str, str], metric: str) -> None:
    if not left.values or not right.values:
        st.caption(f"No run of {names[0] if not left.values else names[1]} has ended with {words.metric_name(metric)} yet.")
        return
    found = comparing.contrast(left, right, metric)
    st.markdown(sentence(found, names, metric, len(left.values.keys() & right.values.keys())))
    if said := size_words(found):
        st.caption(said)
    if math.isfinite(found.estimate.low):
        interval = (found.estimate.low, found.estimate.high)
        drawn = effect_chart(
            found.differences, found.estimate.effect, interval, (0.0, 0.0), f"{words.metric_name(metric)}, first minus second",
            colour=search_looks.accent(), claimed=search_looks.accent(), ink=search_looks.ink(),
        )  # fmt: skip
        search_looks.picture(drawn, "contrast")
        st.caption("A dot for each common seed, the mean and its 95 % interval; at 0 the two are the same.")
