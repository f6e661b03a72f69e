"""The biological neuron beside its formula, and the unit of McCulloch & Pitts with its truth table."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

from dlcore.charts.figure import Figure, svg, text

SIZE = (640.0, 400.0)
PARTS = {
    "dendrite": ("Dendrites", "take in signals from other neurons: the inputs x"),
    "synapse": ("Synapses", "pass a signal on strongly or weakly, or hold it back: the weights w"),
    "body": ("Cell body", "adds up what arrives: the sum, and the bias b"),
    "hillock": ("Axon hillock", "fires when the sum is large enough: the activation f"),
    "axon": ("Axon", "carries the answer to other neurons: the output o"),
}


def neuron(weights: Sequence[float], inputs: Sequence[float], total: float, output: float, colours: Sequence[str]) -> Figure:
    """Three inputs with their weights; a part of the cell and its part of the formula share a data-part and light up together."""
    heights = (70.0, 150.0, 230.0)
    body = [_dendrite(y, x) for y, x in zip(heights, inputs, strict=True)]
    body += [_synapse(y, w, colours, number) for number, (y, w) in enumerate(zip(heights, weights, strict=True), start=1)]
    fires = output > 0
    soma = "M250 95C310 70 372 100 376 150C372 200 310 230 250 205C225 190 225 110 250 95Z"
    body.append(_part("body", f'<path class="sheet" d="{soma}"/><ellipse class="ink" cx="296" cy="150" rx="24" ry="20"/>'))
    body.append(_part("body", text(296, 245, "cell body", more='class="name"') + text(296, 262, f"sum = {total:.3g}", more='class="tick"')))
    shade = f'fill="{colours[1] if fires else "none"}" fill-opacity="0.55"'
    body.append(_part("hillock", f'<path d="M374 132L408 144V156L374 168Z" {shade} stroke="currentColor"/>' + text(392, 120, "fires?")))
    body.append(_axon(output, colours))
    body.append(_formula())
    described = f"A neuron with three inputs: the weighted sum is {total:.3g}, so it {'fires' if fires else 'does not fire'}."
    return Figure("", svg("".join(body), described, *SIZE), described, "Point at a part, or move to it with the Tab key.")


def unit(
    rows: np.ndarray, fired: np.ndarray, wanted: Sequence[int], threshold: int, kinds: Sequence[str], colours: Sequence[str]
) -> Figure:
    """rows (4, 2) of inputs, fired (4,), wanted by the gate; kinds: of each input, "excites", "inhibits" or "not connected"."""
    body = []
    for number, (y, kind) in enumerate(zip((110.0, 230.0), kinds, strict=True), start=1):
        colour = colours[1] if kind == "inhibits" else colours[0]
        end = '<circle cx="176" cy="{0}" r="6" fill="{1}"/>' if kind == "inhibits" else '<path d="M166 {2}l14 6l-14 6z" fill="{1}"/>'
        goal = 150 + 20 * (2 * number - 3)
        if kind != "not connected":
            body.append(f'<path d="M70 {y}L172 {goal}" stroke="{colour}" stroke-width="2.5" fill="none"/>')
            body.append(end.format(goal, colour, goal - 6))
        body.append(f'<circle class="sheet" cx="50" cy="{y}" r="20"/>' + text(50, y + 5, f"x{'₁₂'[number - 1]}", more='class="name"'))
        body.append(text(50, y + 38, kind, more='class="tick"'))
    body.append('<circle class="sheet" cx="222" cy="150" r="42"/>' + text(222, 146, "sum ≥", more='class="tick"'))
    body.append(text(222, 168, f"θ = {threshold}", more='class="name large"'))
    body.append('<path class="ink" d="M264 150H312m-8 -5l8 5l-8 5"/>' + text(290, 140, "o", more='class="name"'))
    body.append(_truth(rows, fired, wanted, colours))
    right = int((fired == np.asarray(wanted)).sum())
    described = f"The unit answers {right} of 4 rows as the gate does."
    note = "A triangle excites (counts 1), a disc inhibits: while that input is 1, the unit stays silent whatever the other one is."
    return Figure("", svg("".join(body), described, 640, 320), described, note)


def _part(name: str, inside: str) -> str:
    title, meaning = PARTS[name]
    said = html.escape(f"{title}: {meaning}")
    return f'<g data-part="{name}" tabindex="0" role="img" aria-label="{said}"><title>{said}</title>{inside}</g>'


def _dendrite(y: float, x: float) -> str:
    middle = 150 + (y - 150) * 0.35
    branch = (
        f"M60 {y}C130 {y} 190 {middle} 240 {middle}M60 {y - 16}C80 {y - 14} 96 {y - 4} 112 {y}M60 {y + 16}C80 {y + 14} 96 {y + 4} 112 {y}"
    )
    on = 1.0 if x else 0.35
    line = f'<path class="ink" d="{branch}" stroke-width="3" stroke-opacity="{on}"/>'
    return _part("dendrite", line + text(30, y + 5, f"x = {x:g}", more='class="name"'))


def _synapse(y: float, w: float, colours: Sequence[str], number: int) -> str:
    middle = 150 + (y - 150) * 0.62
    radius = 4 + 9 * math.sqrt(min(1.0, abs(w)))
    colour = colours[1] if w > 0 else colours[0]
    words = text(158, middle - 14, f"w{'₁₂₃'[number - 1]} = {w:g}", more='class="tick on"')
    return _part("synapse", f'<circle cx="158" cy="{middle:.0f}" r="{radius:.1f}" fill="{colour}"/>{words}')


def _axon(output: float, colours: Sequence[str]) -> str:
    sheath = "".join(f'<rect class="sheet" x="{x}" y="142" width="36" height="16" rx="8"/>' for x in (424, 468, 512))
    ends = "M556 150C576 146 586 126 604 118M556 150C580 150 590 150 606 150M556 150C576 154 586 174 604 182"
    colour = colours[1] if output > 0 else "currentColor"
    wire = f'<path d="M408 150H556" stroke="{colour}" stroke-width="3"/><path d="{ends}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
    knobs = "".join(f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>' for x, y in ((608, 116), (611, 150), (608, 184)))
    words = text(490, 182, "axon", more='class="name"') + text(490, 200, f"output o = {output:g}", more='class="tick"')
    return _part("axon", wire + sheath + knobs + words)


def _formula() -> str:
    """The same parts as signs: x under dendrite, w under synapse, Σ and b under body, f under hillock, o under axon."""
    y, large = 340, 'class="name large"'
    signs = [(110, "axon", "o"), (134, "", "="), (160, "hillock", "f"), (178, "", "("), (204, "body", "Σ")]
    place = 236
    for number in "₁₂₃":
        signs += [(place, "synapse", f"w{number}"), (place + 28, "dendrite", f"x{number}")]
        signs += [(place + 56, "", "+")]
        place += 84
    signs += [(place + 4, "body", "b"), (place + 24, "", ")")]
    parts = [_part(part, text(x, y, sign, more=large)) if part else text(x, y, sign, more=large) for x, part, sign in signs]
    return "".join(parts) + text(320, 378, "the same five parts, as a formula", more='class="tick"')


def _truth(rows: np.ndarray, fired: np.ndarray, wanted: Sequence[int], colours: Sequence[str]) -> str:
    parts = []
    for x, words in zip((370, 420, 490, 570), ("x₁", "x₂", "unit", "gate"), strict=True):
        parts.append(text(x, 70, words, more='class="name"'))
    for place, (row, one, goal) in enumerate(zip(rows, fired, wanted, strict=True)):
        y = 108 + 46 * place
        right = int(one) == goal
        colour = colours[2] if right else colours[1]
        parts.append(f'<rect x="345" y="{y - 24}" width="280" height="36" rx="6" fill="{colour}" fill-opacity="0.16"/>')
        cells = zip((370, 420, 490, 570), (row[0], row[1], one, goal), strict=True)
        parts += [text(x, y, int(value), more='class="large"') for x, value in cells]
        parts.append(text(612, y, "✓" if right else "✗", more='class="name"'))
    return "".join(parts)
