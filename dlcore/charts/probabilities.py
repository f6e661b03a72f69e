"""What a net answers to one row: a bar for each class, the most probable ones first; or the numbers of a regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.charts.figure import Figure, minus, short, svg, text

WIDTH, ROW, LEFT, RIGHT = 480.0, 25.0, 110.0, 52.0
MOST = 10


def probabilities(outputs: np.ndarray, names: Sequence[str], colour: str, title: str = "", width: float = WIDTH) -> Figure:
    """outputs (classes,): what the net gives for each class; bars are drawn from 0 to 1, or to the largest where they are no shares."""
    order = np.argsort(-outputs, kind="stable")[:MOST]
    shares = bool(outputs.min() >= -1e-6 and outputs.max() <= 1 + 1e-6)
    size = 1.0 if shares else float(np.abs(outputs).max()) or 1.0
    rows = []
    for place, number in enumerate(order):
        value, y = float(outputs[number]), place * ROW
        wide = max(0.0, value / size) * (width - LEFT - RIGHT)
        said = _said(value, shares)
        best = 'class="name"' if place == 0 else ""
        rows.append(text(LEFT - 8, y + 17, short(names[number], 15), "end", best))
        rows.append(f'<rect x="{LEFT}" y="{y + 4:.1f}" width="{max(wide, 1):.1f}" height="{ROW - 8}" rx="2" fill="{colour}" '
                    f'fill-opacity="{1 if place == 0 else 0.55}"/>')  # fmt: skip
        rows.append(text(LEFT + max(wide, 1) + 6, y + 17, said, "start", best))
    described = ", ".join(f"{names[number]} {_said(float(outputs[number]), shares)}" for number in order)
    rest = len(outputs) - len(order)
    note = f"And {rest} more below these." if rest > 0 else ""
    return Figure(title, svg("".join(rows), f"The net's answer: {described}.", width, ROW * len(order)), described, note)


def _said(value: float, shares: bool) -> str:
    if shares:
        return f"{value:.1%}"
    return minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}")
