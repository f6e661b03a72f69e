"""Gates over time: a row for each unit, a column for each step, a strip for each gate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dlcore.charts.colours import data_uri, diverging, shade
from dlcore.charts.figure import Figure, svg, text, ticks

WIDTH, LEFT, TOP, STRIP, GAP, LINE = 620.0, 112.0, 8.0, 58.0, 10.0, 40.0
NAMES = {
    "i": "input gate", "f": "forget gate", "o": "output gate", "g": "candidate", "c": "cell", "z": "update gate", "r": "reset gate",
    "h": "state",
}  # fmt: skip
OPEN = ("i", "f", "o", "z", "r")
"""Gates: 0 (shut) to 1 (open). All else lies around 0."""


def over_time(inputs: np.ndarray, gates: Mapping[str, np.ndarray], dark: bool, colour: str, tokens: tuple[str, ...] = ()) -> Figure:
    """inputs (steps,): drawn as a line at the top. gates: name → (steps, units). tokens: what each step read, written at the bottom."""
    steps = len(inputs)
    body = [_line(inputs, colour), text(LEFT - 8, TOP + LINE / 2 + 4, "input x", "end")]
    y = TOP + LINE + GAP
    for name, values in gates.items():
        body.append(_strip(name, values, y, dark))
        y += STRIP + GAP
    body += [text(_across(step, steps), y + 8, f"{step:g}", more='class="tick"') for step in ticks(1, steps, 6) if step >= 1 and not tokens]
    body += [text(_across(step + 1, steps), y + 8, token, more='class="tick"') for step, token in enumerate(tokens)]
    body.append(text((LEFT + WIDTH) / 2, y + 12, "step", more='dy="1.2em"'))
    shares = "; ".join(f"{NAMES.get(name, name)}: mean {values.mean():.2f}" for name, values in gates.items())
    note = "A row is a unit. Gates: empty is shut (0), full colour is open (1). Candidate, cell and state: blue below 0, orange above."
    return Figure("", svg("".join(body), f"Gates over {steps} steps. {shares}.", WIDTH, y + 34), shares, note)


def _across(step: float, steps: int) -> float:
    return LEFT + (WIDTH - LEFT - 6) * (step - 0.5) / steps


def _line(inputs: np.ndarray, colour: str) -> str:
    limit = float(np.abs(inputs).max()) or 1.0
    points = " ".join(f"{_across(t + 1, len(inputs)):.1f},{TOP + LINE / 2 - x / limit * LINE / 2:.1f}" for t, x in enumerate(inputs))
    zero = f'<path class="grid" d="M{LEFT} {TOP + LINE / 2}H{WIDTH - 6}"/>'
    return f'{zero}<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _strip(name: str, values: np.ndarray, y: float, dark: bool) -> str:
    limit = 1.0 if name in ("g", "h") else max(1.0, float(np.abs(values).max()))
    pixels = shade(values.T, dark) if name in OPEN else diverging(values.T, limit)
    place = f'x="{LEFT}" y="{y:.1f}" width="{WIDTH - LEFT - 6}" height="{STRIP}"'
    picture = f'<image {place} href="{data_uri(pixels)}" preserveAspectRatio="none" style="image-rendering:pixelated"/>'
    words = text(LEFT - 8, y + STRIP / 2, NAMES.get(name, name), "end") + text(
        LEFT - 8, y + STRIP / 2, f"mean {values.mean():.2f}", "end", 'dy="1.2em" class="tick"'
    )
    return f'{picture}<rect {place} class="frame"/>{words}'
