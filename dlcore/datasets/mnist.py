"""MNIST: handwritten digits (LeCun, Cortes & Burges 1998)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import keras

    (x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
    return {
        "x": x[..., np.newaxis], "y": y.astype("int64"), "x_test": x_test[..., np.newaxis], "y_test": y_test.astype("int64"),
    }  # fmt: skip


DATASET = Dataset(
    name="mnist",
    title="MNIST",
    summary="70,000 grey images of handwritten digits, 28×28 pixels. The classic.",
    fields=(),
    shape=lambda settings: Shape("image", (28, 28, 1), "classes", 10, 60_000, 10_000),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=11,
    alternative="digits",
    files=(
        RemoteFile(
            "mnist.npz",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            11_490_434,
        ),
    ),
    class_names=tuple("0123456789"),
    order=3,
)
