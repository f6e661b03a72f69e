"""Settings that several optimizers share, under the names of Keras's arguments.

`clipnorm` is the exception: it becomes Keras's `global_clipnorm`, which shortens the gradient of all weights together and so keeps its
direction (Pascanu, Mikolov & Bengio 2013). Keras's own `clipnorm` shortens each weight array's gradient by itself.

Weight decay is decoupled from the loss (Loshchilov & Hutter 2019): each step multiplies all weights by 1 − learning rate × decay.
"""

from __future__ import annotations

from typing import Any

from dlcore.fields import Field
from dlcore.specs import Settings


def learning_rate(default: float) -> Field:
    return Field(
        "learning_rate", "float", default, "Learning rate", "How far each update moves the weights against the gradient.",
        1e-8, 100.0, log=True, live=True,
    )  # fmt: skip


def momentum(default: float = 0.0, advanced: bool = False) -> Field:
    return Field(
        "momentum", "float", default, "Momentum", "Share of the last step that is taken again: 0 forgets it, 0.9 averages about ten steps.",
        0.0, 0.999, 0.01, live=True, advanced=advanced,
    )  # fmt: skip


def beta_1() -> Field:
    return Field(
        "beta_1", "float", 0.9, "Momentum β₁", "How much of the past gradients each step remembers.",
        0.0, 0.999, 0.01, live=True, advanced=True,
    )  # fmt: skip


def beta_2() -> Field:
    return Field("beta_2", "float", 0.999, "Memory β₂", "How long squared gradients are remembered.", 0.0, 0.99999, advanced=True)


def epsilon(default: float = 1e-7) -> Field:
    return Field(
        "epsilon",
        "float",
        default,
        "Epsilon",
        "Added where a step is divided, against division by 0.",
        1e-12,
        1.0,
        log=True,
        advanced=True,
    )


def weight_decay(default: float = 0.0, advanced: bool = True) -> Field:
    return Field(
        "weight_decay", "float", default, "Weight decay", "Each step shrinks all weights by this times the learning rate; 0 leaves them.",
        0.0, 10.0, live=True, advanced=advanced,
    )  # fmt: skip


def clipnorm() -> Field:
    return Field(
        "clipnorm", "float", 0.0, "Clip gradients at", "Shortens the gradient of all weights together to at most this norm; 0 never does.",
        0.0, 1000.0, live=True, advanced=True,
    )  # fmt: skip


def keras_arguments(settings: Settings) -> dict[str, Any]:
    """The settings as arguments of a Keras optimizer: decay and clipping are left out where they are off."""
    arguments = {name: value for name, value in settings.items() if name not in ("weight_decay", "clipnorm")}
    if settings.get("weight_decay"):
        arguments["weight_decay"] = settings["weight_decay"]
    if settings.get("clipnorm"):
        arguments["global_clipnorm"] = settings["clipnorm"]
    return arguments
