"""Iris flowers (Anderson 1935, Fisher 1936; scikit-learn's copy)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, Shape


def load(*, seed: int) -> dict[str, Any]:
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return {"x": np.asarray(x, "float32"), "y": np.asarray(y, "int64")}


DATASET = Dataset(
    name="iris",
    title="Iris flowers",
    summary="150 flowers of three species, described by four lengths in centimetres.",
    fields=(),
    shape=lambda settings: Shape("vector", (4,), "classes", 3, 150),
    load=load,
    class_names=("setosa", "versicolor", "virginica"),
    feature_names=("sepal length", "sepal width", "petal length", "petal width"),
    order=10,
)
