"""The same clothes for a convolutional net and a plain one."""

from __future__ import annotations

import numpy as np

from dlcore.exercises._made import noisy, saved, zipped
from dlcore.specs import Exercise

EACH = 80


def synthetic(seed: int) -> tuple[str, bytes]:
    """Ten silhouettes, each a stack of bars of its own widths, shifted by up to three pixels, with noise."""
    draw = np.random.default_rng(seed)
    widths = np.random.default_rng(5).integers(3, 12, (10, 6))
    files = []
    for kind in range(10):
        for number in range(EACH):
            pixels, (down, across) = np.zeros((28, 28)), draw.integers(-3, 4, 2)
            for bar, half in enumerate(widths[kind]):
                top, middle = 5 + 3 * bar + down, 14 + across
                pixels[top : top + 3, max(0, middle - half) : middle + half] = draw.uniform(110, 230)
            files.append((f"clothes/kind_{kind}/{number}.png", saved(noisy(pixels, 45, draw))))
    return "clothes.zip", zipped(files)


EXERCISE = Exercise(
    name="fashion_mnist",
    title="Fashion-MNIST: CNN against ANN",
    summary="See whether a net that looks at neighbouring pixels together reads clothes better than one of the same size that does not.",
    source="Zalando Research (Xiao, Rasul & Vollgraf, 2017). It is a built-in data set: 30 MB are fetched when a run first needs them.",
    looks="60,000 grey pictures of clothes for training and 10,000 for the test, 28×28 pixels, ten kinds.",
    kind="images",
    metric="accuracy",
    ignorance="commonest",
    dataset="fashion_mnist",
    experiments={
        "ANN": {"model": "mlp", "model.layers": "256,80", "epochs": "10", "batch_size": "128"},
        "CNN": {"model": "cnn", "model.filters": "32,64", "model.dense": "64", "epochs": "10", "batch_size": "128"},
    },
    checklist=(
        "Train the ANN, then the CNN: both have about 222,000 weights on Fashion-MNIST.",
        "Compare their validation accuracy, and how long an epoch of each takes.",
        "Train each with three seeds: is the difference larger than that between seeds?",
        "Look at the clothes that the CNN still mixes up.",
        "Move the clothes by a few pixels (augmentation: shift) and train again: which net minds less?",
    ),
    synthetic=synthetic,
    synthetic_words=f"{10 * EACH} drawn silhouettes of ten kinds, 28×28 pixels, shifted and noisy",
    order=4,
)
