"""What a layer's filters see, as small grey pictures beside each other; and where in an image a class is seen, as heat over it."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dlcore.charts.colours import data_uri, diverging, shade
from dlcore.charts.figure import Figure, svg
from dlcore.charts.samples import as_bytes

TILE, GAP, ACROSS = 72, 6, 8
BRIGHTEST = 99.5  # percentile of the values that takes the strongest colour: one bright pixel would leave all others dark
HOT = np.array((213, 94, 0))  # orange: told from grey by everybody
SIDE = 96  # pixels of an image with heat


def strongest(maps: np.ndarray) -> float:
    """The size that gets the strongest colour in maps of any shape; at least a little above 0."""
    finite = np.abs(np.nan_to_num(np.asarray(maps, float), posinf=0, neginf=0))
    return float(np.percentile(finite, BRIGHTEST)) or 1e-6


def tiles(maps: np.ndarray, limit: float, title: str, numbers: Sequence[int], dark: bool) -> Figure:
    """maps (n, height, width), numbers: of the filters. Values from 0 to `limit` from the ground to blue; where some are below 0, blue is
    below, white 0 and orange above."""
    values = np.asarray(maps, float)
    signed = bool((values < 0).any())
    drawn = []
    for place, one in enumerate(values):
        pixels = diverging(one, limit) if signed else shade(one / limit, dark)
        x, y = place % ACROSS * (TILE + GAP), place // ACROSS * (TILE + GAP)
        drawn.append(
            f'<image x="{x}" y="{y}" width="{TILE}" height="{TILE}" href="{data_uri(pixels)}" class="pixels">'
            f"<title>Filter {numbers[place]}</title></image>"
        )
    down = -(-len(values) // ACROSS)
    silent = int((np.abs(values).reshape(len(values), -1).max(axis=1) < 1e-6).sum())
    described = f"{title}: {len(values)} maps, {silent} of them silent."
    note = "Blue: below 0, orange: above." if signed else "The bluer, the stronger."
    return Figure(title, svg("".join(drawn), described, ACROSS * (TILE + GAP) - GAP, down * (TILE + GAP)), described, note)


def heated(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The image in grey with heat (any resolution, 0 and above) over it: uint8 (96, 96, 3). The strongest place of the heat is orange."""
    grey = np.asarray(as_bytes(image[None])[0], float).mean(axis=-1)
    ground = np.repeat(stretched(grey, SIDE)[..., None], 3, axis=2) * 0.75 + 64 * 0.75
    share = stretched(np.asarray(heat, float), SIDE)
    share = share / (share.max() or 1.0)
    return np.asarray(ground * (1 - 0.75 * share[..., None]) + HOT * 0.75 * share[..., None], np.uint8)


def stretched(values: np.ndarray, side: int) -> np.ndarray:
    """Values (height, width) over side × side pixels, bilinear between the middles of the old ones (as TensorFlow's image.resize)."""
    for axis in (0, 1):
        size = values.shape[axis]
        place = np.clip((np.arange(side) + 0.5) * size / side - 0.5, 0, size - 1)
        low = np.floor(place).astype(int)
        high, part = np.minimum(low + 1, size - 1), place - low
        part = part[:, None] if axis == 0 else part[None, :]
        values = np.take(values, low, axis) * (1 - part) + np.take(values, high, axis) * part
    return values


def gallery(pictures: Sequence[Sequence[tuple[np.ndarray, str]]], captions: Sequence[str], label: str) -> str:
    """HTML: for each entry some pictures beside each other, each with the words for a screen reader, and a caption beneath."""
    items = []
    for shown, caption in zip(pictures, captions, strict=True):
        drawn = "".join(
            f'<img class="pixels" src="{data_uri(as_bytes(pixels[None])[0])}" alt="{html.escape(words)}" width="{SIDE}" height="{SIDE}" '
            f'style="display:inline-block;margin-right:3px">'
            for pixels, words in shown
        )
        width = len(shown) * (SIDE + 4)
        items.append(
            f'<li style="width:{width}px;list-style:none"><span style="display:flex">{drawn}</span>'
            f'<span style="display:block;font-size:13px;line-height:1.3">{html.escape(caption)}</span></li>'
        )
    style = "display:flex;flex-wrap:wrap;gap:16px;padding:2px;margin:0"
    return f'<ul style="{style}" aria-label="{html.escape(label)}">{"".join(items)}</ul>'
