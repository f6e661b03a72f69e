"""California housing: house prices by district, 1990 census (Pace & Barry 1997)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, RemoteFile, Shape


def load(*, seed: int) -> dict[str, Any]:
    import keras

    (x, y), _ = keras.datasets.california_housing.load_data(version="large", test_split=0.0)
    return {"x": np.asarray(x, "float32"), "y": np.asarray(y / 100_000, "float32")}


DATASET = Dataset(
    name="california_housing",
    title="California housing",
    summary="20,640 districts of California in 1990, eight figures each; the target is the median house value in 100,000 dollars.",
    fields=(),
    shape=lambda settings: Shape("vector", (8,), "regression", 1, 20_640),
    load=load,
    origin="download",
    megabytes=0.7,
    alternative="diabetes",
    files=(
        RemoteFile(
            "california_housing.npz",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/california_housing.npz",
            "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
            743_530,
        ),
    ),
    feature_names=("longitude", "latitude", "median age", "rooms", "bedrooms", "population", "households", "median income"),
    target_unit="100,000 dollars",
    order=14,
)
