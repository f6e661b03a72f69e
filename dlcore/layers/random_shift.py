"""Images moved by a few pixels at random, as a layer; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class RandomShift(keras.layers.Layer):
    """Each image (batch, height, width, channels) is moved by −pixels … pixels, across and down, while training; else it stays.

    Every shift is equally likely, and what comes in from outside is 0 ("random crops" of an image with a frame of zeros, as in He et
    al. 2015, section 4.2). Keras's own RandomTranslation moves by parts of pixels and cannot be compiled by XLA.
    """

    def __init__(self, pixels: int, seed: int | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.pixels, self.seed = pixels, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        rows, (height, width, channels) = keras.ops.shape(inputs)[0], inputs.shape[1:]
        draw = keras.random.randint((2, rows), -self.pixels, self.pixels + 1, seed=self.seed_generator)
        down, down_inside = self._sources(draw[0], height)
        across, across_inside = self._sources(draw[1], width)
        first = keras.ops.arange(rows)[:, None, None] * (height * width)
        flat = first + down[:, :, None] * width + across[:, None, :]  # which pixel of all images comes to each place
        moved = keras.ops.take(keras.ops.reshape(inputs, (-1, channels)), flat, axis=0)
        inside = keras.ops.logical_and(down_inside[:, :, None], across_inside[:, None, :])
        return keras.ops.where(inside[..., None], moved, keras.ops.zeros_like(moved))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pixels": self.pixels, "seed": self.seed}

    @staticmethod
    def _sources(shift: Any, size: int) -> tuple[Any, Any]:
        """From shifts (rows,): the place that each place takes its pixel from, (rows, size), and whether that is inside the image."""
        wanted = keras.ops.arange(size)[None, :] - shift[:, None]
        return keras.ops.clip(wanted, 0, size - 1), keras.ops.logical_and(wanted >= 0, wanted < size)
