"""Diabetes progression after one year (Efron, Hastie, Johnstone & Tibshirani 2004; scikit-learn's copy, measurements unscaled)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, Shape


def load(*, seed: int) -> dict[str, Any]:
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return {"x": np.asarray(x, "float32"), "y": np.asarray(y / 100, "float32")}


DATASET = Dataset(
    name="diabetes",
    title="Diabetes",
    summary="442 patients, ten measurements each; the target is how far the disease went within a year, in hundreds of points.",
    fields=(),
    shape=lambda settings: Shape("vector", (10,), "regression", 1, 442),
    load=load,
    feature_names=(
        "age", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL", "cholesterol/HDL", "log triglycerides",
        "blood sugar",
    ),
    target_unit="100 points of progression",
    order=13,
)  # fmt: skip
