"""The Keras class behind `martens_sparse`; imported only where a model is made."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="dlcore")
class MartensSparse(keras.initializers.Initializer):
    """Sparse initialisation (Martens 2010): each unit starts with few incoming weights, the others are 0.

    connections: weights per unit that are not 0 (all of them where the layer has fewer inputs); the inputs are drawn without
    replacement. scale: standard deviation of the normal distribution they come from. The last axis of the shape counts the units.
    NumPy draws, so that the same seed gives the same weights on every device.
    """

    def __init__(self, connections: int = 15, scale: float = 1.0, seed: int = 0) -> None:
        self.connections, self.scale, self.seed = connections, scale, seed

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        random = np.random.default_rng(self.seed)
        inputs, units = math.prod(shape[:-1]), shape[-1]
        count = min(self.connections, inputs)
        chosen = np.argsort(random.random((inputs, units)), axis=0)[:count]
        weights = np.zeros((inputs, units))
        np.put_along_axis(weights, chosen, self.scale * random.standard_normal((count, units)), axis=0)
        return keras.ops.convert_to_tensor(weights.reshape(shape), dtype=dtype or keras.backend.floatx())

    def get_config(self) -> dict[str, Any]:
        return {"connections": self.connections, "scale": self.scale, "seed": self.seed}
