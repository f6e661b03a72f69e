"""Recurrent cell that folds an expression into one vector along its tree; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class TreeCell(keras.layers.Layer):
    """One step of a recursive net (Pollack 1990; Socher et al. 2011), for `keras.layers.RNN`.

    It reads the tokens of an expression in postfix order and keeps a stack of vectors (Bowman et al. 2016). A value pushes its vector
    v = E[token]. An operation takes the two topmost and pushes p = tanh(W_o [left; right] + b_o), with weights of its own for each
    operation o (Socher et al. 2013). What passes through the stack is only moved, so that the root is as many compositions away from a
    leaf as the tree is deep there: O(log τ) in a balanced tree of τ leaves.

    units: length of a vector. values, operators: tokens 0 to values − 1 are values, the next `operators` are operations. depth: how many
    vectors the stack can hold, at least 2; (steps + 1) / 2 is enough for any tree.
    call(inputs (batch, 1) of tokens, [stack (batch, depth · units)]) -> (the top (batch, units), [stack]).
    """

    def __init__(
        self, units: int, values: int, operators: int, depth: int, embeddings_initializer: Any = "uniform",
        kernel_initializer: Any = "glorot_uniform", **arguments: Any,
    ) -> None:  # fmt: skip
        super().__init__(**arguments)
        self.units, self.values, self.operators, self.depth = units, values, operators, depth
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.state_size, self.output_size = units * depth, units

    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(shape=(self.values, self.units), initializer=self.embeddings_initializer, name="embeddings")
        # One matrix beside the other, as an LSTM has its gates: the initialiser sees how many inputs a unit really has.
        wide = self.operators * self.units
        self.kernel = self.add_weight(shape=(2 * self.units, wide), initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=(wide,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        stack, units = states[0], self.units
        token = keras.ops.cast(inputs[:, 0], "int32")
        leaf = keras.ops.matmul(keras.ops.one_hot(token, self.values, dtype=stack.dtype), self.embeddings)  # zeros for an operation
        pair = keras.ops.concatenate([stack[:, units : 2 * units], stack[:, :units]], axis=1)  # left lies below right
        every = keras.ops.tanh(keras.ops.matmul(pair, self.kernel) + self.bias)
        chosen = keras.ops.one_hot(token - self.values, self.operators, dtype=stack.dtype)  # zeros for a value
        joined = keras.ops.sum(keras.ops.reshape(every, (-1, self.operators, units)) * chosen[:, :, None], axis=1)
        pushed = keras.ops.concatenate([leaf, stack[:, :-units]], axis=1)
        popped = keras.ops.concatenate([joined, stack[:, 2 * units :], keras.ops.zeros_like(stack[:, :units])], axis=1)
        after = keras.ops.where((token < self.values)[:, None], pushed, popped)
        return after[:, :units], [after]

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "values": self.values, "operators": self.operators, "depth": self.depth}
        for name in ("embeddings_initializer", "kernel_initializer"):
            own[name] = keras.initializers.serialize(getattr(self, name))
        return {**super().get_config(), **own}
