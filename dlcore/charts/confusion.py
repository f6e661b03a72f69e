"""Which classes are taken for which: rows are the true classes, columns what the net says."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dlcore.charts.colours import STRONG, WRONG, css, data_uri, ink_on, shade
from dlcore.charts.figure import HEIGHT, WIDTH, Figure, comma_separated, short, svg, text

COUNTED = 20  # classes up to which each cell shows its count
NAMED = 12  # and up to which each row has its name
FEW = 4  # classes up to which their names lie side by side
LETTERS = 8


def confusion(counts: np.ndarray, names: Sequence[str], dark: bool, note: str = "") -> Figure:
    """counts: whole numbers of shape (C, C), true × predicted. names: of the classes; their numbers where empty.

    A cell's shade is its share of the row, blue where right and orange where wrong; mistakes are shaded by the square root of their share,
    so that rare ones are seen.
    """
    classes = len(counts)
    named = [str(number) for number in range(classes)] if len(names) != classes else list(names)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(classes, dtype=bool)[..., None]
    colours = np.where(right, shade(share, dark, STRONG), shade(np.sqrt(share), dark, WRONG))
    long = classes <= NAMED and max(map(len, named)) > 2
    letters = LETTERS if classes > FEW else 2 * LETTERS - 4
    left, top = (44.0, 38.0) if not long else (64.0, 66.0) if classes > FEW else (88.0, 38.0)
    beyond = 20 if long and classes > FEW else 2  # the last name leans over the edge
    side = min(WIDTH - left - beyond, HEIGHT - top - 2) / classes
    body = _titles(left, top, side * classes)
    if classes <= COUNTED:
        body += _cells(counts, colours, named, left, top, side)
        body += _names([short(name, letters) for name in named], left, top, side, long and classes > FEW)
    else:
        body += _map(colours, left, top, side * classes) + _numbers(classes, left, top, side)
    described = _described(counts, named)
    if classes > COUNTED:
        note = f"{note} {_worst(counts, named)}".strip()
    rows = [(name, *row) for name, row in zip(named, counts.tolist(), strict=True)]
    return Figure("What is taken for what", svg(body, described), described, note, lambda: comma_separated(("true class", *named), rows))


def _titles(left: float, top: float, size: float) -> str:
    middle = top + size / 2
    beside = text(11, middle, "true class", more=f'transform="rotate(-90 11 {middle:.1f})"')
    return text(left + size / 2, 12, "the net says") + beside


def _cells(counts: np.ndarray, colours: np.ndarray, names: Sequence[str], left: float, top: float, side: float) -> str:
    """The grid, and in it the cells that are not empty."""
    size = side * len(counts)
    lines = [f"M{left} {top + side * place:.1f}h{size:.1f}M{left + side * place:.1f} {top}v{size:.1f}" for place in range(len(counts) + 1)]
    cells = []
    for row, column in np.argwhere(counts).tolist():
        x, y, count, colour = left + column * side, top + row * side, int(counts[row, column]), colours[row, column]
        said = f"{count:,} of {names[row]} taken for {names[column]}" if row != column else f"{count:,} of {names[row]} known as such"
        words = text(x + side / 2, y + side / 2 + 4, count, more=f'style="fill:{ink_on(colour)}"') if side >= 7 * len(str(count)) else ""
        square = f"M{x:.1f} {y:.1f}h{side - 1:.1f}v{side - 1:.1f}h{1 - side:.1f}z"
        cells.append(f'<g><title>{html.escape(said, quote=False)}</title><path d="{square}" fill="{css(colour)}"/>{words}</g>')
    return f'<path class="cell" d="{"".join(lines)}"/><g font-size="{min(12, side * 0.45):.1f}">{"".join(cells)}</g>'


def _names(names: Sequence[str], left: float, top: float, side: float, turned: bool) -> str:
    parts = []
    for place, name in enumerate(names):
        middle = (place + 0.5) * side
        parts.append(text(left - 5, top + middle + 4, name, "end", 'class="tick"'))
        x = left + middle
        turn = f'transform="rotate(-50 {x:.1f} {top - 6:.1f})" ' if turned else ""
        parts.append(text(x, top - 6, name, "start" if turned else "middle", turn + 'class="tick"'))
    return "".join(parts)


def _map(colours: np.ndarray, left: float, top: float, size: float) -> str:
    place = f'x="{left}" y="{top}" width="{size:.1f}" height="{size:.1f}"'
    return f'<image {place} href="{data_uri(colours)}" class="pixels"/><rect {place} class="frame"/>'


def _numbers(classes: int, left: float, top: float, side: float) -> str:
    every = next(step for step in (5, 10, 20, 50, 100, 1000) if classes / step <= 11)
    parts = []
    for number in range(0, classes, every):
        middle = (number + 0.5) * side
        parts.append(
            text(left - 5, top + middle + 4, number, "end", 'class="tick"') + text(left + middle, top - 6, number, more='class="tick"')
        )
    return "".join(parts)


def _described(counts: np.ndarray, names: Sequence[str]) -> str:
    total, right = int(counts.sum()), int(np.trace(counts))
    said = f"Confusion matrix of {len(counts)} classes: {right:,} of {total:,} right."
    return f"{said} {_worst(counts, names)}".strip()


def _worst(counts: np.ndarray, names: Sequence[str]) -> str:
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return ""
    row, column = divmod(int(wrong.argmax()), len(wrong))
    return f"Most often {names[row]} is taken for {names[column]}: {int(wrong[row, column]):,} times."
