"""What the monitors say about a run, in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

DEAD_SHARE = 0.4
LARGE_UPDATE = 0.1
TINY_UPDATE = 1e-6
RISEN = 1.05
PATIENCE_EPOCHS = 5

Curves = Mapping[str, np.ndarray]


def health(epochs: Curves, probes: Curves) -> str:
    """The first trouble there is, else that there is none; "" while too little was measured to say either.

    epochs, probes: name → one value per epoch, and per look at the net ("dead_units/dense", "update_ratio/dense", …). About 1/1000 is
    the usual update ratio (LeCun et al. 1998).
    """
    if not probes:
        return _overfitting(epochs)
    return _dead(probes) or _steps(probes) or _overfitting(epochs) or _well(probes)


def _dead(probes: Curves) -> str:
    layer, share = _largest(probes, "dead_units/")
    if share < DEAD_SHARE:
        return ""
    dead = f"{100 * share:.0f} % of the units of {layer} put out 0 for all examples and no longer learn"
    return f"{dead}: try a smaller learning rate or leaky ReLU."


def _steps(probes: Curves) -> str:
    layer, ratio = _largest(probes, "update_ratio/")
    if ratio >= LARGE_UPDATE:
        size = f"{100 * ratio:.0f} % of their size, where about 0.1 % is usual"
        return f"One step moves the weights of {layer} by {size}: the learning rate may be too large."
    if layer and ratio <= TINY_UPDATE:
        return "The weights hardly move any more: the net has learnt what it can at this learning rate, or the rate is too small."
    return ""


def _overfitting(epochs: Curves) -> str:
    training, validation = epochs.get("loss"), epochs.get("val_loss")
    if training is None or validation is None or not np.isfinite(validation).any():
        return ""
    best = int(np.where(np.isfinite(validation), validation, np.inf).argmin())
    waited = len(validation) - 1 - best
    if waited < PATIENCE_EPOCHS or validation[-1] < RISEN * validation[best] or training[-1] > training[best]:
        return ""
    rise = f"{100 * (validation[-1] / validation[best] - 1):.0f} %"
    return f"Validation loss was lowest in epoch {best + 1:,} and is {rise} higher now, while training loss fell: the net overfits."


def _well(probes: Curves) -> str:
    layer, ratio = _largest(probes, "update_ratio/")
    return f"No sign of trouble: one step moves the weights by at most {100 * ratio:.2g} % of their size." if layer else ""


def _largest(probes: Curves, prefix: str) -> tuple[str, float]:
    """The layer whose newest value is the largest, and that value; "" and 0 where nothing was measured."""
    last = {name.removeprefix(prefix): float(curve[-1]) for name, curve in probes.items() if name.startswith(prefix) and len(curve)}
    finite = {layer: value for layer, value in last.items() if np.isfinite(value)}
    layer = max(finite, key=lambda name: finite[name], default="")
    return layer, finite.get(layer, 0.0)
