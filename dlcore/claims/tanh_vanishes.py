"""A spectral radius above 1 with tanh."""

from __future__ import annotations

from dlcore.claims._measures import quotient
from dlcore.specs import Claim
from dlcore.theory import spectral


def lengths(seed: int) -> dict[str, list[float]]:
    """The gradient 100 steps back over that at the end, for a net of tanh units and for its linear twin."""
    weights = spectral.matrix(1.1, seed=seed)
    flows = {name: spectral.flow(weights, 100, tanh=name == "tanh", seed=seed) for name in ("tanh", "linear")}
    return {name: [float(flow.norms[-1] / flow.norms[0])] for name, flow in flows.items()} | {"start": [1.0]}


CLAIM = Claim(
    name="tanh_vanishes",
    title="Does a gradient vanish at a spectral radius above 1?",
    summary="With tanh units and a spectral radius of 1.1 less than a hundredth of the gradient is left 100 steps back, "
    "though the eigenvalues alone would let it grow.",
    topic="vanishing",
    reference="Pascanu, Mikolov & Bengio 2013",
    compute=lengths,
    effect=quotient("tanh", "start"),
    quantity="gradient 100 steps back over that at the end, tanh, ρ = 1.1",
    unit="times",
    kind="ratio",
    region=(0.0, 0.01),
    refuted="More than a hundredth left.",
    order=330,
)
