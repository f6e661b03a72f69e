"""Where in the plane a net says which class, for data of two features: colour is the class, strength how sure the net is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.charts.colours import GROUND, css, data_uri, diverging, rgb
from dlcore.charts.figure import HEIGHT, WIDTH, Figure, Frame, svg

STRONGEST = 0.75  # how much of a class's colour the ground takes where the net is sure: the points must stay visible
SIZE = 3.2


def boundary(
    grid: np.ndarray, extent: Sequence[float], points: np.ndarray, labels: np.ndarray, validation: np.ndarray,
    *, colours: Sequence[str], names: tuple[str, str] = ("feature 1", "feature 2"), dark: bool = False, threshold: float = 0.5,
    task: str = "classes", note: str = "",
) -> Figure:  # fmt: skip
    """grid: the net's output (rows, columns, outputs) over extent (x from, x to, y from, y to), its first row at the lowest y.

    points (n, 2) with labels (n,) and whether each is of the validation rows (n,): those are diamonds, the others dots. threshold: the
    value of a single output above which it means class 1 (0 for a linear output). A regression is shaded from blue (low) to orange.
    """
    x0, x1, y0, y1 = (float(value) for value in extent)
    frame = Frame(52, 8, WIDTH - 8, HEIGHT - 38, (x0, x1), (y0, y1))
    grid, labels = np.asarray(grid, float), np.asarray(labels)
    labels = labels[:, 0] if labels.ndim > 1 else labels
    if task == "regression":
        pixels, marks = _heights(grid[..., 0], labels)
    else:
        pixels = _classes(grid, colours, dark, threshold)
        marks = [colours[int(label) % len(colours)] for label in labels]
    place = f'x="{frame.left}" y="{frame.top}" width="{frame.right - frame.left}" height="{frame.bottom - frame.top}"'
    body = f'<image {place} preserveAspectRatio="none" href="{data_uri(pixels[::-1])}"/>'
    body += frame.axes(*names) + _points(frame, points, marks, np.asarray(validation, bool), dark)
    described = f"What the net says in the plane of {names[0]} and {names[1]}, with {len(points):,} examples of the data."
    return Figure("What the net says where", svg(body, described), described, note or "dots: training, diamonds: validation")


def _classes(grid: np.ndarray, colours: Sequence[str], dark: bool, threshold: float) -> np.ndarray:
    """Each point in the colour of its likeliest class, paler the less sure the net is of it."""
    if grid.shape[-1] == 1:
        one = grid[..., 0]
        # A linear output has no probability: its sure side is a margin of 1 (the hinge loss's).
        sure = np.clip(2 * np.abs(one - 0.5), 0, 1) if threshold else np.clip(np.abs(one), 0, 1)
        chosen = (one > threshold).astype(int)
    else:
        chosen, count = grid.argmax(axis=-1), grid.shape[-1]
        total = grid.sum(axis=-1)
        likely = bool(np.all(grid >= -1e-3) and np.allclose(total, 1, atol=0.05))
        ordered = np.sort(grid, axis=-1)
        sure = (ordered[..., -1] - 1 / count) / (1 - 1 / count) if likely else np.clip(ordered[..., -1] - ordered[..., -2], 0, 1)
    palette = np.array([rgb(colour) for colour in colours])
    strength = STRONGEST * np.nan_to_num(sure)[..., None]
    return np.asarray((1 - strength) * np.array(GROUND[dark]) + strength * palette[chosen % len(colours)] + 0.5, np.uint8)


def _heights(grid: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, list[str]]:
    middle, limit = float(np.mean(labels)), float(np.ptp(labels)) / 2 or 1.0
    return diverging(grid - middle, limit), [css(colour) for colour in diverging(labels - middle, limit)]


def _points(frame: Frame, points: np.ndarray, marks: Sequence[str], validation: np.ndarray, dark: bool) -> str:
    edge = css(np.array(GROUND[dark]))
    paths: dict[tuple[str, bool], list[str]] = {}
    for (x, y), colour, held in zip(points.tolist(), marks, validation.tolist(), strict=True):
        left, top = frame.at(x, y)
        radius = SIZE + 0.8 if held else SIZE
        shape = (
            f"M{left:.1f} {top - radius:.1f}l{radius:.1f} {radius:.1f}l-{radius:.1f} {radius:.1f}l-{radius:.1f} -{radius:.1f}z"
            if held
            else f"M{left - radius:.1f} {top:.1f}a{radius} {radius} 0 1 0 {2 * radius:g} 0a{radius} {radius} 0 1 0 -{2 * radius:g} 0"
        )
        paths.setdefault((colour, held), []).append(shape)
    return "".join(
        f'<path d="{"".join(shapes)}" fill="{colour}" stroke="{edge}" stroke-width="0.8"/>' for (colour, _), shapes in paths.items()
    )
