"""What several ways to shrink a map make of it, side by side, with their shapes and weights; and of one small square, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.volumes import as_table, cells, image, picture

WIDE = 720.0


@dataclass(frozen=True)
class Shrunk:
    """title; the map (height, width) after it; lines of small print: shape, weights."""

    title: str
    values: np.ndarray
    lines: tuple[str, ...]


def side_by_side(before: Shrunk, after: Sequence[Shrunk], dark: bool) -> Figure:
    """The map before, then each way's result, three in a row (or all four), all on one scale of brightness."""
    across = 4 if len(after) == 3 else 3
    pitch, side, high = WIDE / across, 150.0, 246.0
    limit = float(np.abs(before.values).max()) or 1.0
    parts = []
    for number, one in enumerate([before, *after]):
        x, y = pitch * (number % across) + (pitch - side) / 2, 24 + high * (number // across)
        parts.append(text(x + side / 2, y - 8, one.title, more='class="name"'))
        parts.append(image(x, y, side, side, picture(np.maximum(one.values, 0), limit, False, dark), one.title))
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{side}" height="{side}" class="frame"/>')
        parts += [text(x + side / 2, y + side + 20 + 20 * place, line, more='class="tick"') for place, line in enumerate(one.lines)]
    described = "; ".join(f"{one.title}: {', '.join(one.lines)}" for one in [before, *after])
    rows = -(-(len(after) + 1) // across)
    return Figure("", svg("".join(parts), described, WIDE, high * rows), described, "The stronger the blue, the larger the number.")


def square(values: np.ndarray, results: Sequence[tuple[str, np.ndarray]], dark: bool) -> Figure:
    """A small map in numbers, and what each way keeps of it."""
    limit = float(np.abs(values).max()) or 1.0
    parts = [text(0, 14, "before", "start", 'class="name"'), cells(0, 24, 42, values, limit, False, dark)]
    left = 42.0 * values.shape[1] + 32
    for title, found in results:
        parts.append(text(left, 14, title, "start", 'class="name"'))
        parts.append(cells(left, 24, 42, found, limit, False, dark))
        left += 42 * max(found.shape[1], 2) + 26
    described = f"{values.shape[0]}×{values.shape[1]} numbers become {results[0][1].shape[0]}×{results[0][1].shape[1]}."
    return Figure("", svg("".join(parts), described, 510, 150), described, "", lambda: as_table(values))
