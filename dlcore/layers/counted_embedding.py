"""Vectors for tokens and for how many are still to come; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class CountedEmbedding(keras.layers.Layer):
    """E[token] + C[count]: what a generator that knows its length τ in advance reads at step t is the last token and τ − t.

    input_dim: tokens. counts: the largest count is counts − 1. output_dim: length of the vectors.
    call(inputs (batch, steps, 2) of whole numbers: token, count) -> (batch, steps, output_dim).
    """

    def __init__(
        self, input_dim: int, output_dim: int, counts: int, embeddings_initializer: Any = "uniform", counts_initializer: Any = "uniform",
        **arguments: Any,
    ) -> None:  # fmt: skip
        super().__init__(**arguments)
        self.input_dim, self.output_dim, self.counts = input_dim, output_dim, counts
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.counts_initializer = keras.initializers.get(counts_initializer)

    def build(self, input_shape: Any) -> None:
        for name, size in (("embeddings", self.input_dim), ("counts", self.counts)):
            start = getattr(self, f"{name}_initializer")
            setattr(self, f"{name}_table", self.add_weight(shape=(size, self.output_dim), initializer=start, name=name))
        self.built = True

    def call(self, inputs: Any) -> Any:
        numbers = keras.ops.cast(inputs, "int32")
        return keras.ops.take(self.embeddings_table, numbers[..., 0], axis=0) + keras.ops.take(self.counts_table, numbers[..., 1], axis=0)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        own = {"input_dim": self.input_dim, "output_dim": self.output_dim, "counts": self.counts}
        for name in ("embeddings_initializer", "counts_initializer"):
            own[name] = keras.initializers.serialize(getattr(self, name))
        return {**super().get_config(), **own}
