"""Letters of poems: at each letter, say the next one. Bundled, so that it works without a network."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np

from dlcore.datasets._fields import pieces
from dlcore.datasets._verses import verses
from dlcore.specs import Baseline, Dataset, Settings, Shape


def load(*, seed: int, steps: int, stride: int) -> dict[str, Any]:
    """Each row is a piece of the text and the same piece one letter later; token k is the k-th letter in the order of their codes."""
    text = verses()
    place = {letter: number for number, letter in enumerate(sorted(set(text)))}
    tokens = np.array([place[letter] for letter in text])
    first = np.arange(0, len(tokens) - steps, stride)
    pieces = tokens[first[:, np.newaxis] + np.arange(steps + 1)]
    return {"x": pieces[:, :-1, np.newaxis].astype("float32"), "y": pieces[:, 1:].astype("int64")}


@cache
def alphabet() -> tuple[str, ...]:
    return tuple(sorted(set(verses())))


def shape(settings: Settings) -> Shape:
    steps, stride, letters = int(settings["steps"]), int(settings["stride"]), len(alphabet())  # type: ignore[arg-type]
    rows = -(-(len(verses()) - steps) // stride)
    return Shape("sequence", (steps, 1), "classes", letters, rows, tokens=letters, per_step=True)


def baseline(settings: Settings) -> Baseline:
    (_, count), text = Counter(verses()).most_common(1)[0], verses()
    return Baseline("accuracy", count / len(text), "always saying a space")


DATASET = Dataset(
    name="characters",
    title="Letters of poems",
    summary="Nine English poems, letter by letter; the target at each letter is the next one.",
    fields=pieces(steps=40, stride=4),
    shape=shape,
    load=load,
    scaling="none",
    sources=(verses,),
    in_order=True,
    feature_names=("letter",),
    vocabulary=lambda settings: alphabet(),
    baseline=baseline,
    order=31,
)
