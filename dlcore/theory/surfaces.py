"""Surfaces f(x, y) to descend on: each with its gradient and Hessian by formula.

Saddle, plateau, double well and ravine are small formulas of our own; Rosenbrock (1960), Beale (1958) and Rastrigin (1974) are the usual
test functions. x and y are arrays of one shape, or numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Number = Any  # a float, or an array
Pair = tuple[Number, Number]


@dataclass(frozen=True)
class Surface:
    """f, gradient (f_x, f_y) and hessian (f_xx, f_xy, f_yy) at (x, y).

    across, up: the part that is drawn. start: where a path begins unless told. lowest: points of least height (none where there is no
    bottom). rate: a step size at which plain gradient descent is in no danger from `start`.
    """

    name: str
    title: str
    formula: str
    says: str
    f: Callable[[Number, Number], Number]
    gradient: Callable[[Number, Number], Pair]
    hessian: Callable[[Number, Number], tuple[Number, Number, Number]]
    across: tuple[float, float]
    up: tuple[float, float]
    start: tuple[float, float]
    lowest: tuple[tuple[float, float], ...]
    rate: float


def bowl(condition: float) -> Surface:
    """½(x² + κy²): the condition number κ is how many times steeper the steep direction is (κ ≥ 1)."""
    return Surface(
        "bowl", "Bowl", r"f=\tfrac12(x^2+\kappa y^2)", "One valley; κ says how much narrower it is one way than the other.",
        lambda x, y: (x**2 + condition * y**2) / 2,
        lambda x, y: (1.0 * x, condition * y),
        lambda x, y: (x * 0 + 1.0, x * 0.0, y * 0 + condition),
        (-2.5, 2.5), (-2.5, 2.5), (-2.0, 1.5), ((0.0, 0.0),), 1 / condition,
    )  # fmt: skip


def _wells(x: Number, y: Number) -> Number:
    return x**4 / 4 - x**2 / 2 + 0.15 * x + y**2 / 2


def _plateau(x: Number, y: Number) -> Number:
    return 1 - np.exp(-(x**2 + y**2) / 2)


def _beale_parts(x: Number, y: Number) -> tuple[Number, Number, Number]:
    return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3


def _beale_gradient(x: Number, y: Number) -> Pair:
    a, b, c = _beale_parts(x, y)
    return 2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)), 2 * (a * x + b * 2 * x * y + c * 3 * x * y**2)


def _beale_hessian(x: Number, y: Number) -> tuple[Number, Number, Number]:
    a, b, c = _beale_parts(x, y)
    xx = 2 * ((y - 1) ** 2 + (y**2 - 1) ** 2 + (y**3 - 1) ** 2)
    xy = 2 * (x * (y - 1) + a + 2 * x * y * (y**2 - 1) + 2 * b * y + 3 * x * y**2 * (y**3 - 1) + 3 * c * y**2)
    yy = 2 * (x**2 + 4 * x**2 * y**2 + 2 * b * x + 9 * x**2 * y**4 + 6 * c * x * y)
    return xx, xy, yy


def _ravine_slope(x: Number) -> Number:
    return np.cos(1.5 * x)


def _rosenbrock_hessian(x: Number, y: Number) -> tuple[Number, Number, Number]:
    return 2 - 400 * (y - 3 * x**2), -400 * x, x * 0 + 200.0


# The double well's three level points, the roots of f_x = x³ − x + 0.15: deepest, top between the wells, local minimum.
LOW_WELL, WELL_TOP, HIGH_WELL = (float(root) for root in np.sort(np.roots([1, 0, -1, 0.15]).real))

SURFACES = {
    surface.name: surface
    for surface in (
        Surface(
            "saddle", "Saddle", r"f=\tfrac12(x^2-y^2)+\tfrac1{16}y^4",
            "In the middle the slope is zero in every direction, up along x and down along y.",
            lambda x, y: (x**2 - y**2) / 2 + y**4 / 16,
            lambda x, y: (1.0 * x, -y + y**3 / 4),
            lambda x, y: (x * 0 + 1.0, x * 0.0, -1 + 3 * y**2 / 4),
            (-3.0, 3.0), (-3.0, 3.0), (2.2, 0.0), ((0.0, 2.0), (0.0, -2.0)), 0.1,
        ),
        Surface(
            "plateau", "Plateau", r"f=1-e^{-(x^2+y^2)/2}",
            "Far from the hole the ground is almost level: the gradient is there, but tiny.",
            _plateau,
            lambda x, y: (x * (1 - _plateau(x, y)), y * (1 - _plateau(x, y))),
            lambda x, y: (
                (1 - x**2) * (1 - _plateau(x, y)), -x * y * (1 - _plateau(x, y)), (1 - y**2) * (1 - _plateau(x, y)),
            ),
            (-4.5, 4.5), (-4.5, 4.5), (2.6, 2.2), ((0.0, 0.0),), 0.3,
        ),
        Surface(
            "double_well", "Double well", r"f=\tfrac14x^4-\tfrac12x^2+0.15x+\tfrac12y^2",
            "Two valleys, and the one on the right is not the deepest: a local minimum.",
            _wells,
            lambda x, y: (x**3 - x + 0.15, 1.0 * y),
            lambda x, y: (3 * x**2 - 1, x * 0.0, y * 0 + 1.0),
            (-2.0, 2.0), (-2.0, 2.0), (1.7, 1.4), ((LOW_WELL, 0.0),), 0.1,
        ),
        Surface(
            "ravine", "Ravine", r"f=\tfrac1{20}x^2+5\,(y-\tfrac12\sin 1.5x)^2",
            "A narrow bending valley: steep across, gentle along.",
            lambda x, y: x**2 / 20 + 5 * (y - np.sin(1.5 * x) / 2) ** 2,
            lambda x, y: (x / 10 - 7.5 * (y - np.sin(1.5 * x) / 2) * _ravine_slope(x), 10 * (y - np.sin(1.5 * x) / 2)),
            lambda x, y: (
                0.1 + 5.625 * _ravine_slope(x) ** 2 + 11.25 * (y - np.sin(1.5 * x) / 2) * np.sin(1.5 * x),
                -7.5 * _ravine_slope(x), x * 0 + 10.0,
            ),
            (-4.0, 4.0), (-2.0, 2.0), (-3.6, 1.2), ((0.0, 0.0),), 0.05,
        ),
        Surface(
            "rosenbrock", "Rosenbrock", r"f=(1-x)^2+100\,(y-x^2)^2",
            "The banana: into the curved valley at once, along it for ever.",
            lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
            lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
            _rosenbrock_hessian,
            (-2.0, 2.0), (-1.0, 3.0), (-1.2, 1.0), ((1.0, 1.0),), 0.0005,
        ),
        Surface(
            "beale", "Beale", r"f=(1.5-x+xy)^2+(2.25-x+xy^2)^2+(2.625-x+xy^3)^2",
            "Steep walls at the corners, a flat floor between them.",
            lambda x, y: sum(part**2 for part in _beale_parts(x, y)),
            _beale_gradient, _beale_hessian,
            (-1.0, 4.5), (-2.0, 2.0), (1.0, 1.6), ((3.0, 0.5),), 0.005,
        ),
        Surface(
            "rastrigin", "Rastrigin", r"f=20+x^2+y^2-10\,(\cos 2\pi x+\cos 2\pi y)",
            "A local minimum near every pair of whole numbers; only the one in the middle is the deepest.",
            lambda x, y: 20 + x**2 + y**2 - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)),
            lambda x, y: (2 * x + 20 * np.pi * np.sin(2 * np.pi * x), 2 * y + 20 * np.pi * np.sin(2 * np.pi * y)),
            lambda x, y: (2 + 40 * np.pi**2 * np.cos(2 * np.pi * x), x * 0.0, 2 + 40 * np.pi**2 * np.cos(2 * np.pi * y)),
            (-3.2, 3.2), (-3.2, 3.2), (2.3, 1.7), ((0.0, 0.0),), 0.001,
        ),
    )
}  # fmt: skip


def find(name: str, condition: float = 10.0) -> Surface:
    """The surface of that name; `condition` is κ of the bowl. KeyError for an unknown one."""
    return bowl(condition) if name == "bowl" else SURFACES[name]


def kind_of_point(surface: Surface, x: float, y: float) -> str:
    """What the Hessian says of the curvature there: "minimum", "maximum" or "saddle" (indefinite), "flat" where an eigenvalue is 0."""
    xx, xy, yy = surface.hessian(x, y)
    low, high = np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]], float))
    if min(abs(low), abs(high)) < 1e-9:
        return "flat"
    return "minimum" if low > 0 else "maximum" if high < 0 else "saddle"
