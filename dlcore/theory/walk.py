"""One image on its way through a small trained net: INPUT, CONV, RELU, POOL, FC, with all the numbers in between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlcore.theory.convolution import Layer, convolve, pool, relu
from dlcore.theory.last_layer import softmax

STEPS = ("INPUT", "CONV", "RELU", "POOL", "FC")


@dataclass(frozen=True)
class Net:
    """A convolution that keeps the image's size, max pooling, one dense layer.

    filters (F, F, channels, K), bias (K,); weights (values, classes), last_bias (classes,). images (classes, height, width, channels): one
    of each class that it was not trained on, from 0 to 1. accuracy: share of such images on which it is right.
    """

    filters: np.ndarray
    bias: np.ndarray
    weights: np.ndarray
    last_bias: np.ndarray
    images: np.ndarray
    classes: tuple[str, ...]
    accuracy: float

    @property
    def side(self) -> int:
        """Of its images, in pixels."""
        return int(self.images.shape[1])

    @property
    def layer(self) -> Layer:
        size = self.filters.shape[0]
        return Layer(size, 1, size // 2, filters=self.filters.shape[-1])

    @property
    def pool(self) -> int:
        """Side of the square that is pooled."""
        return self.side // math.isqrt(self.weights.shape[0] // self.filters.shape[-1])


@dataclass(frozen=True)
class Walk:
    """What each step puts out. image, sums, bent, pooled: (height, width, channels); scores, probabilities: (classes,)."""

    image: np.ndarray
    sums: np.ndarray
    bent: np.ndarray
    pooled: np.ndarray
    scores: np.ndarray
    probabilities: np.ndarray

    @property
    def volumes(self) -> tuple[np.ndarray, ...]:
        return self.image, self.sums, self.bent, self.pooled


def read(path: Path) -> Net:
    """A net as data/walk_nets.py writes it."""
    with np.load(path) as file:
        arrays = {name: file[name].astype(float) for name in ("filters", "bias", "weights", "last_bias", "images")}
        return Net(**arrays, classes=tuple(map(str, file["classes"])), accuracy=float(file["accuracy"]))


def walk(net: Net, image: np.ndarray) -> Walk:
    """image: (side, side, channels) from 0 to 1, as the net's own are."""
    sums = convolve(image, net.filters, net.bias, net.layer)
    bent = relu(sums)
    pooled = pool(bent, net.pool)
    scores = pooled.ravel() @ net.weights + net.last_bias
    return Walk(image, sums, bent, pooled, scores, softmax(scores))
