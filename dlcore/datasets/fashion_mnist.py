"""Fashion-MNIST: photographs of clothes (Xiao, Rasul & Vollgraf 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import keras

    (x, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    return {
        "x": x[..., np.newaxis], "y": y.astype("int64"), "x_test": x_test[..., np.newaxis], "y_test": y_test.astype("int64"),
    }  # fmt: skip


def _file(name: str, sha256: str, size: int) -> RemoteFile:
    return RemoteFile(f"fashion-mnist/{name}", f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{name}", sha256, size)


DATASET = Dataset(
    name="fashion_mnist",
    title="Fashion-MNIST",
    summary="70,000 grey photographs of clothes, 28×28 pixels, ten kinds. Harder than digits, still quick to train on.",
    fields=(),
    shape=lambda settings: Shape("image", (28, 28, 1), "classes", 10, 60_000, 10_000),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=31,
    alternative="digits",
    files=(
        _file("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
        _file("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
        _file("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
        _file("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
    ),
    class_names=("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    order=2,
)
