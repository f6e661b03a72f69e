"""A filter that slides: over one picture with its products and their sum, and along a row of pixels with what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.charts.colours import css, diverging, ink_on
from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.volumes import as_table, image, number, picture

WIDE = 720.0
PRODUCTS = 305.0  # where the patch and its products stand


@dataclass(frozen=True)
class Place:
    """Where a filter lies. image (height, width), padded by `padding` zeros on each side; square: upper and left pixel in the padded
    image, and how many it spans; dilation between its weights. patch, weights (F, F). out (rows, columns): all sums; at: this one's."""

    image: np.ndarray
    padding: int
    square: tuple[int, int, int]
    dilation: int
    patch: np.ndarray
    weights: np.ndarray
    out: np.ndarray
    at: tuple[int, int]


def slide(place: Place, colours: Sequence[str], dark: bool) -> Figure:
    """The picture with the filter over it, the patch times the weights, and the output as far as it has been computed."""
    side, high = place.image.shape[0], 250.0
    cell = high / side
    parts = [text(0, 14, "padded picture" if place.padding else "picture", "start", 'class="name"')]
    parts.append(image(0, 26, high, high, picture(place.image, 1.0, False, dark), "the picture"))
    if place.padding:
        inner = side - 2 * place.padding
        parts.append(f'<rect x="{cell * place.padding:.1f}" y="{26 + cell * place.padding:.1f}" width="{cell * inner:.1f}" '
                     f'height="{cell * inner:.1f}" class="guide"/>')  # fmt: skip
    top, left, reach = place.square
    for row in range(place.weights.shape[0]):
        for column in range(place.weights.shape[1]):
            x, y = cell * (left + column * place.dilation), 26 + cell * (top + row * place.dilation)
            parts.append(_box(x, y, cell, colours[1], 1.2))
    parts.append(_box(cell * left, 26 + cell * top, cell * reach, colours[1], 3))
    parts.append(_products(place))
    parts.append(_output(place, high, colours))
    total = float((place.patch * place.weights).sum())
    described = f"The filter lies at row {place.at[0] + 1}, column {place.at[1] + 1} of the output; the products add up to {total:.3g}."
    return Figure("", svg("".join(parts), described, WIDE, 300), described, "", lambda: as_table(place.out))


def _box(x: float, y: float, side: float, colour: str, width: float) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _products(place: Place) -> str:
    """Patch × weights = products, each in small cells, one above the other."""
    parts = []
    products = place.patch * place.weights
    limits = (1.0, float(np.abs(place.weights).max()) or 1.0, float(np.abs(products).max()) or 1.0)
    named = (("pixels", place.patch), ("× weights", place.weights), ("= products", products))
    size = place.patch.shape[0]
    cell = min(34.0, 68.0 / size)
    for index, ((words, values), limit) in enumerate(zip(named, limits, strict=True)):
        y = 26 + 96 * index
        parts.append(text(PRODUCTS, y - 12, words, "start", 'class="name"'))
        for (row, column), value in np.ndenumerate(values):
            colour = diverging(np.array(value), limit)
            x, up = PRODUCTS + cell * 1.35 * column, y + cell * row
            parts.append(f'<rect x="{x:.1f}" y="{up:.1f}" width="{cell * 1.35:.1f}" height="{cell:.1f}" fill="{css(colour)}"/>')
            style = f"fill:{ink_on(colour)};opacity:1;font-size:{min(11.0, cell * 0.5):.1f}px"
            words_in = number(float(value)) if index != 1 else f"{value:.3g}".replace("-", "−")
            parts.append(text(x + cell * 0.675, up + cell * 0.66, words_in, more=f'class="tick" style="{style}"'))
    return "".join(parts)


def _output(place: Place, high: float, colours: Sequence[str]) -> str:
    """Sums so far; what comes later is an empty frame."""
    rows, columns = place.out.shape
    cell = min(high / max(rows, columns), 46.0)
    left, limit = 470.0, float(np.abs(place.out).max()) or 1.0
    parts = [text(left, 14, f"output, {rows}×{columns}", "start", 'class="name"')]
    reached = place.at[0] * columns + place.at[1]
    for (row, column), value in np.ndenumerate(place.out):
        x, y = left + cell * column, 26 + cell * row
        if row * columns + column > reached:
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}" class="frame"/>')
            continue
        colour = diverging(np.array(value), limit)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}" fill="{css(colour)}"/>')
        style = f"fill:{ink_on(colour)};opacity:1;font-size:{min(12.0, cell * 0.38):.1f}px"
        parts.append(text(x + cell / 2, y + cell * 0.63, number(float(value)), more=f'class="tick" style="{style}"'))
    parts.append(_box(left + cell * place.at[1], 26 + cell * place.at[0], cell, colours[1], 3))
    return "".join(parts)


def row(size: int, padding: int, reach: int, stride: int, count: int, left_over: int, colours: Sequence[str]) -> str:
    """One row of pixels, zeros around it, and the filter's places beneath; pixels that no filter reaches are in the second colour."""
    whole = size + 2 * padding
    cell = (WIDE - 20) / whole
    parts = [text(10, 14, f"one row of {size} pixels" + (f" and {padding} zeros on each side" if padding else ""), "start", 'class="name"')]
    if cell >= 4:
        for pixel in range(whole):
            zero = pixel < padding or pixel >= padding + size
            style = 'class="frame" stroke-dasharray="2 2"' if zero else 'class="sheet"'
            parts.append(f'<rect x="{10 + cell * pixel:.1f}" y="24" width="{cell:.1f}" height="20" {style}/>')
    else:
        parts.append(f'<rect x="10" y="24" width="{cell * whole:.1f}" height="20" class="sheet"/>')
    if left_over or not count:
        lost = left_over or whole
        parts.append(f'<rect x="{10 + cell * (whole - lost):.1f}" y="24" width="{cell * lost:.1f}" height="20" fill="{colours[1]}"/>')
    shown = list(range(count)) if count <= 60 else [*range(30), *range(count - 30, count)]
    for place in shown:
        x, y = 10 + cell * place * stride, 52 + 9 * (place % 6)
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{max(2.0, cell * reach - 1):.1f}" height="6" rx="2" fill="{colours[0]}"/>')
    if count > 60:
        parts.append(text(WIDE / 2, 78, f"… {count - 60} more …", more='class="tick on"'))
    return "".join(parts)


def block(x: float, base: float, side: float, depth: float, words: Sequence[str], colour: str) -> str:
    """A volume drawn as a box seen from the side: side × side with its depth, words beneath."""
    slant = depth * 0.5
    tint = f'class="ink" style="fill:{colour};fill-opacity:0.35"'
    front = f'<rect x="{x:.1f}" y="{base - side:.1f}" width="{side:.1f}" height="{side:.1f}" {tint}/>'
    top = f"M{x:.1f} {base - side:.1f}l{slant:.1f} {-slant:.1f}h{side:.1f}l{-slant:.1f} {slant:.1f}"
    flank = f"M{x + side:.1f} {base:.1f}l{slant:.1f} {-slant:.1f}v{-side:.1f}"
    edges = f'<path class="ink" d="{top}{flank}" stroke-opacity="0.7"/>'
    lines = [text(x + (side + slant) / 2, base + 20 + 18 * place, line, more=f'class="{"name" if not place else "tick"}"')
             for place, line in enumerate(words)]  # fmt: skip
    return front + edges + "".join(lines)


def layer(size: int, channels: int, side: int, depth: int, reach: int, strip: str, colours: Sequence[str]) -> Figure:
    """The input volume, one filter, the output volume, to a common scale where the picture allows; the row of pixels beneath."""
    tall = lambda pixels: 28 + 92 * (pixels / max(size, side, 1)) ** 0.5  # noqa: E731
    deep = lambda maps: 8 + 7 * min(maps, 512) ** 0.5  # noqa: E731
    base = 185.0
    body = [block(30, base, tall(size), deep(channels), ("input", f"{size}×{size}×{channels}"), colours[0])]
    body.append(block(270, base, tall(reach) * 0.6, deep(channels), ("one filter", f"{reach}×{reach}×{channels}"), colours[1]))
    words = ("output", f"{side}×{side}×{depth}") if side else ("no output", "the filter does not fit")
    body.append(block(470, base, tall(side) if side else 20, deep(depth), words, colours[2]))
    body.append(f'<path class="arrow" d="M392 {base - 40}H448m-8 -5l8 5l-8 5"/>')
    body.append(f'<g transform="translate(0 238)">{strip}</g>')
    described = f"A convolution makes {side}×{side}×{depth} of {size}×{size}×{channels}."
    note = "Sizes are drawn by their square root, so that small ones stay visible. Bars: where the filter lies. Orange pixels: never seen."
    return Figure("", svg("".join(body), described, WIDE, 352), described, note)


def cone(fields: Sequence[int], counts: Sequence[int], names: Sequence[str], size: int, colours: Sequence[str]) -> Figure:
    """What one unit of the last layer sees in each layer before it. counts: units of each level, the input first; fields: its receptive
    field in input pixels after each layer."""
    high, left = 60.0, 120.0
    levels = len(counts)
    cell = min(26.0, (WIDE - left - 10) / max(counts))
    middle = left + (WIDE - left - 10) / 2
    parts, edges = [], []
    for level, count in enumerate(counts):
        y = 20 + high * (levels - 1 - level)
        begin = middle - cell * count / 2
        edges.append((begin, begin + cell * count, y))
        if cell >= 4:
            units = [begin + cell * place for place in range(count)]
            parts += [f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="22" class="sheet"/>' for x in units]
        tint = f'class="ink" style="fill:{colours[level % 6]};fill-opacity:0.4"'
        parts.append(f'<rect x="{begin:.1f}" y="{y:.1f}" width="{cell * count:.1f}" height="22" {tint}/>')
        parts.append(text(0, y + 10, names[level], "start", 'class="name"'))
        parts.append(text(0, y + 27, f"sees {fields[level - 1]} pixels" if level else f"{count} pixels", "start", 'class="tick"'))
    for (a, b, y), (c, d, above) in zip(edges, edges[1:], strict=False):
        parts.append(f'<path class="guide" d="M{a:.1f} {y}L{c:.1f} {above + 22}M{b:.1f} {y}L{d:.1f} {above + 22}"/>')
    half = min(cell * size / 2, (WIDE - left - 10) / 2)
    y = 20 + high * (levels - 1) + 30
    parts.append(f'<path class="ink" d="M{middle - half:.1f} {y - 4}v8M{middle - half:.1f} {y}H{middle + half:.1f}m0 -4v8"/>')
    parts.append(text(middle, y + 18, f"the image: {size} pixels", more='class="tick on"'))
    wider = f" The picture is only {size} pixels wide: its border stands in for the rest." if fields[-1] > size else ""
    described = f"One unit of the last layer sees {fields[-1]} pixels of a row." + wider
    return Figure("", svg("".join(parts), described, WIDE, 34 + high * levels), described, described)
