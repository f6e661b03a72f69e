"""A series over time with what was forecast for it, and the odds of the next letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.plot import Axes, Series, plot

LETTERS = {" ": "space", "\n": "line end"}


def forecasts(
    values: np.ndarray, said: Mapping[str, np.ndarray], first: int, unit: str, colours: Sequence[str], *,
    size: tuple[float, float] = (620.0, 360.0), mark: str = "tested from here",
) -> Figure:  # fmt: skip
    """values (n,): the series, drawn from as long before `first` as after it. said: name → what was forecast for each time, (n,)."""
    begin = max(0, first - (len(values) - first))
    x = np.arange(len(values))
    lines = [Series("series", x[begin:], values[begin:], width=2.2)]
    for (name, line), colour in zip(said.items(), colours, strict=False):
        lines.append(Series(name, x[first:], line[first:], colour, width=1.7))
    described = f"A series of {len(values)} values; forecasts from value {first + 1} on: {', '.join(said) or 'none'}"
    return plot(lines, Axes("time", unit), described, marks=[(first, mark)] if mark else (), size=size)


def letters(odds: Mapping[str, float], colour: str, most: int = 12) -> Figure:
    """odds: of the next letter, most likely first; the first `most` are drawn."""
    width, row = 620.0, 24.0
    shown = list(odds.items())[:most]
    highest = max((share for _, share in shown), default=1.0)
    body = []
    for number, (letter, share) in enumerate(shown):
        y = 8 + row * number
        body.append(text(96, y + 15, LETTERS.get(letter, letter), "end", 'class="name"'))
        body.append(f'<rect x="106" y="{y + 2:.1f}" width="{420 * share / highest:.1f}" height="{row - 7}" rx="2" fill="{colour}"/>')
        body.append(text(112 + 420 * share / highest, y + 15, f"{100 * share:.1f} %", "start", 'class="tick on"'))
    rest = 1 - sum(share for _, share in shown)
    described = "How probable the next letter is: " + ", ".join(
        f"{LETTERS.get(letter, letter)} {100 * share:.0f} %" for letter, share in shown
    )
    note = f"All others together: {100 * max(0.0, rest):.1f} %." if len(odds) > most else ""
    return Figure("", svg("".join(body), described, width, 8 + row * most), described, note)


def spelled(epochs: np.ndarray, shares: np.ndarray, colour: str) -> Figure:
    """The share of the written words that exist, (n,), after each of `epochs` (n,)."""
    lines = [Series("", epochs, 100 * shares, colour), Series("", epochs, 100 * shares, colour, dots=True)]
    described = f"After epoch {epochs[-1]} {100 * shares[-1]:.0f} % of the words it writes are words of its text."
    axes = Axes("epoch", "% of its words that exist", up=(0.0, 100.0), across=(0.0, float(max(1, epochs.max()))))
    return plot(lines, axes, described, size=(620.0, 200.0))
