"""Three ways to a longer memory: skip connections through time, leaky units, and removed edges; the gradient on its way back in each.

f = tanh, e_t drawn from a normal distribution, W and V recurrent weights of one spectral radius (theory/spectral.py):

- plain    h_t = f(W h_{t−1} + e_t)
- skip     h_t = f(W h_{t−1} + V h_{t−d} + e_t)               Lin, Horne, Tiño & Giles (1996)
- leaky    h_t = α h_{t−1} + (1 − α) f(W h_{t−1} + e_t)       Mozer (1992); Jaeger, Lukoševičius, Popovici & Siewert (2007)
- removed  h_t = f(V h_{t−d} + e_t)                           Goodfellow, Bengio & Courville (2016), section 10.9.3
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlcore.theory import spectral

WAYS = ("plain", "skip", "leaky", "removed")


@dataclass(frozen=True)
class Net:
    """way: one of WAYS. delay: d in steps, for skip and removed edges. leak: α, for leaky units."""

    way: str
    delay: int = 1
    leak: float = 0.0
    radius: float = 0.9
    width: int = 16
    seed: int = 0

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W and V, (width, width) each. A skip net has both at half the radius, so that a unit takes in as much as in the others."""
        radius = self.radius / 2 if self.way == "skip" else self.radius
        return spectral.matrix(radius, 0, self.width, self.seed), spectral.matrix(radius, 0, self.width, self.seed + 1)

    def states(self, inputs: np.ndarray) -> np.ndarray:
        """h_0 = 0 and the state after each of the inputs (steps, width): (steps + 1, width). States before the first one are 0."""
        near, far = self.weights
        h = np.zeros((len(inputs) + 1, self.width))
        for t, given in enumerate(inputs, start=1):
            summed = np.array(given)
            if self.way != "removed":
                summed += near @ h[t - 1]
            if self.way in ("skip", "removed") and t >= self.delay:
                summed += far @ h[t - self.delay]
            fired = np.tanh(summed)
            h[t] = self.leak * h[t - 1] + (1 - self.leak) * fired if self.way == "leaky" else fired
        return h

    def gradients(self, inputs: np.ndarray, top: np.ndarray) -> np.ndarray:
        """∂L/∂h_t for t = 0 … steps, (steps + 1, width), when ∂L/∂h of the last state is `top` (width,)."""
        near, far = self.weights
        h = self.states(inputs)
        found = np.zeros_like(h)
        found[-1] = top
        for t in range(len(inputs), 0, -1):
            if self.way == "leaky":
                fired = (h[t] - self.leak * h[t - 1]) / (1 - self.leak)
                found[t - 1] += self.leak * found[t] + near.T @ ((1 - self.leak) * (1 - fired**2) * found[t])
                continue
            arriving = (1 - h[t] ** 2) * found[t]
            if self.way != "removed":
                found[t - 1] += near.T @ arriving
            if self.way in ("skip", "removed") and t >= self.delay:
                found[t - self.delay] += far.T @ arriving
        return found


def reach(net: Net, steps: int, drive: float = 0.3) -> np.ndarray:
    """How large the gradient still is k = 0 … steps back: ‖∂L/∂h_{T−k}‖ over ‖∂L/∂h_T‖, (steps + 1,).

    With removed edges alone a state is one of d nets that take turns: only every d-th step back gets any gradient.
    """
    draw = np.random.default_rng([net.seed, 2])
    found = net.gradients(drive * draw.standard_normal((steps, net.width)), draw.standard_normal(net.width))
    norms = np.linalg.norm(found, axis=1)[::-1]
    return np.asarray(norms / norms[0])


def half_life(leak: float) -> float:
    """Steps until a leaky unit's own past counts half: ln ½ / ln α; 0 for α = 0."""
    return float(np.log(0.5) / np.log(leak)) if leak > 0 else 0.0


def last_above(norms: np.ndarray, share: float) -> int:
    """How many steps back the gradient is last at `share` of where it began, or more."""
    return int(np.flatnonzero(norms >= share)[-1])
