"""A picture that a person brings: read safely, whatever the file holds, and shrunk to what a net reads."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dlcore.errors import Invalid

FORMATS = ("PNG", "JPEG")
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000


def read(data: bytes) -> Image.Image:
    """The picture in colours, upright as its camera held it, on white where it is transparent; `Invalid` for anything else."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"This file has {len(data) / 1e6:.0f} MB, and at most {MOST_BYTES / 1e6:.0f} MB are read.", "Save it smaller.")
    try:
        # Only the head is read here: a small file may claim to unpack into more than the memory holds.
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise Invalid(
                f"This picture has {opened.width:,}×{opened.height:,} pixels, and at most {MOST_PIXELS / 1e6:.0f} million are read.",
                "Save it smaller.",
            )
        opened.load()
        coloured = ImageOps.exif_transpose(opened).convert("RGBA")
    except UnidentifiedImageError:
        raise Invalid("This file is no PNG or JPEG picture.", "Save the picture as PNG or JPEG, and choose that file.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(f"This picture is damaged: {error}.", "Save it again, or choose another one.") from None
    return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB")


def grey(picture: Image.Image, side: int, inverted: bool) -> np.ndarray:
    """Its middle square as (side, side, 1) from 0 to 1; inverted: dark becomes light, as data sets of writing have it."""
    square = ImageOps.fit(picture.convert("L"), (side, side), Image.Resampling.BOX)
    values = np.asarray(square, float)[..., None] / 255
    return 1 - values if inverted else values
