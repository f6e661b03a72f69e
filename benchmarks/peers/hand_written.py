"""A hand-written loop of the best kind: a whole epoch is one compiled `tf.function` over batches gathered from data on the device.

It computes the loss of each step and nothing else: no metrics, no way to stop, change or resume it.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from benchmarks.families import LEARNING_RATE, Family
from benchmarks.peers.keras_model import jit, model

PEERS = ("hand-written", "hand-written, XLA the other way")


def prepare(peer: str, family: Family) -> Callable[[int], None]:
    net, arrays = model(family), family.arrays()
    x, y = tf.constant(arrays[0]), tf.constant(arrays[1])
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(net.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(jit_compile=jit(family) == (peer == "hand-written"))
    def epoch(order: tf.Tensor) -> tf.Tensor:
        losses = tf.TensorArray("float32", family.steps, element_shape=())
        for step in tf.range(family.steps):
            rows = order[step]
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(y, rows), net(tf.gather(x, rows), training=True))
            optimizer.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
            losses = losses.write(step, loss)
        return losses.stack()

    draw = np.random.default_rng(0)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            order = draw.permutation(family.rows).astype("int32").reshape(family.steps, family.batch)
            losses = epoch(tf.constant(order))
        assert np.isfinite(losses.numpy()).all()

    return train
