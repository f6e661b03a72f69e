"""Scores of several models against the number of rows they were trained on, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dlcore.charts.figure import Figure, comma_separated, text
from dlcore.charts.plot import WIDE, Axes, Series, frame_of, plot

STEP_ASIDE = 0.03  # factors of rows by which neighbouring models' whiskers stand apart


@dataclass(frozen=True, eq=False)
class Curve:
    """A model: rows (n,) it was trained on, ascending; mean, low, high (n,) of its scores."""

    name: str
    colour: str
    rows: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    dash: bool = False


def learning_curves(curves: Sequence[Curve], metric: str, across: tuple[float, float], note: str) -> Figure:
    """across: the least and the most rows, on a logarithmic axis. Dashed lines are those of `dash`."""
    aside = [(1 + STEP_ASIDE) ** (place - (len(curves) - 1) / 2) for place in range(len(curves))]
    lines = [Series(one.name, one.rows * factor, one.mean, one.colour, one.dash) for one, factor in zip(curves, aside, strict=True)]
    dots = [Series("", one.rows * factor, one.mean, one.colour, dots=True) for one, factor in zip(curves, aside, strict=True)]
    ends = [limit for one in curves for limit in (*one.low, *one.high)]
    up = (min(ends), max(ends)) if ends else (0.0, 1.0)
    axes = Axes(
        "training rows (logarithmic)", metric, (across[0] / 1.15, across[1] * 1.15), up if up[0] < up[1] else (up[0] - 0.05, up[1] + 0.05),
        log_x=True,
    )  # fmt: skip
    frame = frame_of(lines, axes, WIDE)
    whiskers = []
    for one, factor in zip(curves, aside, strict=True):
        for rows, low, high in zip(one.rows * factor, one.low, one.high, strict=True):
            (x, top), (_, bottom) = frame.at(np.log10(rows), high), frame.at(np.log10(rows), low)
            whiskers.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" stroke="{one.colour}" stroke-width="1.5"/>')
    middle = "" if curves else text((frame.left + frame.right) / 2, 150, "Each model’s curve appears here as it is measured.")
    described = f"{metric} against training rows. " + "; ".join(_said(one) for one in curves)
    drawn = plot([*lines, *dots], axes, described, note=note, over="".join(whiskers) + middle)
    return replace(drawn, table=lambda: _table(curves, metric))


def _table(curves: Sequence[Curve], metric: str) -> str:
    """CSV text: the scores with their intervals."""
    rows = [(one.name, *row) for one in curves for row in zip(one.rows, one.mean, one.low, one.high, strict=True)]
    return comma_separated(("model", "training rows", metric, "low", "high"), rows)


def _said(one: Curve) -> str:
    return f"{one.name}: {one.mean[0]:.3g} with {one.rows[0]:,.0f} rows, {one.mean[-1]:.3g} with {one.rows[-1]:,.0f}"
