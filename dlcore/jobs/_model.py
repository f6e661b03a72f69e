"""What jobs on a trained model share: the model and the data it was trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dlcore.experiment import Experiment


def experiment_of(inputs: Mapping[str, Any]) -> Experiment:
    """The experiment among a job's inputs, a JSON object; raises `Invalid`."""
    return Experiment.from_json(json.dumps(inputs["experiment"]))


def trained_model(experiment: Experiment, files: Mapping[str, bytes]) -> Any:
    """The stock Keras model with the weights of the file "checkpoint"; raises `Damaged`."""
    from dlcore.engine import build, checkpoint

    variables, _ = checkpoint.unpack(files["checkpoint"])
    return build.stock_model(experiment, variables)
