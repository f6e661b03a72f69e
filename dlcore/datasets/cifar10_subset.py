"""A fifth of CIFAR-10 (Krizhevsky 2009), from a file of one's own: 1,000 training and 200 test images of each class."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets import cifar10
from dlcore.specs import Dataset, RemoteFile, Shape

FILE = "cifar10_subset_10k_2k.npz"


def load(*, seed: int) -> dict[str, Any]:
    import os
    from pathlib import Path

    name = "cifar10_subset_10k_2k.npz"
    homes = [Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras"), Path("/tmp/.keras")]  # Keras's own folders
    own = [Path(os.environ["DLCORE_DATA"]).expanduser()] if os.environ.get("DLCORE_DATA") else []
    folders = [*own, *(folder / "cifar10-subset" for folder in own), *(home.expanduser() / "datasets" / "cifar10-subset" for home in homes)]
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{name} is missing. Put it into {folders[0]}, or into the folder that DLCORE_DATA names.")
    with np.load(path, allow_pickle=False) as content:
        return {
            "x": content["x_train"], "y": content["y_train"].astype("int64"),
            "x_test": content["x_test"], "y_test": content["y_test"].astype("int64"),
        }  # fmt: skip


DATASET = Dataset(
    name="cifar10_subset",
    title="CIFAR-10, a fifth of it",
    summary="12,000 of CIFAR-10's colour photographs, from a file of your own: an epoch takes a fifth of the time.",
    fields=(),
    shape=lambda settings: Shape("image", (32, 32, 3), "classes", 10, 10_000, 2_000),
    load=load,
    scaling="bytes",
    origin="download",
    megabytes=34,
    alternative="digits",
    files=(
        RemoteFile(
            f"cifar10-subset/{FILE}",
            "",
            "4768ad1d5fdc2c1dd7cdb1d642adcf99d7684f1b5ff207312968ff59861605cd",
            34_008_291,
            own_folder=True,
        ),
    ),
    class_names=cifar10.DATASET.class_names,
    order=7,
)
