"""What synthetic sets are made of: a zip of drawn pictures, a table as CSV. The same seed gives the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")  # of a digit on a seven-part display
LINES = {
    "a": (0, 0, 1, 0),
    "b": (1, 0, 1, 1),
    "c": (1, 1, 1, 2),
    "d": (0, 2, 1, 2),
    "e": (0, 1, 0, 2),
    "f": (0, 0, 0, 1),
    "g": (0, 1, 1, 1),
}


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip without times or users."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode()


def saved(picture: Any, form: str = "PNG") -> bytes:
    """A Pillow image as a file."""
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()


def noisy(pixels: np.ndarray, spread: float, draw: np.random.Generator) -> Any:
    """A Pillow image of pixels (height, width) or (height, width, 3) from 0 to 255, with Gaussian noise."""
    from PIL import Image

    return Image.fromarray(np.clip(pixels + draw.normal(0, spread, pixels.shape), 0, 255).astype("uint8"))


def strokes(digit: int, left: float, top: float, wide: float) -> list[tuple[float, float, float, float]]:
    """The lines (x, y, x, y) that write a digit, twice as high as wide."""
    lines = [LINES[part] for part in SEGMENTS[digit]]
    return [(left + wide * a, top + wide * b, left + wide * c, top + wide * d) for a, b, c, d in lines]
