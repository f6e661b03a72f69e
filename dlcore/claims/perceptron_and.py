"""Rosenblatt's rule on AND, from many starts."""

from __future__ import annotations

import numpy as np

from dlcore.specs import Claim
from dlcore.theory import perceptron

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0.0, 0.0, 0.0, 1.0])


def compute(seed: int) -> dict[str, list[float]]:
    """1 where a perceptron whose weights begin anywhere in (−1, 1) ends without a mistake, by learning rule."""
    return {
        rule: [float(perceptron.solved(INPUTS, TARGETS, rule=rule, rate=0.1, starts=1, seed=seed))] for rule in ("rosenblatt", "misprint")
    }


CLAIM = Claim(
    name="perceptron_and",
    title="Does the perceptron rule find AND from any start?",
    summary="Rosenblatt's rule separates what a straight line can separate, wherever the weights begin.",
    topic="perceptron",
    reference="Rosenblatt 1958; Novikoff 1962",
    compute=compute,
    effect=lambda values: values["rosenblatt"][0],
    quantity="share of starts that end without a mistake",
    kind="share",
    region=(0.9, 1.01),
    refuted="One start in ten, or more, that does not end without a mistake.",
    seeds=100,
    order=2,
)
