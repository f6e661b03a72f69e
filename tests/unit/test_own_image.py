"""Pictures that people bring: whatever a file holds, either a picture comes of it or a sentence."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from dlcore.errors import Invalid
from dlcore.ui import own_image


def saved(picture: Image.Image, form: str = "PNG", **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def written(ground: int = 235, ink: int = 30) -> Image.Image:
    """A dark upright stroke, a little right of the middle of grey paper."""
    pixels = np.full((200, 120), ground, np.uint8)
    pixels[50:150, 70:80] = ink
    return Image.fromarray(pixels)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "RGBA", "P", "1", "I;16"])
def test_pictures_of_every_kind_come_in_colours(form: str, mode: str) -> None:
    if form == "PNG" and mode == "CMYK" or form == "JPEG" and mode in ("RGBA", "P", "I;16"):
        pytest.skip(f"{form} does not hold {mode}")
    assert own_image.read(saved(Image.new(mode, (5, 4)), form)).mode == "RGB"


def test_transparent_places_are_white() -> None:
    picture = Image.new("RGBA", (2, 1), (200, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    assert [own_image.read(saved(picture)).getpixel((x, 0)) for x in (0, 1)] == [(200, 0, 0), (255, 255, 255)]


def test_a_camera_held_upright_gives_an_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert own_image.read(saved(Image.new("RGB", (8, 3)), "JPEG", exif=exif)).size == (3, 8)


def test_greys_of_sixteen_bits_keep_what_is_on_them() -> None:
    fine = Image.fromarray(np.asarray(written()).astype("uint16") * 257)
    assert np.array_equal(np.asarray(own_image.read(saved(fine))), np.asarray(own_image.read(saved(written()))))


def test_what_lies_at_the_edge_of_a_wide_picture_is_found() -> None:
    wide = Image.new("L", (900, 200), 235)
    wide.paste(written(), (0, 0))
    near, far = (own_image.grey(one, 8, inverted=True) for one in (written(), wide))
    assert far.any() and np.abs(near - far).max() < 0.35


def bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of that size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no PNG or JPEG"),
        (b"hello", "no PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG or JPEG"),
        (saved(Image.new("RGB", (4, 4)), "GIF"), "no PNG or JPEG"),
        (saved(written())[:150], "damaged"),
        (saved(written().convert("RGB"), "JPEG")[:400], "damaged"),
        (bomb(200, 200), "damaged"),
        (bomb(60_000, 60_000), "40 million pixels"),
        (bomb(8_000, 8_000), "40 million pixels"),
        (b"\0" * (own_image.MOST_BYTES + 1), "10 MB"),
    ],
    ids=["nothing", "text", "svg", "gif", "cut PNG", "cut JPEG", "too few bytes", "bomb", "small bomb", "large"],
)
def test_anything_else_gets_a_sentence_and_a_next_step(data: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        own_image.read(data)
    assert said in str(refused.value) and refused.value.hint


@pytest.mark.parametrize("side", [8, 28])
def test_a_stroke_on_paper_fills_what_the_net_reads(side: int) -> None:
    found = own_image.grey(own_image.read(saved(written())), side, inverted=True)
    assert found.shape == (side, side, 1) and found.min() == 0 and found.max() > 0.3
    lit = np.flatnonzero(found[..., 0].sum(axis=0) > 0.4)
    assert abs(lit.mean() - (side - 1) / 2) <= 0.6, "the stroke stands in the middle"
    assert (found[:, lit].max(axis=1) > 0.3).all(), "and reaches from the top to the bottom"


def test_a_picture_of_one_colour_is_empty() -> None:
    assert not own_image.grey(Image.new("RGB", (30, 30), "grey"), 8, inverted=True).any()
