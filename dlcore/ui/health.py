"""What the curves and monitors say about a run's health, in plain sentences with what to try.

Each check names where its threshold comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Curves = Mapping[str, np.ndarray]
Level = Literal["trouble", "hint", "fine"]

DEAD_SHARE = 0.4
LARGE_UPDATE = 0.1
TINY_UPDATE = 1e-5
EXPLODED = 4.0
FADED = 1e-3
RISEN = 1.05
NEGLIGIBLE = 1e-3
PATIENCE_EPOCHS = 5
FLAT_EPOCHS = 10
FLAT_SHARE = 1e-4
GUESS_EPOCHS = 3
GUESS_SHARE = 0.99


@dataclass(frozen=True)
class Finding:
    """said: what is seen, with its number. advice: what to try, "" where nothing needs to be."""

    level: Level
    name: str
    said: str
    advice: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.said} {self.advice}".strip()


def findings(epochs: Curves, probes: Curves, layers: Sequence[str] = (), guess: float | None = None) -> list[Finding]:
    """All that is wrong, the worst first; one finding "fine" when enough was measured and nothing is; nothing before that.

    epochs, probes: name → one value per epoch, and one per look at the net ("dead_units/dense", "update_ratio/dense", …).
    layers: their names from input to output. guess: the loss of a net that gives every class the same share, None where there are none.
    """
    checks: tuple[Callable[[], Finding | None], ...] = (
        lambda: _not_finite(epochs),
        lambda: _exploded(epochs),
        lambda: _guessing(epochs, guess),
        lambda: _dead(probes),
        lambda: _large_steps(probes),
        lambda: _faded(probes, layers),
        lambda: _overfitting(epochs),
        lambda: _tiny_steps(probes),
        lambda: _flat(epochs),
    )
    found = [finding for check in checks if (finding := check()) is not None]
    return found or _fine(epochs, probes)


def guess_loss(outputs: int) -> float:
    """The cross-entropy of saying every one of that many equally frequent classes with the same probability: ln C."""
    return math.log(max(2, outputs))


def _not_finite(epochs: Curves) -> Finding | None:
    loss = epochs.get("loss", np.zeros(0))
    if not len(loss) or np.isfinite(loss[-1]):
        return None
    said = f"The training loss of epoch {len(loss):,} is not a number any more: the weights have grown beyond all bounds."
    return Finding("trouble", "Diverged", said, "Lower the learning rate tenfold, or clip the gradients at 1.")


def _exploded(epochs: Curves) -> Finding | None:
    """The loss is more than four times its best: where learning-rate range tests stop, as diverged (Smith 2017; Howard & Gugger 2020)."""
    loss = epochs.get("loss", np.zeros(0))
    loss = loss[np.isfinite(loss)]
    if len(loss) < 2 or loss.min() <= 0 or loss[-1] < EXPLODED * loss.min() or loss[-1] < loss[0]:
        return None
    said = f"Training loss is {loss[-1] / loss.min():.3g} times its lowest value and above where it began: training diverges."
    return Finding("trouble", "Diverges", said, "Lower the learning rate three- to tenfold.")


def _guessing(epochs: Curves, guess: float | None) -> Finding | None:
    """After a few epochs the training loss is still that of guessing (ln C for C classes; the first check in Karpathy 2019)."""
    loss = epochs.get("loss", np.zeros(0))
    if guess is None or len(loss) < GUESS_EPOCHS or not np.isfinite(loss).all() or loss.min() < GUESS_SHARE * guess:
        return None
    said = f"Training loss is {loss[-1]:.3g} after {len(loss):,} epochs; guessing alone gives {guess:.3g}: the net has learnt nothing yet."
    return Finding(
        "trouble", "Learns nothing", said, "Try another learning rate (ten times more, ten times less), or another start of the weights."
    )


def _dead(probes: Curves) -> Finding | None:
    """Two fifths of a layer's ReLU units are 0 for all examples: what too high a rate can do (Karpathy, CS231n; Maas et al. 2013)."""
    layer, share = _largest(probes, "dead_units/")
    if share < DEAD_SHARE:
        return None
    said = f"{100 * share:.0f} % of the units of {layer} put out 0 for all examples looked at, and such units no longer learn."
    return Finding("trouble", "Dead units", said, "Try a smaller learning rate, He initialisation, or leaky ReLU.")


def _large_steps(probes: Curves) -> Finding | None:
    """A step should move weights by about 1/1000 of their size, give or take a factor of ten (Hinton 2010, section 7.1)."""
    layer, ratio = _largest(probes, "update_ratio/")
    if ratio < LARGE_UPDATE:
        return None
    said = f"One step moves the weights of {layer} by {_percent(ratio)} of their size; about 0.1 % is usual."
    return Finding("trouble", "Large steps", said, "The learning rate may be too large: try a third of it.")


def _tiny_steps(probes: Curves) -> Finding | None:
    """All layers move by less than a hundredth of what is usual (Hinton 2010, section 7.1)."""
    layer, ratio = _largest(probes, "update_ratio/")
    if not layer or ratio > TINY_UPDATE:
        return None
    said = f"The weights hardly move: one step changes them by at most {_percent(ratio)} of their size."
    return Finding("hint", "Tiny steps", said, "Either the net has learnt what it can, or the learning rate is too small.")


def _faded(probes: Curves, layers: Sequence[str]) -> Finding | None:
    """The gradient is a thousand times smaller in the first layer than in the last: it vanishes (Hochreiter 1991; Glorot & Bengio 2010)."""
    norms = _last(probes, "gradient_norm/")
    ordered = [layer for layer in layers if layer in norms]
    if len(ordered) < 3 or norms[ordered[-1]] <= 0:
        return None
    first, share = ordered[0], norms[ordered[0]] / norms[ordered[-1]]
    if share >= FADED:
        return None
    said = f"The gradient fades on its way back: in {first} it is {_percent(share)} of that in the last layer, too little to learn from."
    return Finding("trouble", "Vanishing gradient", said, "Try ReLU instead of sigmoid or tanh, batch normalisation, or fewer layers.")


def _overfitting(epochs: Curves) -> Finding | None:
    """Validation loss is 5 % above its lowest for five epochs or more while training loss fell (Prechelt 1998: the criterion GL₅)."""
    training, validation = epochs.get("loss"), epochs.get("val_loss")
    if training is None or validation is None or not np.isfinite(validation).any():
        return None
    best = int(np.where(np.isfinite(validation), validation, np.inf).argmin())
    waited = len(validation) - 1 - best
    if waited < PATIENCE_EPOCHS or validation[-1] < RISEN * validation[best] or training[-1] > training[best]:
        return None
    if validation[-1] - validation[best] < NEGLIGIBLE * validation[0]:  # a net that is right about everything goes up and down by chance
        return None
    times = validation[-1] / validation[best] if validation[best] > 0 else np.inf
    rise = f"{100 * (times - 1):.0f} % higher" if times < 10 else f"{times:,.0f} times that" if times < 1e4 else f"at {validation[-1]:.2g}"
    said = f"Validation loss was lowest in epoch {best + 1:,} and is {rise} now, while training loss fell: the net overfits."
    return Finding("hint", "Overfitting", said, "Try early stopping, dropout, weight decay, a smaller net, or more data.")


def _flat(epochs: Curves) -> Finding | None:
    """Ten epochs without a training loss lower by 1/10,000 (the defaults of Keras's ReduceLROnPlateau)."""
    loss = epochs.get("loss", np.zeros(0))
    if len(loss) <= FLAT_EPOCHS or not np.isfinite(loss).all():
        return None
    before, since = float(loss[:-FLAT_EPOCHS].min()), float(loss[-FLAT_EPOCHS:].min())
    if since < before - FLAT_SHARE * max(1.0, abs(before)):
        return None
    said = f"Training loss has not fallen for {FLAT_EPOCHS} epochs."
    return Finding(
        "hint", "Plateau", said, "If it is good enough, stop here; else lower the learning rate while it trains, or use a schedule."
    )


def _fine(epochs: Curves, probes: Curves) -> list[Finding]:
    layer, ratio = _largest(probes, "update_ratio/")
    if layer:
        said = f"No sign of trouble: one step moves the weights by at most {_percent(ratio)} of their size."
        return [Finding("fine", "No sign of trouble", said)]
    if len(epochs.get("loss", ())) > PATIENCE_EPOCHS:
        return [Finding("fine", "No sign of trouble", "No sign of trouble in the curves.")]
    return []


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _last(probes: Curves, prefix: str) -> dict[str, float]:
    """The newest value of each layer, where it is finite."""
    last = {name.removeprefix(prefix): float(curve[-1]) for name, curve in probes.items() if name.startswith(prefix) and len(curve)}
    return {layer: value for layer, value in last.items() if np.isfinite(value)}


def _largest(probes: Curves, prefix: str) -> tuple[str, float]:
    """The layer whose newest value is the largest, and that value; "" and 0 where nothing was measured."""
    last = _last(probes, prefix)
    layer = max(last, key=lambda name: last[name], default="")
    return layer, last.get(layer, 0.0)
