"""One picture of a stranger: what its head says, and its pixels upright, in the wanted colours and size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
FITS = {"crop": "cut to the middle", "pad": "filled up with black", "stretch": "stretched or squeezed"}
MOST_PIXELS = 50_000_000
TURNED = (5, 6, 7, 8)  # values of the exif tag for orientation that swap width and height
ORIENTATION = 0x0112


class Unreadable(ValueError):
    """Why a file is left out, as the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Form:
    """What all pictures of a set become: uint8 of shape (height, width, channels); channels 1 (grey) or 3. fit: see `FITS`."""

    height: int
    width: int
    channels: int
    fit: str = "crop"

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.height, self.width, self.channels


@dataclass(frozen=True, slots=True)
class Head:
    """width, height: as the picture is to be seen. is_grey: it has no colours."""

    width: int
    height: int
    is_grey: bool


def head(data: bytes) -> Head:
    """What the picture says of itself, without its pixels. Raises `Unreadable`."""
    with _opened(data) as picture:
        turned = _orientation(picture) in TURNED
        width, height = picture.size[::-1] if turned else picture.size
        return Head(width, height, picture.mode in ("1", "L", "LA") or picture.mode.startswith("I"))


def pixels(data: bytes, form: Form) -> np.ndarray:
    """The picture as uint8 (height, width, channels): upright as its camera held it, on white where it is transparent. `Unreadable`."""
    from PIL import Image, ImageOps

    with _opened(data) as picture:
        try:
            if picture.format == "JPEG":  # a photograph need not be unpacked in full; twice the size leaves room to average
                picture.draft(None, (2 * max(form.height, form.width),) * 2)
            upright = ImageOps.exif_transpose(picture)
            coloured = _coloured(upright, form.channels)
            size, how = (form.width, form.height), Image.Resampling.BILINEAR
            if coloured.size != size:
                match form.fit:
                    case "crop":
                        coloured = ImageOps.fit(coloured, size, how)
                    case "pad":
                        coloured = ImageOps.pad(coloured, size, how)
                    case _:
                        coloured = coloured.resize(size, how)
        except Exception as error:  # whatever a damaged or crafted file makes the library raise
            raise Unreadable(f"is damaged ({_why(error)})") from None
        return np.asarray(coloured, "uint8").reshape(form.shape)


def _opened(data: bytes) -> Any:
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Unreadable(_too_large()) from None
    except Exception as error:  # whatever a damaged or crafted file makes the library raise
        why = "" if isinstance(error, UnidentifiedImageError) else f" ({_why(error)})"
        raise Unreadable(f"is no picture in JPEG, PNG, WebP or BMP{why}" if data else "is empty") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable(_too_large())
    return picture


def _too_large() -> str:
    return f"has more than {MOST_PIXELS // 1_000_000} million pixels"


def _why(error: Exception) -> str:
    """The library's reason; most are a few words, some name an object in memory, which differs from time to time."""
    text = str(error)
    return type(error).__name__ if not text or "0x" in text else text[:80]


def _orientation(picture: Any) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged exif data are no reason to leave a picture out
        return 1


def _coloured(picture: Any, channels: int) -> Any:
    """In grey or in colours, 8 bits each."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):  # 16 bits for each pixel, which Pillow would cut off at 255
        values = np.clip(np.asarray(picture).astype("float64"), 0, 65_535)
        picture = Image.fromarray(np.round(values / 257).astype("uint8"))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return picture.convert("L" if channels == 1 else "RGB")
