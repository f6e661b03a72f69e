"""Experiments that several claims begin from: small nets on small data, so that a test takes seconds. Three tenths of the rows validate."""

from __future__ import annotations

from typing import Any

from dlcore.experiment import Experiment

DIGITS = Experiment().with_(validation=0.3, test=0.0, monitors=(), epochs=20)
DEEP = DIGITS.with_(layers=(32,) * 10)
# Two hundred rows to train on, a fifth of them with wrong labels: easy to learn by heart.
SCARCE = DIGITS.with_(examples=400, validation=0.5, label_noise=0.2, layers=(128,), epochs=100)


def over(base: Experiment, key: str, *values: Any) -> tuple[Experiment, ...]:
    """The experiment once with each value of a setting."""
    return tuple(base.with_(**{key: value}) for value in values)
