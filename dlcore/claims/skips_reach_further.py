"""Skip connections and the gradient through time."""

from __future__ import annotations

from dlcore.claims._measures import quotient
from dlcore.specs import Claim
from dlcore.theory import memory


def reaches(seed: int) -> dict[str, list[float]]:
    """How many steps back a hundredth of the gradient is left, with skips over 10 steps and without."""
    nets = {"skips": memory.Net("skip", delay=10, seed=seed), "plain": memory.Net("plain", seed=seed)}
    return {name: [float(memory.last_above(memory.reach(net, 200), 0.01))] for name, net in nets.items()}


CLAIM = Claim(
    name="skips_reach_further",
    title="Do skip connections carry the gradient further?",
    summary="With links over 10 steps beside those over one, a hundredth of the gradient is left at least twice as many "
    "steps back as without them.",
    topic="longer_memory",
    reference="Lin, Horne, Tiňo & Giles 1996",
    compute=reaches,
    effect=quotient("skips", "plain"),
    quantity="steps back to a hundredth of the gradient, with skips divided by without",
    unit="times",
    kind="ratio",
    region=(2.0, float("inf")),
    refuted="Less than twice as many steps.",
    order=340,
)
