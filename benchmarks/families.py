"""What the engine benchmark trains: nets on synthetic data of the right shapes, all with Adam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEARNING_RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Family:
    """A net and its data.

    kind: "mlp" (units of the hidden layers in `units`), "cnn" (filters of its blocks: 3×3 convolution, ReLU, 2×2 max pooling; then a
    dense output), "all_cnn" (the same widths; a second convolution with stride 2 in place of pooling, 1×1 convolutions and means at the
    end), "resnet" (filters of its stages, a block in each) or "lstm" (units of its layers). rows: a multiple of 64 batches, so that Keras
    `fit` with `steps_per_execution=64` compiles one program. xla: whether XLA trains it faster on a CPU; on a GPU all use it.
    """

    name: str
    title: str
    kind: str
    input: tuple[int, ...]
    units: tuple[int, ...]
    batch: int
    rows: int
    xla: bool = True
    classes: int = 10

    @property
    def steps(self) -> int:
        """Optimizer steps in an epoch."""
        return self.rows // self.batch

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """x float32 of shape (rows, *input) and y int64 of shape (rows,); standard normal around a mean per class."""
        draw = np.random.default_rng(0)
        y = draw.integers(0, self.classes, self.rows)
        means = draw.standard_normal((self.classes, *self.input), dtype="float32")
        x = draw.standard_normal((self.rows, *self.input), dtype="float32")
        x += np.float32(0.1) * means[y]
        return x, y.astype("int64")


FAMILIES = {
    family.name: family
    for family in (
        Family("mlp", "MLP 784-256-128-10, batch 64", "mlp", (784,), (256, 128), 64, 32_768),
        Family("mlp-256", "MLP 784-256-128-10, batch 256", "mlp", (784,), (256, 128), 256, 32_768),
        Family("mlp-small", "MLP 784-64-10, batch 64", "mlp", (784,), (64,), 64, 32_768),
        Family("cnn", "CNN 32-64 on 32×32×3, batch 64", "cnn", (32, 32, 3), (32, 64), 64, 4_096, xla=False),
        Family("cifar10", "CNN 32-64, 49,152 images of 32×32×3: an epoch of CIFAR-10", "cnn", (32, 32, 3), (32, 64), 64, 49_152, xla=False),
        Family("all_cnn", "All-convolutional 32-64 on 32×32×3, batch 64", "all_cnn", (32, 32, 3), (32, 64), 64, 4_096, xla=False),
        Family("resnet", "ResNet-8 16-32-64 on 32×32×3, batch 64", "resnet", (32, 32, 3), (16, 32, 64), 64, 4_096, xla=False),
        Family("lstm", "LSTM 64 over 50 steps, batch 64", "lstm", (50, 16), (64,), 64, 8_192),
    )
}
