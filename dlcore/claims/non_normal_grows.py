"""A spectral radius below 1 with weights that are not normal."""

from __future__ import annotations

from dlcore.claims._measures import quotient
from dlcore.specs import Claim
from dlcore.theory import spectral

KINDS = {"not normal": 1.0, "normal": 0.0}


def lengths(seed: int) -> dict[str, list[float]]:
    """The gradient 10 steps back through a linear net, over that at the end."""
    found = {name: spectral.flow(spectral.matrix(0.9, shear, seed=seed), 10, tanh=False, seed=seed) for name, shear in KINDS.items()}
    return {name: [float(flow.norms[-1] / flow.norms[0])] for name, flow in found.items()} | {"end": [1.0]}


CLAIM = Claim(
    name="non_normal_grows",
    title="Can a gradient grow at a spectral radius below 1?",
    summary="With recurrent weights that are not normal and a spectral radius of 0.9 a gradient is "
    "longer 10 steps back than at the end; the eigenvalues alone would leave a third of it.",
    topic="vanishing",
    reference="Trefethen & Embree 2005; Pascanu, Mikolov & Bengio 2013",
    compute=lengths,
    effect=quotient("not normal", "end"),
    quantity="gradient 10 steps back over that at the end, weights not normal, ρ = 0.9",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="A gradient that is no longer than at the end.",
    order=331,
)
