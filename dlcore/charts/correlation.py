"""How closely numbers go together: a table of rank correlations, blue for together, orange for against each other."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dlcore.charts.colours import css, diverging, ink_on
from dlcore.charts.figure import Figure, short, svg, text

CELL, LEFT, TOP, RIGHT, LETTERS = 58.0, 140.0, 105.0, 100.0, 22


def correlation(names: Sequence[str], table: np.ndarray, note: str = "") -> Figure:
    """table: (names, names), −1 to 1; NaN where one of the two is always the same or too few runs have both."""
    size = CELL * len(names)
    body = []
    for row, column in np.ndindex(table.shape):
        x, y, value = LEFT + column * CELL, TOP + row * CELL, float(table[row, column])
        colour = diverging(np.array(-value if np.isfinite(value) else 0.0), 1.0)
        said = f"{names[row]} and {names[column]}: {value:+.2f}" if np.isfinite(value) else f"{names[row]} and {names[column]}: unknown"
        words = f"{value:+.2f}".replace("-", "−") if np.isfinite(value) else "–"
        square = f'<rect x="{x:.1f}" y="{y:.1f}" width="{CELL - 2:g}" height="{CELL - 2:g}" fill="{css(colour)}"/>'
        label = text(x + CELL / 2 - 1, y + CELL / 2 + 4, words, more=f'style="fill:{ink_on(colour)}"')
        body.append(f"<g><title>{html.escape(said, quote=False)}</title>{square}{label}</g>")
    for place, name in enumerate(names):
        middle = (place + 0.5) * CELL
        x = LEFT + middle
        body.append(text(LEFT - 8, TOP + middle + 3, short(name, LETTERS), "end"))
        body.append(text(x, TOP - 8, short(name, LETTERS), "start", f'transform="rotate(-40 {x:.1f} {TOP - 8:g})"'))
    strongest = _strongest(names, table)
    return Figure("Rank correlations", svg("".join(body), strongest, LEFT + size + RIGHT, TOP + size + 4), strongest, note)


def _strongest(names: Sequence[str], table: np.ndarray) -> str:
    """The closest pair in words."""
    upper = np.triu(np.abs(np.nan_to_num(table)), 1)
    if not upper.any():
        return "No two of these numbers are known to go together."
    row, column = divmod(int(upper.argmax()), len(names))
    return f"Closest: {names[row]} and {names[column]}, {table[row, column]:+.2f}."
