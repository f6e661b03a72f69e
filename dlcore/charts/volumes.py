"""An image on its way through layers: what each puts out, as small pictures in columns, and the numbers of one of them."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.charts.colours import css, data_uri, diverging, ink_on, shade
from dlcore.charts.figure import Figure, comma_separated, minus, short, svg, text

WIDTH = 720.0
TOP, HIGH = 72.0, 210.0
ROOM = 480.0  # for numbers
CELL, FLAT = 42.0, 0.62
NUMBERS = 8  # cells of a side that still hold a readable number


@dataclass(frozen=True)
class Column:
    """One step. maps: (height, width) each, drawn around zero where `signed`, else from 0 up; bars: (words, share from 0 to 1)."""

    title: str
    shape: str
    says: str
    maps: tuple[np.ndarray, ...] = ()
    signed: bool = False
    bars: tuple[tuple[str, float], ...] = ()


def picture(values: np.ndarray, limit: float, signed: bool, dark: bool) -> str:
    """Values (height, width) as a PNG that HTML can hold: blue–white–orange around zero, or from the ground to blue."""
    return data_uri(diverging(values, limit) if signed else shade(values / (limit or 1.0), dark))


def image(x: float, y: float, width: float, height: float, address: str, said: str) -> str:
    return (
        f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" href="{address}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated"><title>{html.escape(said)}</title></image>'
    )


def walk(columns: Sequence[Column], current: int, chosen: int, colours: Sequence[str], dark: bool) -> Figure:
    """current: the step that is looked at; those behind it are faint. chosen: the map (from 0) that is outlined in every column."""
    pitch = WIDTH / len(columns)
    parts = []
    for number, column in enumerate(columns):
        left, wide = pitch * number + 5, pitch - 10
        edge = f'stroke="{colours[1]}" stroke-width="2.5"' if number == current else 'stroke="currentColor" stroke-opacity="0.25"'
        inside = [f'<rect x="{left:.1f}" y="4" width="{wide:.1f}" height="{TOP + HIGH + 8:.1f}" rx="8" fill="none" {edge}/>']
        inside.append(text(left + wide / 2, 22, column.title, more='class="name"'))
        inside.append(text(left + wide / 2, 42, column.shape, more='class="tick"'))
        inside.append(text(left + wide / 2, 62, column.says, more='class="tick"'))
        inside.append(
            _bars(column, left + 6, wide - 12, colours) if column.bars else _maps(column, left + 6, wide - 12, chosen, colours, dark)
        )
        parts.append(f'<g opacity="{0.5 if number > current else 1}">{"".join(inside)}</g>')
    now = columns[current]
    described = f"Step {current + 1} of {len(columns)}, {now.title}: {now.shape}. " + ", ".join(f"{c.title} {c.shape}" for c in columns)
    note = "After CONV blue is below zero and orange above; elsewhere a stronger blue is a larger number. Outlined: the chosen filter."
    return Figure("", svg("".join(parts), described, WIDTH, TOP + HIGH + 18), described, note)


def numbers(
    values: np.ndarray, limit: float, signed: bool, dark: bool, title: str, mark: tuple[int, int] | None = None,
    beside: tuple[str, np.ndarray] | None = None,
) -> Figure:  # fmt: skip
    """A map's values in their cells; of a large one the middle. mark: (row, column) of a cell with an edge around it.

    beside: a title and a few numbers more, the weights of a filter, to the right of it.
    """
    down, across = (max(0, (size - NUMBERS) // 2) for size in values.shape)
    seen = values[down : down + NUMBERS, across : across + NUMBERS]
    here = (mark[0] - down, mark[1] - across) if mark else None
    wide = CELL * seen.shape[1]
    parts = [text(0, 14, title, "start", 'class="name"'), cells(0, 24, CELL, seen, limit, signed, dark, here)]
    if beside and (room := ROOM - wide - 20) > 60:
        cell = min(CELL, room / beside[1].shape[1])
        parts.append(text(wide + 20, 14, beside[0], "start", 'class="name"'))
        parts.append(cells(wide + 20, 24, cell, beside[1], float(np.abs(beside[1]).max()), True, dark))
    cut = seen.shape != values.shape
    note = f"The middle {seen.shape[0]}×{seen.shape[1]} of {values.shape[0]}×{values.shape[1]} numbers." if cut else ""
    described = f"{title}: {values.shape[0]} rows of {values.shape[1]} numbers, the largest {float(values.max(initial=0)):.3g}."
    drawing = svg("".join(parts), described, ROOM, 30 + CELL * FLAT * max(seen.shape[0], 3), widest=1.0)
    return Figure("", drawing, described, note, lambda: as_table(values))


def as_table(values: np.ndarray) -> str:
    """A map (rows, columns) as CSV text, the rows and columns counted from 1."""
    return comma_separated(
        ["row", *map(str, range(1, values.shape[1] + 1))], [[row, *line] for row, line in enumerate(values.tolist(), start=1)]
    )


def cells(
    left: float, top: float, cell: float, values: np.ndarray, limit: float, signed: bool, dark: bool, mark: tuple[int, int] | None = None
) -> str:
    """Numbers (rows, columns) in coloured cells, `cell` wide; mark: (row, column) of one with an edge."""
    parts = []
    for (row, column), value in np.ndenumerate(values):
        x, y = left + cell * column, top + cell * FLAT * row
        colour = diverging(np.array(value), limit) if signed else shade(np.array(value / (limit or 1.0)), dark)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell * FLAT:.1f}" fill="{css(colour)}"/>')
        style = f"fill:{ink_on(colour)};opacity:1;font-size:{cell * 0.28:.1f}px"
        parts.append(text(x + cell / 2, y + cell * (FLAT / 2 + 0.1), number(float(value)), more=f'class="tick" style="{style}"'))
    if mark:
        place = f'x="{left + cell * mark[1]:.1f}" y="{top + cell * FLAT * mark[0]:.1f}" width="{cell:.1f}" height="{cell * FLAT:.1f}"'
        parts.append(f'<rect {place} fill="none" stroke="currentColor" stroke-width="3"/>')
    return "".join(parts)


def table(
    rows: Sequence[Sequence[str]], heads: Sequence[str], strong: int, colour: str, widths: Sequence[float], widest: float = 0.0
) -> Figure:
    """Short rows of words under heads, one of them strong (none: −1). widths: of the columns; widest: pixels a unit of them at most."""
    places = [10.0 + sum(widths[:number]) for number in range(len(heads))]
    parts = [text(x, 18, head, "start", 'class="name"') for x, head in zip(places, heads, strict=True)]
    for number, row in enumerate(rows):
        y = 42 + 24 * number
        if number == strong:
            parts.append(f'<rect x="2" y="{y - 16}" width="{sum(widths)}" height="23" rx="5" fill="{colour}" fill-opacity="0.2"/>')
        parts += [text(x, y, word, "start") for x, word in zip(places, row, strict=False)]
    described = ". ".join(" ".join(row) for row in rows)
    full = lambda: comma_separated(heads, [[*row, *[""] * (len(heads) - len(row))] for row in rows])  # noqa: E731
    return Figure("", svg("".join(parts), described, sum(widths) + 10, 32 + 24 * len(rows), widest), described, "", full)


def number(value: float) -> str:
    """At most four signs and a real minus."""
    if value == 0:
        return "0"
    return minus(f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}")


def _maps(column: Column, left: float, wide: float, chosen: int, colours: Sequence[str], dark: bool) -> str:
    count = len(column.maps)
    across = 1 if count == 1 else 2
    down = math.ceil(count / across)
    side = min(wide / across - 4, HIGH / down - 4)
    limit = max(float(np.abs(one).max()) for one in column.maps)
    parts = []
    for number, one in enumerate(column.maps):
        x = left + (wide - across * (side + 4)) / 2 + (number % across) * (side + 4) + 2
        y = TOP + (HIGH - down * (side + 4)) / 2 + (number // across) * (side + 4) + 2
        parts.append(image(x, y, side, side, picture(one, limit, column.signed, dark), f"{column.title}, map {number + 1}"))
        edge = f'stroke="{colours[1]}" stroke-width="3"' if number == chosen and count > 1 else 'stroke="currentColor" stroke-opacity="0.3"'
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="none" {edge}/>')
    return "".join(parts)


def _bars(column: Column, left: float, wide: float, colours: Sequence[str]) -> str:
    pitch = HIGH / len(column.bars)
    largest = max(share for _, share in column.bars)
    parts = []
    for number, (words, share) in enumerate(column.bars):
        y = TOP + pitch * number
        colour = colours[1] if share == largest else colours[0]
        size = f'width="{max(1.0, wide * share):.1f}" height="{pitch - 4:.1f}"'
        parts.append(f'<rect x="{left:.1f}" y="{y + 2:.1f}" {size} rx="2" fill="{colour}" fill-opacity="0.45"/>')
        parts.append(text(left + 3, y + pitch / 2 + 4, short(words, 11), "start", 'class="tick on"'))
        parts.append(text(left + wide, y + pitch / 2 + 4, f"{share:.0%}", "end", 'class="tick on"'))
    return "".join(parts)
