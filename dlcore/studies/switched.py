"""Which activations of a search's trials need not be compiled each: whether one program that switches between them pays."""

from __future__ import annotations

import math

from dlcore.forecast import forecast
from dlcore.structure import SWITCHABLE
from dlcore.studies.search import Search

MOST_MACS = 2e12  # of a whole search: about 90 s of one core
MOST_STEPS = 5_000  # of a trial: where another bit came in (engine/switches.py), it has grown to less than 1e-5 of a loss by then


def switched(search: Search) -> tuple[str, ...]:
    """The activations between which trials switch, sorted; none where each has a program of its own.

    A further activation costs about 2 % of a small net's training, and two seconds of compiling where it is not switched: it pays while all
    trials together train for less than some 90 s. Nets without XLA have nothing to compile.
    """
    names = {name for own in search.space.dimensions if _is_activation(own.key) for name in own.choices if name in SWITCHABLE}
    if len(names) < 2 or not search.experiment.model_spec.xla:
        return ()
    ahead = forecast(search.experiment)
    steps = search.most_epochs * math.ceil(ahead.training_rows / ahead.batch)
    macs = search.planned * search.seeds * search.most_epochs * (ahead.training_rows + ahead.validation_rows / 3) * ahead.macs
    return tuple(sorted(map(str, names))) if steps <= MOST_STEPS and macs <= MOST_MACS else ()


def _is_activation(key: str) -> bool:
    return key.removeprefix("model.").partition("[")[0] == "activation"
