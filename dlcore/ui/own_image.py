"""A picture that a person brings: read safely, whatever the file holds, and shrunk to what a net reads."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dlcore.errors import Invalid

FORMATS = ("PNG", "JPEG")
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
KEPT_SIDE = 2048
MOST_SIDE = 512


def read(data: bytes) -> Image.Image:
    """The picture in colours, upright as its camera held it, on white where it is transparent, shrunk to 2,048 pixels a side at most;
    `Invalid` for anything else."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"This file has {len(data) / 1e6:.0f} MB, and at most {MOST_BYTES / 1e6:.0f} MB are read.", "Save it smaller.")
    try:
        # Only the head is read here: a small file may claim to unpack into more than the memory holds.
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        opened.load()
        upright = ImageOps.exif_transpose(_in_bytes(opened))
        upright.thumbnail((KEPT_SIDE, KEPT_SIDE))  # the steps after this one would take a second, and half a gigabyte
        coloured = upright.convert("RGBA")
    except Image.DecompressionBombError:
        raise Invalid(f"This picture has more than the {MOST_PIXELS / 1e6:.0f} million pixels that are read.", "Save it smaller.") from None
    except UnidentifiedImageError:
        raise Invalid("This file is no PNG or JPEG picture.", "Save the picture as PNG or JPEG, and choose that file.") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise Invalid(f"This picture is damaged: {error}.", "Save it again, or choose another one.") from None
    return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB")


def _in_bytes(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits in 8: Pillow would cut off all above 255, and leave a white sheet."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture).astype("uint32") >> 8).astype("uint8"))


def grey(picture: Image.Image, side: int, inverted: bool) -> np.ndarray:
    """What stands out from the ground, as (side, side, 1) from 0 to 1, the ground at 0, as in data sets of digits and of clothes.

    inverted: dark becomes light. Paper is never quite white: values are stretched, and the margin around what is there is cut away.
    """
    values = np.asarray(ImageOps.contain(picture.convert("L"), (MOST_SIDE, MOST_SIDE), Image.Resampling.BOX), float)
    values = 255 - values if inverted else values
    low, high = np.percentile(values, (10, 99.5))
    values = np.clip((values - low) / max(high - low, 1.0), 0, 1)
    there = np.argwhere(values > 0.4)
    (top, left), (bottom, right) = (there.min(axis=0), there.max(axis=0) + 1) if len(there) else ((0, 0), values.shape)
    edge = max(bottom - top, right - left)
    square = np.zeros((edge, edge))
    down, across = (edge - (bottom - top)) // 2, (edge - (right - left)) // 2
    square[down : down + bottom - top, across : across + right - left] = values[top:bottom, left:right]
    small = Image.fromarray(np.asarray(255 * square, np.uint8)).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small, float)[..., None] / 255
