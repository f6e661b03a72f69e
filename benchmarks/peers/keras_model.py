"""The Keras model that `fit` and the hand-written loop train; stock Keras."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from benchmarks.families import Family


def has_gpu() -> bool:
    return bool(tf.config.list_physical_devices("GPU"))


def jit(family: Family) -> bool:
    return family.xla or has_gpu()


def model(family: Family) -> Any:
    """The net with logits as its output: the numerically and computationally better form."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    hidden: list[Any] = []
    for index, units in enumerate(family.units):
        if family.kind == "mlp":
            hidden += [layers.Dense(units, activation="relu")]
        elif family.kind == "cnn":
            hidden += [layers.Conv2D(units, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
        else:
            hidden += [layers.LSTM(units, return_sequences=index < len(family.units) - 1)]
    if family.kind == "cnn":
        hidden += [layers.Flatten()]
    return keras.Sequential([keras.Input(family.input), *hidden, layers.Dense(family.classes)])
