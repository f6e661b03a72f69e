"""The neighbours of one point as t-SNE weighs them: the larger a dot, the more it counts; a ring one σ away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.charts.figure import Figure, Frame, svg

SIDE = 320.0
LARGEST = 11.0


def frame_of(points: np.ndarray) -> Frame:
    """A square that holds all points (n, 2), one unit as long across as up."""
    middle, half = points.mean(axis=0), float(np.abs(points - points.mean(axis=0)).max()) * 1.08
    edges = [(float(value - half), float(value + half)) for value in middle]
    return Frame(4, 4, SIDE - 4, SIDE - 4, edges[0], edges[1])


def neighbours(points: np.ndarray, which: np.ndarray, chosen: int, p: np.ndarray, sigma: float, colours: Sequence[str]) -> Figure:
    """points (n, 2) with the clump of each, which (n,); p (n,): weights of the chosen one's neighbours, 0 at itself."""
    frame = frame_of(points)
    scale = (frame.right - frame.left) / (frame.x[1] - frame.x[0])
    largest = float(p.max()) or 1.0
    body = [f'<rect class="frame" x="{frame.left:g}" y="{frame.top:g}" width="{SIDE - 8:g}" height="{SIDE - 8:g}"/>']
    for place, (x, y) in enumerate(points):
        across, up = frame.at(float(x), float(y))
        colour = colours[which[place]]
        radius = LARGEST * np.sqrt(p[place] / largest)
        body.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.35"/>')
        body.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="2" fill="{colour}"/>')
    across, up = frame.at(*map(float, points[chosen]))
    body.append(f'<clipPath id="in"><rect x="4" y="4" width="{SIDE - 8:g}" height="{SIDE - 8:g}"/></clipPath>')
    body.append(f'<circle class="guide" clip-path="url(#in)" cx="{across:.1f}" cy="{up:.1f}" r="{min(sigma * scale, 1e4):.1f}"/>')
    body.append(f'<circle class="ink" cx="{across:.1f}" cy="{up:.1f}" r="5.5" stroke-width="2.2"/>')
    described = f"Of {len(points)} points, {int((p > 0.1 * largest).sum())} count at least a tenth as much as the nearest neighbour."
    note = "Click a point. Its neighbours’ dots are as large as they count for it; the dashed ring lies one σ away."
    return Figure("", svg("".join(body), described, SIDE, SIDE), described, note)
