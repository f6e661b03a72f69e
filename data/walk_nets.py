"""Trains the two small nets through which the page *The walk* leads an image: `python data/walk_nets.py` writes data/walk_*.npz.

They are ordinary experiments of the lab, one convolution each, so that the page can show every number without a worker. Beside the weights
lie the first validation image of each class, which the net was not trained on, and how often the net is right on all of those images.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dlcore.engine import data
from dlcore.engine.build import model_of
from dlcore.experiment import Experiment

FOLDER = Path(__file__).parent
NET = {"model.filters": (6,), "model.dense": (), "monitors": (), "validation": 0.3, "test": 0.0, "seed": 7}
EXPERIMENTS = {
    "digits": Experiment().with_(model="cnn", epochs=40, **NET),
    "clothes": Experiment().with_(
        dataset="fashion_mnist", model="cnn", epochs=15, examples=20_000, **NET | {"model.kernel": 5, "model.pool": 4}
    ),
}


def train(experiment: Experiment) -> dict[str, Any]:
    """The arrays of the file: weights as float16, images as they came (bytes or shares), classes, accuracy, the experiment."""
    prepared = data.prepare(experiment)
    model = model_of(experiment)
    model.fit(prepared.x_train, prepared.y_train, batch_size=experiment.batch_size, epochs=experiment.epochs, verbose=0)
    filters, bias, weights, last = (np.asarray(array, np.float16) for array in model.get_weights())
    for variable, array in zip(model.weights, (filters, bias, weights, last), strict=True):
        variable.assign(array)  # what is measured is what is kept
    right = np.argmax(model.predict(prepared.x_val, verbose=0), axis=1) == prepared.y_val
    first = [int(np.flatnonzero(prepared.y_val == number)[0]) for number in range(experiment.shape.outputs)]
    return {
        "filters": filters, "bias": bias, "weights": weights, "last_bias": last,
        "images": np.asarray(prepared.x_val[first], np.float16), "classes": np.asarray(experiment.dataset_spec.class_names),
        "accuracy": np.asarray(right.mean()), "experiment": np.asarray(experiment.to_json()),
    }  # fmt: skip


if __name__ == "__main__":
    for name, experiment in EXPERIMENTS.items():
        found = train(experiment)
        np.savez_compressed(FOLDER / f"walk_{name}.npz", **found)
        print(name, {key: array.shape for key, array in found.items()}, f"right: {float(found['accuracy']):.3f}")
