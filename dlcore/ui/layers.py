"""Settings that may differ from layer to layer: choose one, and each layer gets a control of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from dlcore.experiment import Experiment
from dlcore.fields import Field, Value
from dlcore.ui import widgets

CHOSEN = "form.one_by_one"
Change = Callable[[Mapping[str, str], str], None]


def one_by_one(experiment: Experiment, change: Change, refusal: Callable[[str], None]) -> None:
    """The choice of a setting and, once one is chosen, a control for each hidden layer. change(settings as text, widget's key);
    refusal(key) says why a value was not taken. Nothing is drawn for a net with fewer than two hidden layers."""
    count = hidden_layers(experiment)
    offered = {own.name: own for own in experiment.model_spec.fields if own.per_layer}
    if count < 2 or not offered:
        return
    chosen = st.selectbox(
        "Layer by layer", list(offered), index=None, key=CHOSEN, format_func=lambda name: offered[name].label,
        placeholder="Choose a setting", help="Gives each hidden layer a value of its own.",
    )  # fmt: skip
    if chosen in offered:
        for layer in range(count):
            _layer(experiment, offered[chosen], layer, count, change, refusal)


def hidden_layers(experiment: Experiment) -> int:
    """How many values a per-layer list has: one for each entry of the model's first list, its hidden layers or blocks."""
    first = next((own for own in experiment.model_spec.fields if own.many), None)
    value = experiment.model.settings[first.name] if first else ()
    return len(value) if isinstance(value, tuple) else 1


def with_one(own: Field, value: Value, layer: int, count: int, text: str) -> str:
    """The text of all layers' values after that of one has changed; a single value serves all layers, before and after."""
    texts = [own.format_one(one) for one in (value if isinstance(value, tuple) else (value,) * count)]
    texts[layer] = text
    return texts[0] if len(set(texts)) == 1 else ",".join(texts)


def _layer(experiment: Experiment, own: Field, layer: int, count: int, change: Change, refusal: Callable[[str], None]) -> None:
    value = experiment.model.settings[own.name]
    now = value[layer] if isinstance(value, tuple) else value
    single = replace(own, per_layer=False, label=f"{own.label}, layer {layer + 1}")
    widget = widgets.widget_for(single, now)
    key = f"form.model.{own.name}.{layer}.{widget.kind}"
    widget.hold(key)

    def take() -> None:
        change({f"model.{own.name}": with_one(own, value, layer, count, widget.text(st.session_state[key]))}, key)

    widget.draw(key, take)
    refusal(key)
