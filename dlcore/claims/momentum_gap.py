"""How the lead of momentum grows with the condition number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.claims._bowl import values
from dlcore.specs import Claim

CONDITIONS = (10.0, 30.0, 100.0, 300.0, 1000.0)


def effect(measured: Mapping[str, Sequence[float]]) -> float:
    """The slope of log(steps of gradient descent / steps of momentum) over log κ."""
    lead = np.log(np.divide(measured["gradient descent"], measured["momentum"]))
    return float(np.polyfit(np.log(CONDITIONS), lead, 1)[0])


CLAIM = Claim(
    name="momentum_gap",
    title="Does momentum's lead grow with the condition number?",
    summary="The worse conditioned the bowl, the more steps momentum saves.",
    topic="optimizers",
    reference="Polyak 1964; Nesterov 2004, section 2.1.5",
    compute=lambda seed: values(seed, CONDITIONS),
    effect=effect,
    quantity="exponent of the condition number in the lead of momentum (½ in theory)",
    refuted="An exponent of 0 or below: a lead that stays or shrinks.",
    order=21,
)
