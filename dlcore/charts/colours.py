"""Colours for numbers: from the ground to blue for shares, blue–white–orange around zero, and pixels as a picture that HTML can hold."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

GROUND = {False: (255, 255, 255), True: (15, 21, 28)}
STRONG = {False: (8, 81, 156), True: (107, 174, 230)}
WRONG = {False: (200, 80, 0), True: (255, 150, 80)}
BLUE, WHITE, ORANGE = np.array((0, 90, 160)), np.array((247, 247, 247)), np.array((213, 94, 0))


def rgb(colour: str) -> np.ndarray:
    """The numbers of a colour "#RRGGBB": float64 of shape (3,), 0 to 255."""
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], float)


def shade(share: np.ndarray, dark: bool, strong: dict[bool, tuple[int, int, int]] = STRONG) -> np.ndarray:
    """Shares 0 to 1 of any shape as colours from the page's ground to a strong one: uint8 of shape (…, 3). Not finite: the ground."""
    share = np.clip(np.nan_to_num(np.asarray(share, float)), 0, 1)[..., None]
    return np.asarray((1 - share) * np.array(GROUND[dark]) + share * np.array(strong[dark]) + 0.5, np.uint8)


def diverging(values: np.ndarray, limit: float) -> np.ndarray:
    """Values of any shape as blue (−limit) over white (0) to orange (+limit): uint8 of shape (…, 3). Not finite: white."""
    place = np.clip(np.nan_to_num(np.asarray(values, float)) / (limit or 1.0), -1, 1)[..., None]
    end = np.where(place < 0, BLUE, ORANGE)
    return np.asarray(WHITE + np.abs(place) * (end - WHITE) + 0.5, np.uint8)


def css(colour: np.ndarray) -> str:
    """Three numbers, 0 to 255, as "#rrggbb"."""
    return "#" + bytes(np.asarray(colour, np.uint8).tolist()).hex()


def ink_on(colour: np.ndarray) -> str:
    """Black or white, whichever is easier to read on this colour (relative luminance as in WCAG 2.1)."""
    part = np.asarray(colour, float) / 255
    linear = np.where(part <= 0.03928, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    # At 0.179 black and white have the same contrast.
    return "#000" if float(linear @ (0.2126, 0.7152, 0.0722)) > 0.179 else "#fff"


def data_uri(pixels: np.ndarray) -> str:
    """uint8 pixels of shape (height, width) or (height, width, 1 or 3) as a PNG in a data URI."""
    pixels = np.ascontiguousarray(pixels, np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = np.ascontiguousarray(pixels[..., 0])
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    # Each row of a PNG begins with the number of its filter; 0: as it is.
    body = zlib.compress(np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes(), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
