"""Settings that all optimizers share."""

from __future__ import annotations

from typing import Any

from dlcore.fields import Field
from dlcore.specs import Settings


def learning_rate(default: float) -> Field:
    return Field(
        "learning_rate", "float", default, "Learning rate", "How far each update moves the weights against the gradient.",
        1e-8, 100.0, log=True, live=True,
    )  # fmt: skip


def clipnorm() -> Field:
    return Field(
        "clipnorm", "float", 0.0, "Clip gradients at", "Shortens each gradient to at most this norm; 0 leaves it as it is.",
        0.0, 1000.0, live=True, advanced=True,
    )  # fmt: skip


def common(settings: Settings) -> dict[str, Any]:
    """Arguments that every optimizer takes, left out where they are off."""
    return {"clipnorm": settings["clipnorm"]} if settings["clipnorm"] else {}
