"""A recurrent net of one hidden unit, unrolled, with every number in sight; and what recurrence saves beside a table.

h_t = tanh(w x_t + u h_{t−1} + b) and o_t = v h_t + c for t = 1 … τ, h_0 = 0; L is half the sum of the squared errors o_t − y_t of the steps
that have a target. Backpropagation through time: Werbos (1990), Rumelhart, Hinton & Williams (1986).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

PARAMETERS = ("w", "u", "b", "v", "c")


@dataclass(frozen=True)
class Pass:
    """Each of shape (τ,), step 1 first. h: states, o: outputs. errors: o − y, 0 without a target. loss: half the sum of squares."""

    h: np.ndarray
    o: np.ndarray
    errors: np.ndarray

    @property
    def loss(self) -> float:
        return float(0.5 * (self.errors**2).sum())


@dataclass(frozen=True)
class Gradients:
    """h, a: ∂L/∂h_t and ∂L/∂ of the weighted sum in the tanh, (τ,). shares: what each step adds to ∂L/∂ of each parameter, (τ,)."""

    h: np.ndarray
    a: np.ndarray
    shares: dict[str, np.ndarray]

    def total(self, name: str) -> float:
        """∂L/∂ the parameter: one weight is used at every step, so its gradient is the sum of all steps' shares."""
        return float(self.shares[name].sum())


@dataclass(frozen=True)
class Recurrence:
    """The five numbers that all steps share."""

    w: float = 0.8
    u: float = 0.9
    b: float = 0.0
    v: float = 1.0
    c: float = 0.0

    def forward(self, x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> Pass:
        """x, y: inputs and targets (τ,). counts: 1 where a step's error counts, else 0, (τ,)."""
        state, h = 0.0, np.empty(len(x))
        for t, given in enumerate(x):
            state = np.tanh(self.w * given + self.u * state + self.b)
            h[t] = state
        o = self.v * h + self.c
        return Pass(h, o, (o - y) * counts)

    def backward(self, x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> Gradients:
        """The gradient from the last step back to the first, by the chain rule."""
        now = self.forward(x, y, counts)
        h, a, later = np.empty(len(x)), np.empty(len(x)), 0.0
        for t in reversed(range(len(x))):
            h[t] = self.v * now.errors[t] + later
            a[t] = h[t] * (1 - now.h[t] ** 2)
            later = self.u * a[t]
        before = np.concatenate([[0.0], now.h[:-1]])
        return Gradients(h, a, {"w": a * x, "u": a * before, "b": a, "v": now.errors * now.h, "c": now.errors})

    def differences(self, x: np.ndarray, y: np.ndarray, counts: np.ndarray, step: float = 1e-5) -> dict[str, float]:
        """∂L/∂ of each parameter from central differences: an independent check."""

        def loss(name: str, value: float) -> float:
            return replace(self, **{name: value}).forward(x, y, counts).loss

        return {name: (loss(name, getattr(self, name) + step) - loss(name, getattr(self, name) - step)) / (2 * step) for name in PARAMETERS}


def table_entries(values: int, length: int) -> int:
    """Free entries of the table of the joint distribution of `length` variables with `values` values each: one for each sequence, less
    one because they add up to 1."""
    return values**length - 1


def recurrent_parameters(values: int, units: int) -> int:
    """Parameters of a simple recurrent net that reads one of `values` symbols (one-hot) and says the odds of the next one."""
    return units * (values + units + 1) + values * (units + 1)


def influence(steps: int, *, both: bool, width: int = 12, radius: float = 0.9, seed: int = 0) -> np.ndarray:
    """How strongly the state behind output t depends on input s, ‖∂h_t/∂x_s‖ (steps, steps) of an untrained tanh net.

    The net reads numbers drawn from a normal distribution; both: a second net reads them backwards (Schuster & Paliwal 1997), and an
    output sees the states of both. The recurrent weights are orthogonal times `radius`. The largest entry is 1.
    """
    draw = np.random.default_rng(seed)
    x = draw.standard_normal(steps)
    found = _influence(x, draw, width, radius)
    if both:
        found = np.hypot(found, _influence(x[::-1], draw, width, radius)[::-1, ::-1])
    return np.asarray(found / found.max())


def _influence(x: np.ndarray, draw: np.random.Generator, width: int, radius: float) -> np.ndarray:
    recurrent = radius * np.linalg.qr(draw.standard_normal((width, width)))[0]
    kernel = draw.standard_normal(width) / 2
    steps, state = len(x), np.zeros(width)
    found, reach = np.zeros((steps, steps)), np.zeros((steps, width))
    for t in range(steps):
        state = np.tanh(recurrent @ state + kernel * x[t])
        slope = 1 - state**2
        # Row s of `reach` is ∂h_t/∂x_s.
        reach = (reach @ recurrent.T) * slope
        reach[t] = kernel * slope
        found[t] = np.linalg.norm(reach, axis=1)
    return found
