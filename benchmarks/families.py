"""What the engine benchmark trains: nets on synthetic data of the right shapes, all with Adam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlcore import registry

LEARNING_RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Family:
    """A net and its data.

    kind: "mlp" (units of the hidden layers in `units`), "cnn" (filters of its blocks: 3×3 convolution, ReLU, 2×2 max pooling; then a
    dense output), "all_cnn" (the same widths; a second convolution with stride 2 in place of pooling, 1×1 convolutions and means at the
    end), "resnet" (filters of its stages, a block in each), "lstm", "gru", "leaky", "skip", "clockwork" (units of its layers), "tree"
    (units of its vectors) or "letters" (a GRU's units; an embedding of 16 numbers before, an answer at each step). rows: a multiple of 64
    batches, so that Keras `fit` with `steps_per_execution=64` compiles one program. xla: whether XLA trains it faster on a CPU; on a GPU
    all use it.
    tokens > 0: the inputs (steps, 1) are whole numbers below it. dropout: its rate after each hidden layer of an MLP.
    without: peers for which one epoch would take longer than all the others together.
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
    tokens: int = 0
    dropout: float = 0.0
    without: tuple[str, ...] = ()

    @property
    def per_step(self) -> bool:
        return self.kind == "letters"

    @property
    def steps(self) -> int:
        """Optimizer steps in an epoch."""
        return self.rows // self.batch

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """x float32 of shape (rows, *input) and y int64 of shape (rows,); standard normal around a mean per class.

        Tokens: random letters, of which the next is to be said at each step, y (rows, steps); for a tree expressions and their values.
        """
        if self.kind == "tree":
            made = registry.find("datasets", "expressions").load(seed=0, rows=self.rows, leaves=6, tree="random", modulus=3)
            return made["x"], made["y"]
        if self.tokens:
            letters = np.random.default_rng(0).integers(0, self.tokens, (self.rows, self.input[0] + 1))
            return letters[:, :-1, np.newaxis].astype("float32"), letters[:, 1:]
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
        Family("mlp-dropout", "MLP 784-256-128-10, dropout 0.2, batch 64", "mlp", (784,), (256, 128), 64, 32_768, dropout=0.2),
        Family("cnn", "CNN 32-64 on 32×32×3, batch 64", "cnn", (32, 32, 3), (32, 64), 64, 4_096, xla=False),
        Family(
            "cifar10",
            "CNN 32-64, 49,152 images of 32×32×3: an epoch of CIFAR-10",
            "cnn",
            (32, 32, 3),
            (32, 64),
            64,
            49_152,
            xla=False,
            without=("hand-written, XLA the other way",),
        ),
        Family("all_cnn", "All-convolutional 32-64 on 32×32×3, batch 64", "all_cnn", (32, 32, 3), (32, 64), 64, 4_096, xla=False),
        Family("resnet", "ResNet-8 16-32-64 on 32×32×3, batch 64", "resnet", (32, 32, 3), (16, 32, 64), 64, 4_096, xla=False),
        Family("lstm", "LSTM 64 over 50 steps, batch 64", "lstm", (50, 16), (64,), 64, 8_192),
        Family("gru", "GRU 64 over 50 steps, batch 64", "gru", (50, 16), (64,), 64, 8_192),
        Family("leaky", "Leaky units 64 over 50 steps, batch 64", "leaky", (50, 16), (64,), 64, 8_192),
        Family("skip", "Skip connections 64, d = 5, over 50 steps, batch 64", "skip", (50, 16), (64,), 64, 8_192),
        Family("clockwork", "Clockwork 64, 4 groups, over 50 steps, batch 64", "clockwork", (50, 16), (64,), 64, 8_192),
        Family("tree", "Tree network 32, expressions of 6 numbers, batch 64", "tree", (11, 1), (32,), 64, 8_192, classes=3, tokens=6),
        Family("letters", "Generator, GRU 128 over 40 letters, batch 64", "letters", (40, 1), (128,), 64, 4_096, classes=57, tokens=57),
    )
}
