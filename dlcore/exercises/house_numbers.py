"""Digits on houses, in colour, with other things beside them."""

from __future__ import annotations

import numpy as np

from dlcore.exercises._made import noisy, saved, strokes, zipped
from dlcore.specs import Exercise

EACH = 80


def synthetic(seed: int) -> tuple[str, bytes]:
    """A digit of seven strokes in a colour on another one, parts of other digits to both sides, as on a house."""
    from PIL import Image, ImageDraw

    draw = np.random.default_rng(seed)
    files = []
    for digit in range(10):
        for number in range(EACH):
            ground, ink = draw.integers(20, 120, 3), draw.integers(130, 250, 3)
            if draw.random() < 0.5:
                ground, ink = ink, ground
            plate = Image.new("RGB", (32, 32), tuple(map(int, ground)))
            pen, (across, down), wide = ImageDraw.Draw(plate), draw.integers(-2, 3, 2), draw.uniform(8, 10)
            for own, left in ((digit, 11), (int(draw.integers(10)), -5), (int(draw.integers(10)), 27)):
                for line in strokes(own, left + int(across), 6 + int(down), wide):
                    pen.line(line, fill=tuple(map(int, ink)), width=2)
            files.append((f"plates/{digit}/{number}.png", saved(noisy(np.asarray(plate, float), 12, draw))))
    return "plates.zip", zipped(files)


EXERCISE = Exercise(
    name="house_numbers",
    title="Street View house numbers",
    summary="Read the digit in the middle of a photograph of a house number, whatever stands beside it.",
    source="SVHN, cropped digits (Netzer and others, 2011): train_32x32.mat and test_32x32.mat from ufldl.stanford.edu/housenumbers, 246 "
    "MB. It is a built-in data set: put the two files into the folder that DLCORE_DATA names, or let the first run fetch them.",
    looks="73,257 colour photographs for training and 26,032 for the test, 32×32 pixels, with the digits 0 to 9.",
    kind="images",
    metric="accuracy",
    ignorance="commonest",
    dataset="svhn",
    experiments={
        "ANN": {"model": "mlp", "model.layers": "256,128", "epochs": "10", "batch_size": "128"},
        "CNN": {"model": "cnn", "model.filters": "32,64,128", "model.dense": "128", "epochs": "10", "batch_size": "128"},
    },
    checklist=(
        "Look at the rows: digits stand beside other digits, light on dark and dark on light.",
        "Train the ANN. It has weights of its own for each pixel: what must it learn anew for a digit that is moved by two pixels?",
        "Train the CNN and compare.",
        "Mirroring pictures (augmentation: flip) is no help here. Why? Try it.",
        "Train each with three seeds: is the lead larger than the difference between seeds?",
    ),
    synthetic=synthetic,
    synthetic_words=f"{10 * EACH} drawn number plates in colour, 32×32 pixels, with other digits cut off at both sides",
    order=5,
)
