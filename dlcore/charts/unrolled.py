"""A recurrent net drawn once with its loop, and unrolled over its steps; and which inputs each output of a net can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.colours import data_uri, shade
from dlcore.charts.figure import Figure, Frame, svg, text
from dlcore.charts.plot import Axes, Series, plot

SIZE = (700.0, 380.0)
ROWS = {"L": 40.0, "o": 115.0, "h": 205.0, "x": 305.0}
LEFT, RIGHT, RADIUS = 172.0, 685.0, 26.0
SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(letter: str, number: int) -> str:
    return letter + str(number).translate(SUB)


def unrolled(values: dict[str, np.ndarray], gradients: np.ndarray, back: int, weights: dict[str, float], colours: Sequence[str]) -> Figure:
    """values: "x", "h", "o" and "L" (each step's loss, NaN where it has none), (τ,) each. gradients: ∂L/∂h_t (τ,). back: over how many
    steps the gradient has flowed so far, the last step first. weights: w, u and v, for the drawing with the loop."""
    steps = len(values["x"])
    gap = (RIGHT - LEFT) / steps
    places = [LEFT + gap * (t + 0.5) for t in range(steps)]
    body = [_folded(weights), f'<path class="guide" d="M{LEFT + 2} 20V340"/>']
    for t, x in enumerate(places):
        body += [_column(t, x, values), _recurrent(x - gap if t else None, x)]
    known = [t for t in range(steps) if t >= steps - back]
    largest = float(np.abs(gradients).max()) or 1.0
    body += [_flow(places[t], gap if t else 0.0, float(gradients[t]), abs(float(gradients[t])) / largest, colours[1]) for t in known]
    arrived = f"{gradients[known[0]]:.3g} has arrived at step {known[0] + 1}" if known else "has not been computed yet"
    described = f"A recurrent net unrolled over {steps} steps. The loss's gradient {arrived}."
    note = (
        "Left: the net with its loop. Right: the same five numbers at every step. Orange: ∂L/∂h, how much the loss grows with that state."
    )
    return Figure("", svg("".join(body), described, *SIZE), described, note)


def _folded(weights: dict[str, float]) -> str:
    x = 68.0
    y = ROWS["h"]
    loop = f'<path class="arrow" d="M{x + 15} {y - 15}C{x + 78} {y - 62} {x + 78} {y + 62} {x + 19} {y + 16}m3 8l-4 -8l9 1"/>'
    parts = [loop, _unit(x, ROWS["x"], "x", None), _unit(x, ROWS["h"], "h", None), _unit(x, ROWS["o"], "o", None)]
    parts += [_up(x, "x", "h"), _up(x, "h", "o")]
    for name, across, down, anchor in (
        ("w", -8, ROWS["x"] - 45, "end"),
        ("v", -8, ROWS["o"] + 50, "end"),
        ("u", 66, ROWS["h"] + 4, "start"),
    ):
        parts.append(text(x + across, down, f"{name} {weights[name]:.2g}", anchor, 'class="on"'))
    return "".join(parts)


def _column(t: int, x: float, values: dict[str, np.ndarray]) -> str:
    parts = [_unit(x, ROWS[name], subscript(name, t + 1), float(values[name][t])) for name in ("x", "h", "o")]
    parts += [_up(x, "x", "h"), _up(x, "h", "o")]
    if np.isfinite(values["L"][t]):
        parts.append(_up(x, "o", "L") + _unit(x, ROWS["L"], subscript("L", t + 1), float(values["L"][t]), square=True))
    return "".join(parts)


def _unit(x: float, y: float, name: str, value: float | None, square: bool = False) -> str:
    side = f'x="{x - RADIUS:.1f}" y="{y - RADIUS}" width="{2 * RADIUS}" height="{2 * RADIUS}" rx="7"'
    shape = f'<rect class="sheet" {side}/>' if square else f'<circle class="sheet" cx="{x:.1f}" cy="{y}" r="{RADIUS}"/>'
    if value is None:
        return shape + text(x, y + 5, name, more='class="name"')
    return shape + text(x, y, name, more='dy="-0.12em" class="name"') + text(x, y, f"{value:.2f}", more='dy="1em" class="tick"')


def _up(x: float, lower: str, upper: str) -> str:
    return f'<path class="arrow" d="M{x:.1f} {ROWS[lower] - RADIUS}V{ROWS[upper] + RADIUS + 3}m-4 5l4 -5l4 5"/>'


def _recurrent(before: float | None, x: float) -> str:
    if before is None:
        return ""
    return f'<path class="arrow" d="M{before + RADIUS:.1f} {ROWS["h"]}H{x - RADIUS - 3:.1f}m-5 -4l5 4l-5 4"/>'


def _flow(x: float, gap: float, gradient: float, share: float, colour: str) -> str:
    """The gradient at a state, and its way on to the state before: the wider, the larger."""
    y, width = ROWS["h"] + RADIUS + 8, 1.0 + 7 * share
    ring = f'<circle cx="{x:.1f}" cy="{ROWS["h"]}" r="{RADIUS + 2}" fill="none" stroke="{colour}" stroke-width="{width / 2 + 0.5:.1f}"/>'
    words = text(x + 7, y + 24, f"{gradient:.2g}", "start", f'class="tick on" style="fill:{colour}"')
    if not gap:
        return ring + words
    way = f'<path d="M{x - 14:.1f} {y}H{x - gap + 18:.1f}" stroke="{colour}" stroke-width="{width:.1f}" stroke-opacity="0.85"/>'
    head = f'<path d="M{x - gap + 18:.1f} {y - width / 2 - 3:.1f}l-9 {width / 2 + 3:.1f}l9 {width / 2 + 3:.1f}z" fill="{colour}"/>'
    return ring + way + head + words


def seen(steps: int, chosen: int, both: bool, colours: Sequence[str]) -> Figure:
    """Which inputs output `chosen` (from 0) can see. both: a second row of states reads the sequence backwards."""
    size = (620.0, 256.0)
    gap = (size[0] - 70) / steps
    places = [60 + gap * (t + 0.5) for t in range(steps)]
    rows = {"o": 24.0, "g": 92.0, "h": 160.0, "x": 228.0} if both else {"o": 40.0, "h": 130.0, "x": 220.0}
    body = [text(12, y + 4, name, "start", 'class="name"') for name, y in rows.items()]
    for t, x in enumerate(places):
        forward, backward = t <= chosen, both and t >= chosen
        body.append(_link(x, rows["x"], x, rows["h"], forward, colours[0]))
        if t:
            body.append(_link(places[t - 1], rows["h"], x, rows["h"], forward, colours[0]))
        if both:
            body.append(_link(x + 8, rows["x"], x + 8, rows["g"], backward, colours[1]))
            body.append(_link(x + 8, rows["g"], x + 8, rows["o"], t == chosen, colours[1]))
            if t + 1 < steps:
                body.append(_link(places[t + 1], rows["g"], x, rows["g"], backward, colours[1]))
        body.append(_link(x - 4 * both, rows["h"], x - 4 * both, rows["o"], t == chosen, colours[0]))
    for t, x in enumerate(places):
        lit = {"x": t <= chosen or both, "h": t <= chosen, "g": t >= chosen, "o": t == chosen}
        body += [
            _spot(x, y, subscript(name, t + 1), lit[name], colours["hgxo".index(name) if name in "hg" else 0]) for name, y in rows.items()
        ]
    count = steps if both else chosen + 1
    described = f"Output {chosen + 1} of {steps} sees {count} inputs."
    return Figure("", svg("".join(body), described, *size), described)


def _link(x1: float, y1: float, x2: float, y2: float, lit: bool, colour: str) -> str:
    length = float(np.hypot(x2 - x1, y2 - y1))
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    x1, y1, x2, y2 = x1 + 15 * ux, y1 + 15 * uy, x2 - 17 * ux, y2 - 17 * uy
    stroke = f'stroke="{colour}" stroke-width="2.5"' if lit else 'stroke="currentColor" stroke-opacity="0.3"'
    head = f"m{-6 * ux - 3 * uy:.1f} {-6 * uy + 3 * ux:.1f}L{x2:.1f} {y2:.1f}l{-6 * ux + 3 * uy:.1f} {-6 * uy - 3 * ux:.1f}"
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}{head}" fill="none" {stroke}/>'


def _spot(x: float, y: float, name: str, lit: bool, colour: str) -> str:
    edge = f'style="stroke:{colour};stroke-width:3"' if lit else ""
    faded = "" if lit else 'opacity="0.55"'
    return f'<g {faded}><circle class="sheet" cx="{x:.1f}" cy="{y}" r="14" {edge}/>{text(x, y + 4, name, more=_SMALL)}</g>'


_SMALL = 'class="tick"'


def influence(strength: np.ndarray, chosen: int, dark: bool) -> Figure:
    """strength (steps, steps), 0 to 1: of input s (across) on output t (down). chosen: the output whose row is framed, from 0."""
    steps, size = len(strength), (620.0, 250.0)
    frame = Frame(60.0, 8.0, 610.0, 205.0, (0.5, steps + 0.5), (steps + 0.5, 0.5))
    width, height = frame.right - frame.left, frame.bottom - frame.top
    place = f'x="{frame.left}" y="{frame.top}" width="{width}" height="{height}"'
    uri = data_uri(shade(np.sqrt(strength), dark))
    y = frame.top + height * chosen / steps
    body = [
        f'<image {place} href="{uri}" preserveAspectRatio="none" style="image-rendering:pixelated"/><rect {place} class="frame"/>',
        f'<rect class="ink" x="{frame.left}" y="{y:.1f}" width="{width}" height="{height / steps:.1f}" stroke-width="2"/>',
    ]
    for number in sorted({1, steps, *range(5, steps, 5)}):
        body.append(text(frame.at(number, 1)[0], frame.bottom + 15, number, more=_SMALL))
        body.append(text(frame.left - 6, frame.top + height * (number - 0.5) / steps + 4, number, "end", _SMALL))
    middle = (frame.top + frame.bottom) / 2
    body.append(text((frame.left + frame.right) / 2, frame.bottom + 34, "input s"))
    body.append(text(16, middle, "output t", more=f'transform="rotate(-90 16 {middle:.1f})"'))
    described = (
        f"How strongly each of {steps} outputs depends on each input; output {chosen + 1} most on input {strength[chosen].argmax() + 1}."
    )
    return Figure(
        "", svg("".join(body), described, *size), described, "Stronger colour: a small change of input s moves the state of output t more."
    )


def growth(numbers: Mapping[str, Sequence[int]], length: int, colours: Sequence[str]) -> Figure:
    """numbers: name → how many numbers it needs for sequences of length 1, 2, …; length: where a guide stands."""
    lines = [
        Series(name, np.arange(1, len(found) + 1), np.array(found, float), colour)
        for (name, found), colour in zip(numbers.items(), colours, strict=False)
    ]
    described = "; ".join(f"{name}: {found[length - 1]:.3g} numbers at length {length}" for name, found in numbers.items())
    axes = Axes("length of the sequence", "numbers to be learned", log=True)
    return plot(
        lines, axes, described, marks=[(length, f"length {length}")], note="The axis is logarithmic: equal ratios are equal distances."
    )
