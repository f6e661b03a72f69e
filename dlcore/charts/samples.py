"""Images of a data set in a grid, each with its class; a wrong label is marked and says what the image really is."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dlcore.charts.colours import data_uri

SIDE = 72
_GRID = "display:flex;flex-wrap:wrap;gap:10px;padding:2px"
_WORDS = f"display:block;width:{SIDE}px;font-size:12px;line-height:1.25;overflow:hidden;text-overflow:ellipsis"
_WRONG = "outline:3px solid #D55E00;outline-offset:1px"


def images(pixels: np.ndarray, labels: Sequence[str], true: Sequence[str] | None = None) -> str:
    """HTML. pixels (n, height, width, channels), raw. labels: a name for each; true: what each really is, where that may differ."""
    pictures = as_bytes(pixels)
    items = []
    for picture, label, really in zip(pictures, labels, true or labels, strict=True):
        said = label if label == really else f"called {label}, is {really}"
        style = "" if label == really else _WRONG
        image = f'<img src="{data_uri(picture)}" alt="{html.escape(said)}" width="{SIDE}" height="{SIDE}" ' \
                f'style="image-rendering:pixelated;border-radius:4px;display:block;margin-bottom:3px;{style}">'  # fmt: skip
        items.append(f'<span title="{html.escape(said)}">{image}<span style="{_WORDS}">{html.escape(said)}</span></span>')
    return f'<div style="{_GRID}">{"".join(items)}</div>'


def as_bytes(pixels: np.ndarray) -> np.ndarray:
    """uint8 of the same shape, one or three channels: bytes as they are, values from 0 to 1 as shares, others over their whole range."""
    if pixels.shape[-1] not in (1, 3):
        pixels = pixels[..., :1]
    if pixels.dtype == np.uint8:
        return pixels
    least, most = float(pixels.min(initial=0)), float(pixels.max(initial=0))
    if least < 0 or most > 1:
        size = 255.0 if least >= 0 and most <= 255 else most - least or 1.0
        pixels = (pixels - (0 if size == 255.0 else least)) / size
    return np.asarray(np.clip(pixels * 255 + 0.5, 0, 255), np.uint8)
