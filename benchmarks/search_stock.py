"""Stock keras-tuner in a process of its own: `RandomSearch` over models trained with `fit`, all at their defaults.

Prints a line when it is ready; then each line of standard input is a row's name and a number of trials, and is answered by the seconds that
the search took. Measured from the call of `search` to its end; arrays are in memory and the space is known by then.

keras-tuner's `run_trial` imports TensorBoard's hparams plugin in every trial, though it uses it only for a TensorBoard callback, which
there is none of. Where TensorBoard is not installed an empty module stands in for it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import search_rows as rows


def stand_in_for_tensorboard() -> None:
    if importlib.util.find_spec("tensorboard") is None:
        for name in ("tensorboard", "tensorboard.plugins", "tensorboard.plugins.hparams", "tensorboard.plugins.hparams.api"):
            sys.modules[name] = ModuleType(name)
        sys.modules["tensorboard.plugins.hparams"].api = sys.modules["tensorboard.plugins.hparams.api"]  # type: ignore[attr-defined]


def build(row: rows.Row, hp: Any) -> Any:
    """The row's net with the values that `hp` chooses, compiled as most people do it."""
    import keras

    rate = hp.Float("learning_rate", *rows.RATES, sampling="log") if row.varies == "learning rate" else rows.RATE
    dropout = hp.Float("dropout", *rows.DROPOUTS) if row.varies == "dropout" else 0.0
    start, activation = rows.INITIALIZERS[0], rows.ACTIVATIONS[0]
    if row.varies == "initialisation":
        start, activation = hp.Choice("initializer", list(rows.INITIALIZERS)), hp.Choice("activation", list(rows.ACTIVATIONS))
    model = keras.Sequential([keras.Input(row.net.input), *hidden(row.net, start, activation, dropout)])
    model.add(keras.layers.Dense(rows.CLASSES, activation="softmax"))
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def hidden(net: rows.Net, start: str, activation: str, dropout: float) -> list[Any]:
    import keras

    layers, found = keras.layers, []
    for units in net.units:
        if net.kind == "mlp":
            found.append(layers.Dense(units, activation, kernel_initializer=start))
        else:
            found += [layers.Conv2D(units, 3, padding="same", activation=activation, kernel_initializer=start), layers.MaxPooling2D()]
        if dropout:
            found.append(layers.Dropout(dropout))
    return found if net.kind == "mlp" else [*found, layers.Flatten()]


def seconds(row: rows.Row, trials: int) -> float:
    import keras_tuner

    x, y = rows.arrays(row.net)
    held = (x[rows.TRAINING :], y[rows.TRAINING :])
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            lambda hp: build(row, hp), "val_loss", max_trials=trials, seed=0, directory=folder, project_name="search", overwrite=True
        )
        began = time.perf_counter()
        tuner.search(x[: rows.TRAINING], y[: rows.TRAINING], epochs=rows.EPOCHS, batch_size=rows.BATCH, validation_data=held, verbose=0)
        took = time.perf_counter() - began
        if len(tuner.oracle.get_best_trials(trials)) < trials:
            raise RuntimeError("a trial of stock keras-tuner failed")
    return took


def rehearse() -> None:
    """Trains another, small net once, as the lab's workers have before there is work: what TensorFlow does once is not part of a search."""
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.zeros((100, 8), "float32"), np.zeros(100, "int64")
    model.fit(x, y, batch_size=32, epochs=2, validation_data=(x, y), verbose=0)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keras-tuner prints; answers keep the first stdout to themselves
    stand_in_for_tensorboard()
    import keras_tuner  # noqa: F401  # it takes ten seconds, which are not part of a search

    rehearse()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        name, trials = json.loads(line)
        print(json.dumps({"seconds": seconds(rows.ROWS[name], trials)}), file=answers, flush=True)


if __name__ == "__main__":
    main()
