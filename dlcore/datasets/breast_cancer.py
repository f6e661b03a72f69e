"""Breast cancer Wisconsin, diagnostic (Street, Wolberg & Mangasarian 1993, UCI; scikit-learn's copy)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, Shape


def load(*, seed: int) -> dict[str, Any]:
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return {"x": np.asarray(x, "float32"), "y": np.asarray(y, "int64")}


MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip

DATASET = Dataset(
    name="breast_cancer",
    title="Breast cancer",
    summary="569 tumours, malignant or benign, described by 30 measurements of cell nuclei.",
    fields=(),
    shape=lambda settings: Shape("vector", (30,), "binary", 1, 569),
    load=load,
    class_names=("malignant", "benign"),
    feature_names=tuple(f"{kind} {measure}" for kind in ("mean", "error of", "worst") for measure in MEASURES),
    order=12,
)
