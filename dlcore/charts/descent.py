"""Paths of optimizers over a surface: seen from above, and in three dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.charts.colours import css, data_uri, shade
from dlcore.charts.figure import Figure, Frame, comma_separated, svg, text
from dlcore.charts.plot import Axes, Series, path, plot

SIZE = (640.0, 380.0)
LEGEND = 178.0
CELLS, MESH, BANDS = 96, 30, 14
SECONDS = 4.0
MOVER_POINTS = 120
Height = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Walk:
    """One path. points (steps + 1, 2). said: what stands under its name in the legend."""

    name: str
    points: np.ndarray
    colour: str
    said: str


def from_above(f: Height, across: tuple[float, float], up: tuple[float, float], walks: Sequence[Walk], dark: bool,
               lowest: Sequence[tuple[float, float]] = ()) -> tuple[Figure, Frame]:  # fmt: skip
    """The darker the deeper, in bands. lowest: crosses. Discs walk the paths, all at one step a moment. The frame is where clicks count."""
    frame = Frame(44, 10, SIZE[0] - LEGEND, SIZE[1] - 42, across, up)
    x, y = np.meshgrid(np.linspace(*across, CELLS), np.linspace(up[1], up[0], CELLS))
    share = _flattened(f(x, y))
    picture = data_uri(shade(0.75 * (1 - np.floor(share * BANDS) / BANDS), dark))
    place = f'x="{frame.left}" y="{frame.top}" width="{frame.right - frame.left}" height="{frame.bottom - frame.top}"'
    body = [f'<image {place} href="{picture}" preserveAspectRatio="none" class="pixels"/>', frame.axes("x", "y")]
    for point in lowest:
        a, b = frame.at(*point)
        body.append(f'<path class="ink" d="M{a - 6:.1f} {b:.1f}h12m-6 -6v12" stroke-width="2.5"/>')
    for walk in walks:
        body.append(_walked(walk, frame))
    body.append(_legend(walks))
    described = _described(walks)
    return Figure("", svg("".join(body), described, *SIZE), described, "The darker the deeper; a cross marks the lowest point.",
                  table=lambda: _table(walks)), frame  # fmt: skip


def in_space(f: Height, across: tuple[float, float], up: tuple[float, float], walks: Sequence[Walk], dark: bool, turn: float) -> Figure:
    """The same surface as a net of squares, turned by `turn` degrees. Heights are bent so that deep valleys and steep walls both show."""
    xs, ys = np.linspace(*across, MESH), np.linspace(*up, MESH)
    x, y = np.meshgrid(xs, ys)
    raw = f(x, y)
    power, low, high = _bend(raw)
    share = _share(raw, power, low, high)
    project = _projection(turn)
    a, b, depth = project(_unit(x, across), _unit(y, up), share)
    body = [_mesh(a, b, depth, share, dark)]
    for walk in walks:
        inside = walk.points[np.abs(walk.points).max(axis=1) < 1e4]
        height = _share(f(inside[:, 0], inside[:, 1]), power, low, high) + 0.015
        a, b, _ = project(np.clip(_unit(inside[:, 0], across), -1, 1), np.clip(_unit(inside[:, 1], up), -1, 1), np.clip(height, 0, 1.1))
        line = "".join(f"{'L' if place else 'M'}{p:.1f} {q:.1f}" for place, (p, q) in enumerate(zip(a, b, strict=True)))
        body.append(f'<path d="{line}" fill="none" stroke="{walk.colour}" stroke-width="2.5" stroke-linejoin="round"/>')
        body.append(f'<circle cx="{a[-1]:.1f}" cy="{b[-1]:.1f}" r="5" fill="{walk.colour}" class="sheet" style="fill:{walk.colour}"/>')
    body.append(_legend(walks))
    described = _described(walks)
    return Figure("", svg("".join(body), described, *SIZE), described, "Height is bent: what lies deep is drawn larger than it is.",
                  table=lambda: _table(walks))  # fmt: skip


def _table(walks: Sequence[Walk]) -> str:
    """CSV text: every step of every path."""
    rows = [(walk.name, step, *point) for walk in walks for step, point in enumerate(walk.points)]
    return comma_separated(("path", "step", "x", "y"), rows)


def falling(heights: Mapping[str, np.ndarray], colours: Sequence[str], lowest: float) -> Figure:
    """How far above the lowest point (steps + 1,) each path is after each step, on a logarithmic axis."""
    lines = [
        Series(name, np.arange(len(values)), np.maximum(values - lowest, 1e-12), colour)
        for (name, values), colour in zip(heights.items(), colours, strict=False)
    ]
    least = min((float(np.nanmin(line.y)) for line in lines), default=0.1)
    top = max((float(line.y[0]) for line in lines), default=1.0)
    reach = (max(1e-12, min(least, top / 10) / 2), top * 10)
    described = "Height above the lowest point after each step: " + "; ".join(f"{line.name} {line.y[-1]:.2g}" for line in lines)
    return plot(lines, Axes("step", "above the lowest point", up=reach, log=True), described, size=(640, 230))


def sizes(found: Mapping[str, np.ndarray], colours: Sequence[str]) -> Figure:
    """Effective learning rates (steps, 2) of each rule: what one unit of gradient moves, x solid and y dashed."""
    lines = []
    for (name, values), colour in zip(found.items(), colours, strict=False):
        steps = np.arange(1, len(values) + 1)
        lines.append(Series(name, steps, np.clip(values[:, 0], 1e-9, 1e6), colour))
        lines.append(Series("", steps, np.clip(values[:, 1], 1e-9, 1e6), colour, dash=True, faint=True))
    described = "Effective learning rates of " + ", ".join(found)
    note = "What one unit of gradient moves a parameter. Solid: x, dashed: y. Plain descent keeps one rate for both."
    return plot(lines, Axes("step", "move ÷ gradient", log=True), described, size=(640, 330), note=note)


def _walked(walk: Walk, frame: Frame) -> str:
    points = walk.points
    line = path(frame, points[:, 0], points[:, 1])
    shown = points[np.unique(np.linspace(0, len(points) - 1, MOVER_POINTS).astype(int))]
    places = [frame.at(*point) for point in np.nan_to_num(shown)]
    values = [";".join(f"{place[axis]:.1f}" for place in places) for axis in (0, 1)]
    moving = "".join(
        f'<animate attributeName="{name}" values="{one}" dur="{SECONDS:g}s" repeatCount="1" fill="freeze"/>'
        for name, one in zip(("cx", "cy"), values, strict=True)
    )
    (x, y), (a, b) = places[-1], places[0]
    return (
        f'<path d="{line}" fill="none" stroke="{walk.colour}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="currentColor"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" style="fill:{walk.colour}" class="sheet">{moving}</circle>'
    )


def _legend(walks: Sequence[Walk]) -> str:
    left, parts = SIZE[0] - LEGEND + 14, []
    pitch = min(40.0, (SIZE[1] - 20) / max(1, len(walks)))
    for number, walk in enumerate(walks):
        y = 26 + pitch * number
        parts.append(f'<circle cx="{left}" cy="{y - 4:.1f}" r="5" fill="{walk.colour}"/>')
        parts.append(text(left + 12, y, walk.name, "start", 'class="tick name"'))
        parts.append(text(left + 12, y + min(15.0, pitch / 2), walk.said, "start", 'class="tick"'))
    return "".join(parts)


def _described(walks: Sequence[Walk]) -> str:
    return "Paths: " + "; ".join(f"{walk.name}, {walk.said}" for walk in walks) if walks else "The surface, without a path."


def _bend(values: np.ndarray) -> tuple[float, float, float]:
    """The power that brings the middle height half-way up (a fourth root at most), and the lowest and highest value."""
    low, high = float(values.min()), float(values.max())
    middle = float(np.median(values) - low) / (high - low or 1.0)
    power = math.log(0.5) / math.log(min(max(middle, 1e-6), 0.999))
    return min(1.0, max(0.25, power)), low, high


def _share(values: np.ndarray, power: float, low: float, high: float) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.nan_to_num(np.clip((values - low) / (high - low or 1.0), 0, 1.2) ** power, nan=1.2)


def _flattened(values: np.ndarray) -> np.ndarray:
    return np.clip(_share(values, *_bend(values)), 0, 0.9999)


def _unit(values: np.ndarray, reach: tuple[float, float]) -> np.ndarray:
    return 2 * (values - reach[0]) / (reach[1] - reach[0]) - 1


def _projection(turn: float) -> Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """From (x, y in −1 … 1, height in 0 … 1) to places in the drawing and depth, seen from 32° above."""
    angle, tilt = math.radians(turn), math.radians(32)
    width = SIZE[0] - LEGEND

    def project(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        right = x * math.cos(angle) - y * math.sin(angle)
        away = x * math.sin(angle) + y * math.cos(angle)
        return width / 2 + 150 * right, 255 - 150 * (away * math.sin(tilt) + (z - 0.2) * 1.0 * math.cos(tilt)), away

    return project


def _mesh(a: np.ndarray, b: np.ndarray, depth: np.ndarray, share: np.ndarray, dark: bool) -> str:
    def corners(grid: np.ndarray) -> np.ndarray:
        return np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=-1).reshape(-1, 4)

    across, down = corners(a), corners(b)
    level = np.floor(np.clip(corners(share).mean(axis=1), 0, 0.999) * BANDS) / BANDS
    colours = shade(0.8 * (1 - level), dark)
    order = np.argsort(-corners(depth).mean(axis=1))
    parts = []
    for one in order:
        places = " ".join(f"{p:.0f},{q:.0f}" for p, q in zip(across[one], down[one], strict=True))
        parts.append(f'<polygon points="{places}" fill="{css(colours[one])}"/>')
    return f'<g stroke="currentColor" stroke-opacity="0.18" stroke-width="0.5">{"".join(parts)}</g>'
