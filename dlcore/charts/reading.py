"""What a net thinks while it reads: a bar over each word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.charts.figure import Figure, svg, text

WIDTH, ROW, HALF = 620.0, 86.0, 26.0


def reading(words: Sequence[str], shares: np.ndarray, sides: tuple[str, str], colours: Sequence[str]) -> Figure:
    """shares (words,): from 0, surely `sides[0]`, to 1, surely `sides[1]`, after each word. Bars point down and up from the middle."""
    body, across, down = [], 8.0, 4.0
    for word, share in zip(words, shares, strict=True):
        wide = max(40.0, 8.0 * len(word) + 14)
        if across + wide > WIDTH - 4:
            across, down = 8.0, down + ROW
        middle, long = down + HALF, HALF * (2 * float(share) - 1)
        top, colour = min(middle, middle - long), colours[0 if share >= 0.5 else 1]
        body.append(f'<line class="frame" x1="{across:.1f}" y1="{middle:.1f}" x2="{across + wide:.1f}" y2="{middle:.1f}"/>')
        tall = max(1.0, abs(long))
        body.append(f'<rect x="{across + 5:.1f}" y="{top:.1f}" width="{wide - 10:.1f}" height="{tall:.1f}" fill="{colour}"/>')
        body.append(text(across + wide / 2, down + 2 * HALF + 18, word, "middle", 'class="name"'))
        across += wide
    last = f"{100 * float(shares[-1]):.0f} % sure that it is {sides[1]}"
    described = f"After each of {len(words)} words; at the end {last}: {' '.join(words)}"
    note = f"Up: {sides[1]}. Down: {sides[0]}. The longer the bar, the surer; no bar means undecided."
    return Figure("", svg("".join(body), described, WIDTH, down + ROW), described, note)
