"""Backpropagation by hand through a net of two inputs, two hidden units and one output, all numbers in sight.

Units are logistic; the loss is L = ½(o − t)². Rumelhart, Hinton & Williams (1986). Weights: `w1` (2, 2) from input i to hidden unit j,
`b1` (2,), `w2` (2,) from hidden units to the output, `b2` (a number).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

UNITS = (1, 2)
PARAMETERS = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")
"""wij: weight from input i to hidden unit j; bj: its bias; vj: weight from hidden unit j to the output; c: the output's bias."""


@dataclass(frozen=True)
class Net:
    """The net's nine numbers, in the order of PARAMETERS; the defaults are those of Mazur's widely copied example, cut to one output."""

    w11: float = 0.15
    w12: float = 0.25
    w21: float = 0.20
    w22: float = 0.30
    b1: float = 0.35
    b2: float = 0.35
    v1: float = 0.40
    v2: float = 0.45
    c: float = 0.60

    def forward(self, x1: float, x2: float, target: float) -> dict[str, float]:
        """Every number on the way to the loss: weighted sums z1, z2, s; outputs h1, h2, o; loss."""
        z1 = self.w11 * x1 + self.w21 * x2 + self.b1
        z2 = self.w12 * x1 + self.w22 * x2 + self.b2
        h1, h2 = _sigmoid(z1), _sigmoid(z2)
        s = self.v1 * h1 + self.v2 * h2 + self.c
        o = _sigmoid(s)
        return {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "s": s, "o": o, "loss": (o - target) ** 2 / 2}

    def backward(self, x1: float, x2: float, target: float) -> dict[str, float]:
        """∂L/∂ of everything by its name, from the loss back to the first weights."""
        now = self.forward(x1, x2, target)
        d: dict[str, float] = {"o": now["o"] - target}
        d["s"] = d["o"] * now["o"] * (1 - now["o"])
        d |= {"v1": d["s"] * now["h1"], "v2": d["s"] * now["h2"], "c": d["s"]}
        for j, weight in (("1", self.v1), ("2", self.v2)):
            d[f"h{j}"] = d["s"] * weight
            d[f"z{j}"] = d[f"h{j}"] * now[f"h{j}"] * (1 - now[f"h{j}"])
            d |= {f"w1{j}": d[f"z{j}"] * x1, f"w2{j}": d[f"z{j}"] * x2, f"b{j}": d[f"z{j}"]}
        return d

    def differences(self, x1: float, x2: float, target: float, step: float = 1e-4) -> dict[str, float]:
        """∂L/∂ of each parameter from central differences, (L(w + step) − L(w − step)) / 2 step: an independent check."""
        found = {}
        for name in PARAMETERS:
            value = getattr(self, name)
            above = replace(self, **{name: value + step}).forward(x1, x2, target)["loss"]
            below = replace(self, **{name: value - step}).forward(x1, x2, target)["loss"]
            found[name] = (above - below) / (2 * step)
        return found

    def updated(self, gradients: Mapping[str, float], rate: float) -> Net:
        """The net after one step of gradient descent. Backpropagation ends before this: it only finds the gradients."""
        return replace(self, **{name: getattr(self, name) - rate * gradients[name] for name in PARAMETERS})


@dataclass(frozen=True)
class Step:
    """One line of the computation. phase: "forward" or "backward" or "update". name: what is found (a key of forward, backward, or of the
    net). value: the number. formula: in LaTeX. lights: the edges and units of the drawing that take part."""

    phase: str
    name: str
    value: float
    formula: str
    lights: tuple[str, ...]


def steps(net: Net, x1: float, x2: float, target: float, rate: float) -> tuple[Step, ...]:
    """The whole computation in order: forward, backward, one update."""
    now, d = net.forward(x1, x2, target), net.backward(x1, x2, target)
    after = net.updated(d, rate)
    return (
        *(Step("forward", name, now[name], formula, lights) for name, formula, lights in _FORWARD),
        *(Step("backward", name, d[name], formula, lights) for name, formula, lights in _BACKWARD),
        *(Step("update", n, getattr(after, n), rf"{_TEX[n]}\leftarrow {_TEX[n]}-\varepsilon\,{_partial(n)}", (n,)) for n in PARAMETERS),
    )


def _sigmoid(z: float) -> float:
    return float((1 + np.tanh(z / 2)) / 2)


def _partial(name: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {_TEX[name]}}}"


_TEX = {
    **{f"w{i}{j}": f"w_{{{i}{j}}}" for i in UNITS for j in UNITS},
    **{f"{letter}{j}": f"{letter}_{j}" for letter in "bvhz" for j in UNITS},
    **{letter: letter for letter in "cso"},
}
_FORWARD = (
    *((f"z{j}", rf"z_{j}=w_{{1{j}}}x_1+w_{{2{j}}}x_2+b_{j}", (f"w1{j}", f"w2{j}", f"b{j}", "x1", "x2", f"h{j}")) for j in UNITS),
    *((f"h{j}", rf"h_{j}=\sigma(z_{j})", (f"h{j}",)) for j in UNITS),
    ("s", r"s=v_1h_1+v_2h_2+c", ("v1", "v2", "c", "h1", "h2", "o")),
    ("o", r"o=\sigma(s)", ("o",)),
    ("loss", r"L=\tfrac12(o-t)^2", ("o", "loss")),
)
_BACKWARD = (
    ("o", r"\frac{\partial L}{\partial o}=o-t", ("o", "loss")),
    ("s", r"\frac{\partial L}{\partial s}=\frac{\partial L}{\partial o}\,o(1-o)", ("o",)),
    *((f"v{j}", rf"{_partial(f'v{j}')}=\frac{{\partial L}}{{\partial s}}\,h_{j}", (f"v{j}", "o", f"h{j}")) for j in UNITS),
    ("c", rf"{_partial('c')}=\frac{{\partial L}}{{\partial s}}", ("c", "o")),
    *((f"h{j}", rf"{_partial(f'h{j}')}=\frac{{\partial L}}{{\partial s}}\,v_{j}", (f"v{j}", f"h{j}", "o")) for j in UNITS),
    *((f"z{j}", rf"{_partial(f'z{j}')}={_partial(f'h{j}')}\,h_{j}(1-h_{j})", (f"h{j}",)) for j in UNITS),
    *((f"w{i}{j}", rf"{_partial(f'w{i}{j}')}={_partial(f'z{j}')}\,x_{i}", (f"w{i}{j}", f"x{i}", f"h{j}")) for i in UNITS for j in UNITS),
    *((f"b{j}", rf"{_partial(f'b{j}')}={_partial(f'z{j}')}", (f"b{j}", f"h{j}")) for j in UNITS),
)
