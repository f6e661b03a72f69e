"""What the net predicts against what is true, for a regression: on the diagonal it is right."""

from __future__ import annotations

import numpy as np

from dlcore.charts.figure import HEIGHT, WIDTH, Figure, Frame, dots, svg

AROUND = 0.1  # of the range of true values, left free beside them


def predicted(true: np.ndarray, said: np.ndarray, colour: str, unit: str = "", note: str = "") -> Figure:
    """true, said: of shape (n,) or (n, outputs), in `unit`; of several outputs all are shown.

    The axes follow the true values alone, hence stay while the net learns; a prediction far outside lies at the edge, as a ring.
    """
    true, said = np.asarray(true, float).reshape(-1), np.asarray(said, float).reshape(-1)
    low, high = (float(true.min()), float(true.max())) if len(true) else (0.0, 1.0)
    room = AROUND * (high - low) or 1.0
    ends = (low - room, high + room)
    frame = Frame(52, 8, WIDTH - 8, HEIGHT - 38, ends, ends)
    finite = np.isfinite(said)
    inside = finite & (said >= ends[0]) & (said <= ends[1])
    start, end = frame.at(ends[0], ends[0]), frame.at(ends[1], ends[1])
    body = frame.axes(f"true value{_in(unit)}", f"predicted{_in(unit)}")
    body += f'<path d="M{start[0]} {start[1]}L{end[0]} {end[1]}" class="guide"/>'
    body += f'<path d="{_dots(frame, true, said, inside)}" class="dots" stroke="{colour}" stroke-opacity="0.65"/>'
    for x, y in zip(true[finite & ~inside], said[finite & ~inside], strict=True):
        at = frame.at(float(x), float(y))
        body += f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3" fill="none" stroke="{colour}"/>'
    described = _described(true[finite], said[finite], unit)
    return Figure("Predicted against true", svg(body, described), described, note)


def _dots(frame: Frame, true: np.ndarray, said: np.ndarray, shown: np.ndarray) -> str:
    return dots([frame.at(x, y) for x, y in zip(true[shown].tolist(), said[shown].tolist(), strict=True)])


def _in(unit: str) -> str:
    """The unit in brackets; without what explains it, and nothing where it is plain 1."""
    plain = unit.partition(" (")[0]
    return f" ({plain})" if plain not in ("", "1") else ""


def _described(true: np.ndarray, said: np.ndarray, unit: str) -> str:
    if not len(true):
        return "Predicted against true values: no prediction is a finite number."
    off = np.abs(said - true)
    return f"Predicted against true values of {len(true):,} examples: half of them are less than {np.median(off):.3g}{_in(unit)} off."
