"""Settings that several generated data sets share."""

from __future__ import annotations

from dlcore.fields import Field

ROWS = Field("rows", "int", 1000, "Points", "How many points are drawn.", 50, 100_000, 50, log=True, unit="points")


def noise(default: float, maximum: float = 1.0) -> Field:
    """The spread of the Gaussian noise that is added to every coordinate."""
    return Field("noise", "float", default, "Noise", "Standard deviation of the noise added to each coordinate.", 0.0, maximum, 0.01)


def sequences(default: int) -> Field:
    """How many sequences a generated data set has."""
    return Field("rows", "int", default, "Sequences", "How many sequences are drawn.", 50, 100_000, 50, log=True, unit="sequences")


def pieces(steps: int, stride: int) -> tuple[Field, ...]:
    """How a text is cut into sequences."""
    return (
        Field("steps", "int", steps, "Steps", "Length of each piece of the text.", 5, 400, 5, unit="letters"),
        Field("stride", "int", stride, "Stride", "Letters between the beginnings of two pieces.", 1, 400, log=True, unit="letters"),
    )
