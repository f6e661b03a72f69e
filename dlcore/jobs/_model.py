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


def trained_model(experiment: Experiment, files: Mapping[str, bytes]) -> Any:
    """The stock Keras model with the weights of the file "checkpoint"; raises `Damaged`."""
    from dlcore.engine import build, checkpoint

    variables, _ = checkpoint.unpack(files["checkpoint"])
    return build.stock_model(experiment, variables)


def class_numbers(experiment: Experiment, outputs: np.ndarray) -> np.ndarray:
    """The class that each row of outputs (rows, outputs) stands for, int64 (rows,)."""
    if experiment.shape.task == "binary":
        return (outputs[:, 0] > experiment.loss_spec.threshold).astype("int64")
    return outputs.argmax(axis=1).astype("int64")
