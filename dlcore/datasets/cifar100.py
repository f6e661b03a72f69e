"""CIFAR-100: small colour photographs of a hundred kinds (Krizhevsky 2009)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import keras

    (x, y), (x_test, y_test) = keras.datasets.cifar100.load_data()
    return {
        "x": np.ascontiguousarray(x), "y": y[:, 0].astype("int64"),
        "x_test": np.ascontiguousarray(x_test), "y_test": y_test[:, 0].astype("int64"),
    }  # fmt: skip


CLASSES = (
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy", "bridge", "bus",
    "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch",
    "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house",
    "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion", "lizard", "lobster", "man", "maple tree", "motorcycle",
    "mountain", "mouse", "mushroom", "oak tree", "orange", "orchid", "otter", "palm tree", "pear", "pickup truck", "pine tree",
    "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark",
    "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table",
    "tank", "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow tree",
    "wolf", "woman", "worm",
)  # fmt: skip

DATASET = Dataset(
    name="cifar100",
    title="CIFAR-100",
    summary="60,000 colour photographs, 32×32 pixels, of a hundred kinds: only 500 to learn each from.",
    fields=(),
    shape=lambda settings: Shape("image", (32, 32, 3), "classes", 100, 50_000, 10_000),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=169,
    alternative="digits",
    files=(
        RemoteFile(
            "cifar-100-python-target_archive",
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            169_001_437,
        ),
    ),
    class_names=CLASSES,
    order=5,
)
