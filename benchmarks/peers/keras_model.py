"""The Keras model that `fit` and the hand-written loop train; stock Keras."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from benchmarks.families import Family
from dlcore.layers.clockwork_cell import ClockworkCell
from dlcore.layers.leaky_cell import LeakyCell
from dlcore.layers.skip_cell import SkipCell
from dlcore.layers.tree_cell import TreeCell


def has_gpu() -> bool:
    return bool(tf.config.list_physical_devices("GPU"))


def jit(family: Family) -> bool:
    return family.xla or has_gpu()


def model(family: Family) -> Any:
    """The net with logits as its output: the numerically and computationally better form."""
    keras.utils.set_random_seed(0)
    if family.kind in CONVOLUTIONAL:
        return CONVOLUTIONAL[family.kind](family)
    layers = keras.layers
    hidden: list[Any] = []
    for index, units in enumerate(family.units):
        if family.kind == "mlp":
            hidden += [layers.Dense(units, activation="relu"), *([layers.Dropout(family.dropout)] if family.dropout else [])]
        elif family.kind == "cnn":
            hidden += [layers.Conv2D(units, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
        else:
            hidden += recurrent(family, units, return_sequences=index < len(family.units) - 1 or family.per_step)
    if family.kind == "cnn":
        hidden += [layers.Flatten()]
    return keras.Sequential([keras.Input(family.input), *hidden, layers.Dense(family.classes)])


def recurrent(family: Family, units: int, return_sequences: bool) -> list[Any]:
    """The family's layer over the steps, an embedding before it where it reads letters."""
    layers = keras.layers
    cells = {
        "leaky": lambda: LeakyCell(units), "skip": lambda: SkipCell(units), "clockwork": lambda: ClockworkCell(units),
        "tree": lambda: TreeCell(units, values=3, operators=3, depth=(family.input[0] + 1) // 2),
    }  # fmt: skip
    if family.kind in cells:
        return [layers.RNN(cells[family.kind](), return_sequences=return_sequences)]
    if family.kind == "letters":
        return [layers.Reshape(family.input[:1]), layers.Embedding(family.tokens, 16), layers.GRU(units, return_sequences=return_sequences)]
    return [{"lstm": layers.LSTM, "gru": layers.GRU}[family.kind](units, return_sequences=return_sequences)]


def _all_cnn(family: Family) -> Any:
    """Springenberg et al. 2014, as the lab's family of that name has it."""
    layers = keras.layers
    hidden: list[Any] = []
    for units in family.units:
        hidden += [layers.Conv2D(units, 3, strides, "same", activation="relu") for strides in (1, 2)]
    hidden += [layers.Conv2D(family.units[-1], 1, activation="relu"), layers.Conv2D(family.classes, 1)]
    return keras.Sequential([keras.Input(family.input), *hidden, layers.GlobalAveragePooling2D()])


def _resnet(family: Family) -> Any:
    """He et al. 2015 in Keras's functional form: a block in each stage, 1×1 convolutions where the shape changes."""
    layers = keras.layers
    signal = inputs = keras.Input(family.input)

    def convolution(signal: Any, units: int, side: int, strides: int = 1) -> Any:
        return layers.BatchNormalization(momentum=0.9)(layers.Conv2D(units, side, strides, "same", use_bias=False)(signal))

    signal = layers.ReLU()(convolution(signal, family.units[0], 3))
    for stage, units in enumerate(family.units):
        strides = 2 if stage else 1
        branch = convolution(layers.ReLU()(convolution(signal, units, 3, strides)), units, 3)
        signal = layers.ReLU()(layers.Add()([branch, convolution(signal, units, 1, strides) if stage else signal]))
    return keras.Model(inputs, layers.Dense(family.classes)(layers.GlobalAveragePooling2D()(signal)))


CONVOLUTIONAL = {"all_cnn": _all_cnn, "resnet": _resnet}
