"""What jobs on a trained model share: the model and the data it was trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.experiment import Experiment


def experiment_of(inputs: Mapping[str, Any]) -> Experiment:
    """The experiment among a job's inputs, a JSON object; raises `Invalid`."""
    return Experiment.from_json(json.dumps(inputs["experiment"]))


def in_batches(x: Any, y: np.ndarray | None = None, size: int = 256) -> dict[str, Any]:
    """Keyword arguments of a model's `evaluate` or `predict` for these rows; rows that lie on the disk are read batch by batch."""
    if isinstance(x, np.ndarray):
        return {"x": x, "batch_size": size} | ({} if y is None else {"y": y})
    import keras

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return -(-len(x) // size)

        def __getitem__(self, number: int) -> Any:
            rows = slice(number * size, (number + 1) * size)
            return (x[rows],) if y is None else (x[rows], y[rows])

    return {"x": Batches()}


def trained_model(experiment: Experiment, files: Mapping[str, bytes]) -> Any:
    """The stock Keras model with the weights of the file "checkpoint"; raises `Damaged`."""
    from dlcore.engine import build, checkpoint

    variables, _ = checkpoint.unpack(files["checkpoint"])
    return build.stock_model(experiment, variables)
