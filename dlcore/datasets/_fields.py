"""Settings that several generated data sets share."""

from __future__ import annotations

from dlcore.fields import Field

ROWS = Field("rows", "int", 1000, "Points", "How many points are drawn.", 50, 100_000, 50, log=True, unit="points")


def noise(default: float, maximum: float = 1.0) -> Field:
    """The spread of the Gaussian noise that is added to every coordinate."""
    return Field("noise", "float", default, "Noise", "Standard deviation of the noise added to each coordinate.", 0.0, maximum, 0.01)
