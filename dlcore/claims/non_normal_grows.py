"""A spectral radius below 1 with weights that are not normal."""

from __future__ import annotations

from dlcore.claims._measures import quotient
from dlcore.specs import Claim
from dlcore.theory import spectral

KINDS = {"not normal": 1.0, "normal": 0.0}
STEPS = 100


def peaks(seed: int) -> dict[str, list[float]]:
    """The longest that a gradient of random direction gets, 1 to 100 steps back through a linear net, over its length at the end."""
    found = {name: spectral.flow(spectral.matrix(0.9, shear, seed=seed), STEPS, tanh=False, seed=seed) for name, shear in KINDS.items()}
    return {name: [float(flow.norms[1:].max() / flow.norms[0])] for name, flow in found.items()} | {"at the end": [1.0]}


CLAIM = Claim(
    name="non_normal_grows",
    title="Does a gradient grow first at a spectral radius of 0.9?",
    summary="With recurrent weights that are not normal and a spectral radius of 0.9 a gradient of random direction gets longer on its "
    "way back than it was at the end, before it fades; with normal weights it only fades.",
    topic="vanishing",
    reference="Trefethen & Embree 2005; Pascanu, Mikolov & Bengio 2013",
    compute=peaks,
    effect=quotient("not normal", "at the end"),
    quantity="longest gradient 1 to 100 steps back over that at the end, weights not normal, ρ = 0.9",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="A gradient that is at no step longer than at the end.",
    seeds=10,
    order=331,
)
