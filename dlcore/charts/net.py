"""A net drawn from left to right: units as circles, images as stacks, sequences as steps, and weights as lines in their colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.colours import data_uri, diverging
from dlcore.charts.figure import Figure, short, svg, text
from dlcore.charts.stages import Stage

PITCH, DRAWN, LINES = 108, 186, 72  # width of a stage, height of its drawing, height of its words
NARROWEST = 4 * PITCH  # a net of two stages drawn as wide as the page would have letters as tall as its title
UNITS = 16  # units drawn at most of a layer, as many as a view has weights of
STRENGTHS = 5  # widths and opacities of lines
SIGNS = {False: {-1: "#0072B2", 1: "#D55E00"}, True: {-1: "#5BB3E6", 1: "#FF8A4C"}}
LIMIT_SHARE = 98  # percentile of the weights' sizes that takes the strongest colour


def net(stages: Sequence[Stage], kernels: Mapping[str, np.ndarray], dark: bool) -> Figure:
    """kernels: by name of the dense layer, (inputs, units) of at most `UNITS` each, those that `views.shown` picks; without them the
    lines are grey. In orange what is above 0, in blue what is below; the stronger the larger, each layer by its own scale."""
    body = []
    for number, stage in enumerate(stages):
        middle = PITCH * (number + 0.5)
        if number:
            body.append(_joint(stages[number - 1], stage, middle - PITCH, kernels, dark))
    body += [_stage(stage, PITCH * (number + 0.5), stages) for number, stage in enumerate(stages)]
    total = sum(stage.parameters for stage in stages)
    said = "; ".join(_said(stage) for stage in stages)
    described = f"The net from input to output, {total:,} parameters: {said}."
    cut = any(stage.kind == "vector" and math.prod(stage.output) > UNITS for stage in stages)
    key = "A line is a weight: orange above 0, blue below, the wider the larger in its layer." if kernels else ""
    notes = [f"{total:,} weights and biases.", key, f"Of large layers {UNITS} units are drawn." if cut else ""]
    width = max(NARROWEST, PITCH * len(stages))
    inset = (width - PITCH * len(stages)) / 2
    drawing = svg(f'<g transform="translate({inset:g} 0)">{"".join(body)}</g>', described, width, DRAWN + LINES)
    return Figure("The net", drawing, described, " ".join(filter(None, notes)))


def filters(kernel: np.ndarray) -> Figure:
    """The filters of a first convolution, (height, width, channels, n): around zero, or as colours where there are three channels."""
    height, width, channels, count = kernel.shape
    kernel = np.asarray(kernel, float)
    limit = float(np.nanpercentile(np.abs(kernel), LIMIT_SHARE)) if np.isfinite(kernel).any() else 1.0
    across = min(8, count)
    down = -(-count // across)
    size, gap = 32, 6
    tiles = []
    for number in range(count):
        one = kernel[..., number]
        pixels = np.asarray(127.5 * (np.clip(one / limit, -1, 1) + 1), np.uint8) if channels == 3 else diverging(one.mean(axis=-1), limit)
        x, y = number % across * (size + gap), number // across * (size + gap)
        # Nine weights are nine squares: smoothed, they would look like more.
        place = f'x="{x}" y="{y}" width="{size}" height="{size}" style="image-rendering: pixelated"'
        tiles.append(f'<image {place} href="{data_uri(pixels)}" class="pixels"/>')
    described = f"{count} filters of {height}×{width} pixels of the first convolution."
    drawing = svg("".join(tiles), described, across * (size + gap), down * (size + gap))
    note = "mixed from red, green and blue" if channels == 3 else "orange: looks for bright, blue: for dark"
    return Figure("What the first filters look for", drawing, described, note)


def _said(stage: Stage) -> str:
    details = f" ({', '.join(stage.details)})" if stage.details else ""
    return f"{stage.title}{details} {stage.shape}" + (f", {stage.parameters:,} parameters" if stage.parameters else "")


def _places(stage: Stage) -> np.ndarray:
    """Heights of the circles of a stage that is a vector."""
    count = min(UNITS, math.prod(stage.output))
    return DRAWN / 2 + (np.arange(count) - (count - 1) / 2) * min(24.0, (DRAWN - 12) / count)


def _joint(before: Stage, stage: Stage, left: float, kernels: Mapping[str, np.ndarray], dark: bool) -> str:
    """What lies between two stages: a line for each weight that is shown, or an arrow."""
    right = left + PITCH
    if not (stage.dense and before.kind == stage.kind == "vector"):
        y = DRAWN / 2
        return f'<path class="arrow" d="M{left + 38} {y}H{right - 42}m-5 -4l5 4l-5 4"/>'
    above, below = _places(before), _places(stage)
    kernel = next((kernels[name] for name in stage.layers if name in kernels), None)
    if kernel is None or kernel.shape != (len(above), len(below)) or not np.isfinite(np.asarray(kernel, float)).all():
        lines = "".join(f"M{left + 6} {a:.1f}L{right - 6} {b:.1f}" for a in above for b in below)
        return f'<path class="weights" d="{lines}"/>'
    return _weights(np.asarray(kernel, float), above, below, left + 6, dark)


def _weights(kernel: np.ndarray, above: np.ndarray, below: np.ndarray, left: float, dark: bool) -> str:
    right = left + PITCH - 12
    limit = float(np.percentile(np.abs(kernel), LIMIT_SHARE)) or 1.0
    strength = np.ceil(np.clip(np.abs(kernel) / limit, 0, 1) * STRENGTHS).astype(int)
    parts = []
    for level in range(1, STRENGTHS + 1):
        for sign in (-1, 1):
            chosen = np.argwhere((strength == level) & (np.sign(kernel) == sign))
            lines = "".join(f"M{left} {above[a]:.1f}L{right} {below[b]:.1f}" for a, b in chosen)
            share = level / STRENGTHS
            width, opacity = 0.4 + 1.8 * share, 0.15 + 0.75 * share
            if lines:
                parts.append(f'<path d="{lines}" stroke="{SIGNS[dark][sign]}" stroke-width="{width:.2f}" stroke-opacity="{opacity:.2f}"/>')
    return "".join(parts)


def _stage(stage: Stage, x: float, stages: Sequence[Stage]) -> str:
    draw = {"vector": _circles, "image": _stack, "sequence": _steps}[stage.kind]
    loop = f'<path class="arrow" d="M{x + 10} 100c26 0 26 -34 0 -34m5 -4l-5 4l5 4"/>' if stage.recurrent else ""
    details = " · ".join(stage.details)
    size = f"{stage.parameters:,} weights" if stage.parameters < 1e6 else f"{stage.parameters / 1e6:.3g} M weights"
    small = 'class="tick"'
    meaning = f"<title>{stage.title}: {stage.meaning}</title>" if stage.meaning else ""
    name = text(x, DRAWN + 16, stage.title, more='class="name"')
    told = f"<g><title>{details}</title>{text(x, DRAWN + 32, short(details, 18), more=small)}</g>" if details else ""
    weights = text(x, DRAWN + 64, size, more=small) if stage.parameters else ""
    words = f"<g>{meaning}{name}</g>{told}{text(x, DRAWN + 48, stage.shape, more=small)}{weights}"
    return draw(stage, x, stages) + loop + words


def _circles(stage: Stage, x: float, stages: Sequence[Stage]) -> str:
    places = _places(stage)
    radius = min(6.0, 0.42 * DRAWN / max(1, len(places)))
    circles = "".join(f'<circle cx="{x}" cy="{y:.1f}" r="{radius:.1f}"/>' for y in places)
    return f'<g class="unit">{circles}</g>'


def _stack(stage: Stage, x: float, stages: Sequence[Stage]) -> str:
    """An image as squares behind each other: the side follows its own, the number its channels."""
    largest = max(max(other.output[:2]) for other in stages if other.kind == "image")
    height, width = (14 + 42 * size / largest for size in stage.output[:2])
    sheets = min(5, 1 + int(math.log2(stage.output[2])))
    shift = 4.0
    left, top = x - (width + shift * (sheets - 1)) / 2, DRAWN / 2 - (height - shift * (sheets - 1)) / 2
    return "".join(
        f'<rect class="sheet" x="{left + shift * place:.1f}" y="{top - shift * place:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
        for place in reversed(range(sheets))
    )


def _steps(stage: Stage, x: float, stages: Sequence[Stage]) -> str:
    """A sequence as bars side by side, one a step, the last ones after dots where there are many."""
    count = min(4, stage.output[0])
    height, pitch = 26 + 6 * min(6, math.log2(1 + stage.output[1])), 15
    left, top = x - (count * pitch - 5) / 2, DRAWN / 2 - height / 2
    places = (left + pitch * place for place in range(count))
    return "".join(f'<rect class="sheet" x="{at:.1f}" y="{top:.1f}" width="10" height="{height:.1f}"/>' for at in places)
