"""Wine recognition (Forina et al. 1991, UCI; scikit-learn's copy)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, Shape


def load(*, seed: int) -> dict[str, Any]:
    from sklearn.datasets import load_wine

    x, y = load_wine(return_X_y=True)
    return {"x": np.asarray(x, "float32"), "y": np.asarray(y, "int64")}


DATASET = Dataset(
    name="wine",
    title="Wine",
    summary="178 Italian wines from three growers, described by 13 chemical measurements of very different sizes.",
    fields=(),
    shape=lambda settings: Shape("vector", (13,), "classes", 3, 178),
    load=load,
    class_names=("grower 1", "grower 2", "grower 3"),
    feature_names=(
        "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids", "nonflavanoid phenols",
        "proanthocyanins", "colour intensity", "hue", "OD280/OD315 of diluted wines", "proline",
    ),
    order=11,
)  # fmt: skip
