"""Presets: experiments that show one thing each, with what to look for while they train. One press loads one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from dlcore.experiment import Experiment
from dlcore.ui import form, link, navigation

CHOSEN = "presets"
WELCOME = "Choose data, a net and its settings in the side panel, press Train, and watch it learn. It goes on when you close this page."


@dataclass(frozen=True)
class Preset:
    """title: on the menu. look: one sentence, what to look for. settings: what differs from the default experiment, as a link says it."""

    title: str
    look: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def experiment(self) -> Experiment:
        return Experiment().with_text(self.settings)


PRESETS = {
    "first": Preset(
        "A first net: handwritten digits",
        "In seconds the net reads about 95 of 100 digits that it never trained on; the confusion matrix shows which ones it mixes up.",
    ),
    "rate": Preset(
        "Learning rate too large",
        "The loss jumps about and stays high: each step overshoots. Set the rate back to 0.001 and train again.",
        {"optimizer.learning_rate": "0.3"},
    ),
    "overfit": Preset(
        "Overfitting: few examples, wrong labels",
        "Training loss keeps falling while validation loss turns upwards: the net learns 210 examples by heart, errors included.",
        {"examples": "300", "label_noise": "0.2", "model.layers": "256", "epochs": "150"},
    ),
    "dead": Preset(
        "Dead ReLU units",
        "Large steps push units below zero for every example, where ReLU puts out 0 and learns nothing: the health line counts them.",
        {"model.layers": "64,64,64", "optimizer.learning_rate": "0.05", "epochs": "40"},
    ),
    "vanishing": Preset(
        "Vanishing gradients: eight sigmoid layers",
        "Hardly any gradient reaches the first layers, so the loss stays where it was. Choose relu and train again.",
        {"model.layers": "32,32,32,32,32,32,32,32", "model.activation": "sigmoid", "epochs": "30"},
    ),
    "spirals": Preset(
        "Spirals: watch the boundary bend",
        "The boundary between the two arms winds itself around them, epoch by epoch.",
        {"dataset": "spirals", "model.layers": "32,32", "model.activation": "tanh", "optimizer.learning_rate": "0.01", "epochs": "150"},
    ),
    "xor": Preset(
        "XOR without a hidden layer",
        "One layer draws one straight line, and no line separates these classes. With a hidden layer of 8 units the net can.",
        {"dataset": "xor", "model.layers": "", "optimizer.learning_rate": "0.01", "epochs": "60"},
    ),
    "cnn": Preset(
        "Convolutional net on digits",
        "Filters that look at 3×3 pixels beat the plain net of the first example on the same images.",
        {"model": "cnn", "model.filters": "16,32"},
    ),
    "fashion": Preset(
        "Convolutional net on Fashion-MNIST",
        "Shirts, pullovers and coats are mixed up most. A larger net on 60,000 images: minutes, not seconds.",
        {"dataset": "fashion_mnist", "model": "cnn", "batch_size": "64", "epochs": "5"},
    ),
    "sines": Preset(
        "Recurrent net on sine waves",
        "An LSTM, a net with a memory, reads fifty noisy values and tells the next one: predicted against true closes on the diagonal.",
        {"dataset": "sines", "model": "rnn", "model.units": "32", "optimizer.learning_rate": "0.005"},
    ),
    "regression": Preset(
        "Regression: how diabetes goes on",
        "The target is a number: watch the mean absolute error, and how far the points lie from the diagonal.",
        {"dataset": "diabetes", "model.layers": "32", "epochs": "100"},
    ),
}


def menu(opened: link.Opened) -> None:
    """The presets as a menu; choosing one puts its settings into the form."""
    st.menu_button("Examples", list(PRESETS), key=CHOSEN, format_func=lambda name: PRESETS[name].title,
                   help="Settings that show one thing each", on_click=_load, args=(opened.base,))  # fmt: skip


def gallery(columns: int = 2) -> None:
    """All but the first as cards, each a link that opens its settings in the workbench."""
    shown = list(PRESETS.values())[1:]
    for first in range(0, len(shown), columns):
        for place, preset in zip(st.columns(columns), shown[first : first + columns], strict=False):
            with place.container(border=True, height="stretch", gap="xsmall"):
                st.page_link(navigation.page("workbench"), label=f"**{preset.title}**", query_params=dict(preset.settings))
                st.caption(preset.look)


def sentence(experiment: Experiment) -> None:
    """What to look for while these settings train; what the page is for where they are no preset's."""
    preset = showing(experiment)
    st.caption(f"**{preset.title}.** {preset.look}" if preset else WELCOME)


def showing(experiment: Experiment) -> Preset | None:
    """The preset whose settings these are."""
    return next((preset for preset in PRESETS.values() if preset.experiment == experiment), None)


def _load(base: Experiment) -> None:
    name = st.session_state.get(CHOSEN)
    if name in PRESETS:
        opened = link.opened(base)
        form.load(PRESETS[name].experiment, link.Opened(opened.experiment, (), (), base))
