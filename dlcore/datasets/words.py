"""Words of poems, letter by letter, and three ways to say where a word ends (Goodfellow et al. 2016, section 10.2.4)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from dlcore.datasets._verses import verses
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape

LETTERS, LONGEST = 26, 10


def words() -> list[str]:
    """All words of the poems in lower case, as often as they occur; those with more than 10 letters are left out."""
    import re

    return re.findall(r"\b[a-z]{1,10}\b", verses().lower())


def load(*, seed: int, ending: str) -> dict[str, Any]:
    """Tokens 0 to 25 are letters, 26 the end, 27 the beginning; after its end a word goes on with ends.

    ending "symbol", "halt": x is the beginning and the letters, y the letters and the end. "length": the first target is the length n,
    class 26 + n; then come the letters. x has a second number: how many letters are still to come, 0 while the length is not known.
    """
    found, longest, end, start = words(), 10, 26, 27
    letters = np.full((len(found), longest + 1), end)
    for row, word in enumerate(found):
        letters[row, : len(word)] = [ord(letter) - ord("a") for letter in word]
    begin = np.full((len(found), 1), start)
    if ending != "length":
        x, y = np.concatenate([begin, letters[:, :-1]], axis=1), letters
        return {"x": x[..., np.newaxis].astype("float32"), "y": y.astype("int64")}
    lengths = (letters < end).sum(axis=1)[:, np.newaxis]
    tokens = np.concatenate([begin, begin, letters[:, : longest - 1]], axis=1)
    to_come = np.maximum(lengths + 1 - np.arange(longest + 1), 0)
    to_come[:, 0] = 0
    y = np.concatenate([end + lengths, letters[:, :longest]], axis=1)
    return {"x": np.stack([tokens, to_come], axis=2).astype("float32"), "y": y.astype("int64")}


@cache
def count() -> int:
    return len(words())


def shape(settings: Settings) -> Shape:
    ending = settings["ending"]
    features, outputs = (2, LETTERS + 1 + LONGEST) if ending == "length" else (1, LETTERS + 1)
    return Shape(
        "sequence", (LONGEST + 1, features), "classes", outputs, count(), tokens=LETTERS + 2, per_step=True,
        ending=ending,  # type: ignore[arg-type]
    )  # fmt: skip


def baseline(settings: Settings) -> Baseline:
    """What follows the end is known; the rest is said by what is most frequent in each place."""
    y = load(seed=0, ending=str(settings["ending"]))["y"]
    right = sum(np.bincount(step).max() for step in y.T)
    return Baseline("accuracy", float(right) / y.size, "saying what is most frequent in each place")


DATASET = Dataset(
    name="words",
    title="Words of poems",
    summary="Short English words, letter by letter; the target at each letter is the next one, and the end of the word must be told.",
    fields=(
        Field(
            "ending", "choice", "symbol", "End", "How a word's end is told: by a symbol, by a yes or no at each step, by its length first.",
            choices=("symbol", "halt", "length"),
        ),
    ),
    shape=shape,
    load=load,
    scaling="none",
    sources=(verses, words),
    feature_names=("letter",),
    vocabulary=lambda settings: (*(chr(ord("a") + place) for place in range(LETTERS)), "end", "start"),
    baseline=baseline,
    order=33,
)  # fmt: skip
