"""CIFAR-10: small colour photographs of ten kinds (Krizhevsky 2009)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import keras

    (x, y), (x_test, y_test) = keras.datasets.cifar10.load_data()
    return {
        "x": np.ascontiguousarray(x), "y": y[:, 0].astype("int64"),
        "x_test": np.ascontiguousarray(x_test), "y_test": y_test[:, 0].astype("int64"),
    }  # fmt: skip


DATASET = Dataset(
    name="cifar10",
    title="CIFAR-10",
    summary="60,000 colour photographs, 32×32 pixels, of ten kinds of animals and vehicles.",
    fields=(),
    shape=lambda settings: Shape("image", (32, 32, 3), "classes", 10, 50_000, 10_000),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=170,
    alternative="digits",
    files=(
        RemoteFile(
            "cifar-10-batches-py-target_archive",
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            170_498_071,
        ),
    ),
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    order=4,
)
