"""The space editor: which settings vary and how far, who decides what to try, what counts as better, and what it will cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dlcore import forecast, metrics, registry
from dlcore.errors import Invalid, LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.plural import count
from dlcore.services import searching
from dlcore.studies.search import ORACLES, TRIALS, Search
from dlcore.studies.space import Dimension, Space, show_value
from dlcore.studies.space_check import propose
from dlcore.studies.targets import COUNT, target_of
from dlcore.ui import link, search_axes, search_looks, words
from dlcore.ui.browser import owner
from dlcore.ui.verbs import attempt

FIRST_PRESET = "learning_rate"
COLUMNS = (3, 2, 2, 2, 1.6)
BETTER = {"min": "less", "max": "more"}
REPEATABLE = (
    "Results are told to the oracle in the order of the trials, so that the same seed searches the same way again. Workers may have "
    "to wait for each other."
)


def panel(opened: link.Opened) -> None:
    """Preset, space, search settings, forecast, and the press that starts it."""
    st.caption("keras-tuner chooses values for the settings you let vary, and the lab trains a net with each choice.")
    presets = registry.members("searches")
    chosen = search_looks.asked("preset").replace("-", "_")
    name = chosen if chosen in presets else next((known for known in presets if known == FIRST_PRESET), next(iter(presets)))
    st.session_state["search_preset"] = name
    st.pills(
        "Begin with", list(presets), key="search_preset", format_func=lambda one: presets[one].title, required=True,
        on_change=lambda: search_looks.ask(preset=str(st.session_state["search_preset"])),
    )  # fmt: skip
    st.caption(presets[name].summary)
    try:
        begun = searching.preset(name, opened.experiment)
    except LabError as error:
        st.error(f"{error}  \n{error.hint}", icon=":material/error:")
        return
    place = f"{name}.{opened.experiment.model.name}.{opened.experiment.optimizer.name}"
    space = _space(begun, begun.experiment, place)
    settings = _settings(begun, place)
    _start(presets[name].title, begun.experiment, space, settings)


def _space(begun: Search, experiment: Experiment, place: str) -> tuple[Space, list[str]]:
    """The dimensions as the widgets have them, and what is wrong with any of them."""
    preset = {own.name: own for own in begun.space.dimensions}
    options = list(dict.fromkeys([*preset, *keys(experiment)]))
    names = st.multiselect(
        "Settings that vary", options, default=list(preset), key=f"space.{place}", placeholder="Choose a setting",
        format_func=lambda name: _name(begun, preset, experiment, name),
    )  # fmt: skip
    dimensions, wrong = [], []
    for name in [own for own in options if own in names]:
        dimension = preset.get(name) or propose(experiment, name)
        if dimension.when and dimension.when[0] not in names:
            dimension = replace(dimension, when=None)
        try:
            dimensions.append(_dimension(dimension, _name(begun, preset, experiment, name), experiment, f"space.{place}.{name}"))
        except Invalid as error:
            wrong.append(f"{error} {error.hint}".strip())
    return Space(tuple(dimensions)), wrong


def keys(experiment: Experiment) -> list[str]:
    """Everything that can vary: parts, settings, the number of layers. The data set and what is recorded cannot, nor can the seed."""
    own = [
        full for full, field, _ in experiment.fields() if not (field.kind == "choice" and field.many) and not full.startswith("dataset.")
    ]
    counts = [full + COUNT for full, field, _ in experiment.fields() if field.many and field.kind == "int"]
    unfit = ("validation", "test", "seed", "split_seed", "stop_on")
    return [*(part for part in PARTS if part != "dataset"), *counts, *(full for full in own if full not in unfit)]


def _name(begun: Search, preset: dict[str, Dimension], experiment: Experiment, name: str) -> str:
    if name in preset:
        return search_axes.label(begun, preset[name])
    return search_axes.target_label(target_of(name, experiment))


def _dimension(own: Dimension, title: str, experiment: Experiment, key: str) -> Dimension:
    """One row: the range with its step and scale, or the choices. Raises `Invalid` for a number that is none."""
    if own.choices:
        left, right = st.columns((COLUMNS[0], sum(COLUMNS[1:])), vertical_alignment="center")
        left.markdown(f"**{title}**")
        with right:
            return _choices(own, title, key)
    columns = st.columns(COLUMNS, vertical_alignment="bottom")
    columns[0].markdown(f"**{title}**")
    low = columns[1].text_input("From", show_value(own.low), key=f"{key}.low", help=f"The lowest value of {title.lower()}.")
    high = columns[2].text_input("To", show_value(own.high), key=f"{key}.high", help=f"The highest value of {title.lower()}.")
    step = columns[3].text_input(
        "Step", "" if own.step is None else show_value(own.step), key=f"{key}.step", placeholder="any",
        help="Distance of neighbouring values; on a log scale their ratio. Empty: any value in between.",
    )  # fmt: skip
    log = columns[4].toggle("Log scale", own.log, key=f"{key}.log", help="Equal ratios are equally likely: right for rates and penalties.")
    between = _number(title, step) if step.strip() else None
    return replace(own, low=_number(title, low), high=_number(title, high), step=between, log=log)


def _choices(own: Dimension, title: str, key: str) -> Dimension:
    known = {show_value(value): value for value in own.choices}
    kept = st.multiselect(title, list(known), default=list(known), key=f"{key}.choices", label_visibility="collapsed")
    if not kept:
        raise Invalid(f"{title} has no choice left.", "Keep at least one, or let it not vary.")
    return replace(own, choices=tuple(known[text] for text in kept))


def _number(title: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Invalid(f"{title}: {text!r} is not a number.", "Write it as 0.001 or 1e-3.") from None
    return int(value) if value == int(value) and "e" not in text and "." not in text else value


def _settings(begun: Search, place: str) -> dict[str, Any]:
    """The search's own settings as the widgets have them."""
    oracle = st.segmented_control(
        "What to try next is decided by", list(ORACLES), default=begun.oracle, key=f"oracle.{place}", required=True,
        format_func=lambda name: name.capitalize(), help="  \n".join(ORACLES.values()),
    )  # fmt: skip
    with st.container(horizontal=True, key="search_settings"):
        objective = st.selectbox(
            "What counts", recorded(begun.experiment), key=f"objective.{place}", format_func=words.metric_name, width=240,
            help="A trial's score is this number in its best epoch.",
        )  # fmt: skip
        better = st.selectbox(
            "Better is", list(BETTER), index=int(metrics.higher_is_better(str(objective))), key=f"direction.{place}.{objective}",
            format_func=lambda end: BETTER[end], width=100, help="Whether the trial with less or with more of it is the best.",
        )  # fmt: skip
        by_itself = oracle in ("grid", "hyperband")
        trials = st.number_input(
            "Trials", 0, 100_000, 0 if by_itself else begun.trials or TRIALS, key=f"trials.{place}.{by_itself}", width=130,
            help="How many choices are tried; 0: the whole grid, or one round of Hyperband.",
        )  # fmt: skip
        epochs = st.number_input("Epochs", 1, 100_000, begun.most_epochs, key=f"epochs.{place}.{begun.most_epochs}", width=130,
                                 help="Of each trial; Hyperband: of the longest.")  # fmt: skip
        seeds = st.number_input("Seeds per trial", 1, 100, begun.seeds, key=f"seeds.{place}", width=130,
                                help="Each choice is trained so often; its score is the mean.")  # fmt: skip
        minutes = st.number_input("Time budget (min)", 0.0, 100_000.0, begun.seconds / 60, 1.0, key=f"minutes.{place}", width=150,
                                  help="The search ends after so many minutes; 0: no limit.")  # fmt: skip
        parallel = st.number_input("At a time", 0, 256, begun.parallel, key=f"parallel.{place}", width=120,
                                   help="Trials side by side; 0: as many as there are workers.")  # fmt: skip
        pruning = st.toggle("Stop bad trials early", begun.pruning == "median", key=f"pruning.{place}", width="content",
                            help="A trial that is worse than half of the others were at its epoch is stopped.")  # fmt: skip
        learns = oracle in ("bayesian", "hyperband") and parallel != 1  # with one at a time it is so anyway
        in_order = learns and st.toggle("Repeatable", False, key=f"in_order.{place}", width="content", help=REPEATABLE)
    return {
        "oracle": str(oracle or begun.oracle), "objective": str(objective), "direction": str(better), "trials": int(trials),
        "epochs": int(epochs), "seeds": int(seeds), "seconds": 60 * minutes, "parallel": int(parallel),
        "pruning": "median" if pruning else "none", "in_order": True if in_order else None,
    }  # fmt: skip


def recorded(experiment: Experiment) -> list[str]:
    """What an objective can be, on validation rows first."""
    names = ["loss", *experiment.recorded_metrics]
    return [*(f"val_{name}" for name in names if experiment.validation > 0), *names]


def _start(title: str, experiment: Experiment, made: tuple[Space, Sequence[str]], settings: dict[str, Any]) -> None:
    space, wrong = made
    search, ahead = None, ""
    try:
        if wrong:
            raise Invalid(wrong[0])
        search = Search(experiment, space, **settings)
        ahead = foretold(search)
    except LabError as error:
        st.error(f"{error}  \n{error.hint}" if error.hint else str(error), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center", key="search_start_row"):
        st.button(
            "Start the search", key="search_start", type="primary", icon=":material/search:", disabled=search is None or not ahead,
            on_click=attempt, args=(lambda: _begin(search, title),),
        )  # fmt: skip
        st.caption(ahead, width="content")


def foretold(search: Search) -> str:
    """What the search will take, in words; raises `Invalid` for what would not fit into memory."""
    ahead = searching.forecast(search)
    rough = "very roughly" if ahead.basis == "machine" else "about"
    time = f"{rough} {words.duration(ahead.seconds)} with {ahead.workers} worker{'s' if ahead.workers > 1 else ''}"
    runs = f" ({ahead.runs:,} runs)" if ahead.runs != ahead.trials else ""
    return (
        f"{count(ahead.trials, 'trial')}{runs} · {count(ahead.epochs, 'epoch')} in all · {time} · "
        f"{forecast.show_bytes(ahead.memory)} of memory · {forecast.show_bytes(ahead.disk)} on disk"
    )


def _begin(search: Search | None, title: str) -> None:
    assert search is not None
    search_looks.ask(search=searching.start(search, owner=owner(), title=title))
