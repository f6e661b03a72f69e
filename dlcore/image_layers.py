"""Which layers of a net put out images, as one looks at them: a convolution with its normalisation and activation counts as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dlcore import counts
from dlcore.experiment import Experiment

SEEN = {
    "Conv2D": "convolution", "Residual": "residual block", "MaxPooling2D": "max pooling", "AveragePooling2D": "average pooling",
}  # fmt: skip
GOES_ALONG = ("BatchNormalization", "Activation", "LeakyReLU", "ScaledTanh", "Dropout")


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """kind: in words. index: of the last of its Keras layers in the plan, whose output it is. shape: (height, width, maps)."""

    kind: str
    index: int
    shape: tuple[int, int, int]

    def title(self, number: int) -> str:
        """ "2: max pooling, 32 maps of 14×14"; number: its place among the layers, from 1."""
        height, width, maps = self.shape
        return f"{number}: {self.kind}, {maps} maps of {height}×{width}"


def image_layers(experiment: Experiment) -> tuple[ImageLayer, ...]:
    """From the first to the last; none for a net that reads no images."""
    calls = experiment.plan()
    found: list[ImageLayer] = []
    for index, (call, layer) in enumerate(zip(calls, counts.layers(calls, experiment.shape.input), strict=True)):
        if call.kind in SEEN and len(layer.output) == 3:
            found.append(ImageLayer(SEEN[call.kind], index, layer.output))  # type: ignore[arg-type]
        elif found and call.kind in GOES_ALONG and found[-1].index == index - 1:
            found[-1] = replace(found[-1], index=index)
    return tuple(found)
