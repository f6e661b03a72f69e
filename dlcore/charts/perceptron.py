"""A perceptron at work: points of two classes, the half-plane in which it fires, and the way its boundary has come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.charts.figure import Figure, Frame, svg, text
from dlcore.charts.plot import Axes, Series, plot

SIZE = (560.0, 280.0)
TRAIL = 40  # former boundaries drawn at most


def plane(
    x: np.ndarray, targets: np.ndarray, weights: np.ndarray, biases: np.ndarray, now: int, current: int | None, colours: Sequence[str]
) -> Figure:
    """x (rows, 2), targets (rows,) of 0 and 1; weights (steps, 2), biases (steps,): the whole way, of which step `now` is shown.

    current: the row that the next step looks at. Crosses are class 0, discs class 1; a point on the wrong side has a ring.
    """
    frame = Frame(44, 10, SIZE[0] - 10, SIZE[1] - 40, _around(x[:, 0], 0.35), _around(x[:, 1], 0.35))
    w, b = weights[now], float(biases[now])
    body = [_fires(frame, w, b, colours[0])]
    first = max(0, now - TRAIL)
    body += [_line(frame, weights[step], float(biases[step]), 0.08 + 0.35 * (step - first) / TRAIL) for step in range(first, now)]
    body.append(_line(frame, w, b, 1.0, 2.5))
    wrong = ((x @ w + b >= 0).astype(int)) != targets
    for place, (point, target, mistaken) in enumerate(zip(x, targets, wrong, strict=True)):
        body.append(_point(frame, point, int(target), bool(mistaken), place == current, colours))
    body.append(frame.axes("input x₁", "input x₂"))
    described = f"{int(wrong.sum())} of {len(x)} points are on the wrong side of the line {w[0]:.3g}·x₁ + {w[1]:.3g}·x₂ + {b:.3g} = 0."
    note = "In the shaded half the unit fires. Discs should fire, crosses should not; a ring marks a mistake."
    return Figure("", svg("".join(body), described, *SIZE), described, note)


def mistakes(counts: np.ndarray, now: float, colour: str) -> Figure:
    """Mistakes (epochs + 1,) after each pass through the data; now: passes so far."""
    line = Series("", np.arange(len(counts)), counts, colour)
    axes = Axes("passes through the data", "mistakes", up=(0, max(1, float(counts.max()))), counted=True)
    described = f"Mistakes after each pass: from {int(counts[0])} to {int(counts[-1])}."
    return plot([line], axes, described, size=(560, 130), marks=[(now, "now")])


def _around(values: np.ndarray, share: float) -> tuple[float, float]:
    room = share * float(np.ptp(values))
    return float(values.min()) - room, float(values.max()) + room


def _fires(frame: Frame, w: np.ndarray, b: float, colour: str) -> str:
    """The corner of the frame where w·x + b ≥ 0, as a polygon: the frame's outline cut along the boundary."""
    corners = [(x, y) for x, y in ((frame.x[0], frame.y[0]), (frame.x[1], frame.y[0]), (frame.x[1], frame.y[1]), (frame.x[0], frame.y[1]))]
    kept = []
    for one, two in zip(corners, corners[1:] + corners[:1], strict=True):
        here, there = (w[0] * x + w[1] * y + b for x, y in (one, two))
        if here >= 0:
            kept.append(one)
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            kept.append((one[0] + share * (two[0] - one[0]), one[1] + share * (two[1] - one[1])))
    places = " ".join("{:.1f},{:.1f}".format(*frame.at(*point)) for point in kept)
    return f'<polygon points="{places}" fill="{colour}" fill-opacity="0.16"/>'


def _line(frame: Frame, w: np.ndarray, b: float, opacity: float, width: float = 1.0) -> str:
    """The part of w·x + b = 0 that lies in the frame."""
    ends = []
    if abs(w[1]) > 1e-12:
        ends += [(x, -(w[0] * x + b) / w[1]) for x in frame.x]
    if abs(w[0]) > 1e-12:
        ends += [(-(w[1] * y + b) / w[0], y) for y in frame.y]
    room = 1e-9 + 1e-9 * max(abs(frame.x[1]), abs(frame.y[1]))
    inside = sorted(
        {(round(x, 9), round(y, 9)) for x, y in ends
         if frame.x[0] - room <= x <= frame.x[1] + room and frame.y[0] - room <= y <= frame.y[1] + room}
    )  # fmt: skip
    if len(inside) < 2:
        return ""
    (x1, y1), (x2, y2) = frame.at(*inside[0]), frame.at(*inside[-1])
    return f'<path class="ink" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke-opacity="{opacity:.2f}" stroke-width="{width}"/>'


def _point(frame: Frame, point: np.ndarray, target: int, wrong: bool, current: bool, colours: Sequence[str]) -> str:
    x, y = frame.at(float(point[0]), float(point[1]))
    if target:
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colours[0]}"/>'
    else:
        mark = f'<path d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10" stroke="{colours[1]}" stroke-width="3"/>'
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="none" stroke="{colours[1]}" stroke-width="1.8"/>' if wrong else ""
    return mark + ring + (text(x + 14, y - 10, "next", "start", 'class="tick on"') if current else "")
