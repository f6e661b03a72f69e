"""Keras `fit`: as most people call it, and in its best configuration. Both record loss and accuracy, as a run of the lab does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from benchmarks.families import LEARNING_RATE, Family
from benchmarks.peers.keras_model import jit, model

PEERS = ("fit", "best fit")


def prepare(peer: str, family: Family) -> Callable[[int], None]:
    net, (x, y) = model(family), family.arrays()
    arguments: dict[str, Any] = {} if peer == "fit" else {"jit_compile": jit(family), "steps_per_execution": 64}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(LEARNING_RATE), loss, metrics=["accuracy"], **arguments)
    if peer == "fit":
        return lambda epochs: _done(net.fit(x, y, batch_size=family.batch, epochs=epochs, verbose=0))
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(family.batch).cache().shuffle(family.steps).prefetch(tf.data.AUTOTUNE)
    return lambda epochs: _done(net.fit(batches, epochs=epochs, verbose=0))


def _done(history: Any) -> None:
    """`fit` reads the losses at the end of each epoch: the device has finished when it returns."""
    assert history.history["loss"]
