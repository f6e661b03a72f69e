"""Made-up film reviews by a small grammar: does the writer like the film? Works without a network, and says by its name what it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape


def dictionary() -> dict[str, list[str]]:
    """The grammar's words by their use."""
    groups = {
        "thing": "film story plot cast music ending script acting humour pace",
        "good": "great fine clever moving funny lovely warm bright gripping honest",
        "bad": "dull flat clumsy silly boring cold slow empty noisy false",
        "not": "not never hardly",
        "other": "the was critics called and but",
    }
    return {use: text.split() for use, text in groups.items()}


def load(*, seed: int, rows: int, opinions: int, negated: float, hearsay: float) -> dict[str, Any]:
    """Reviews of an odd number of opinions, up to `opinions`; class 1 where most of them are for the film. Zeros stand before short ones.

    An opinion is "the plot was dull" or, with probability `negated`, "the plot was not dull", which says the opposite. With probability
    `hearsay` "critics called the cast great" comes before an opinion: it says nothing about the writer.
    """
    rng = np.random.default_rng(seed)
    words = dictionary()
    place = {word: number for number, word in enumerate((word for group in words.values() for word in group), start=1)}
    steps = 12 * opinions - 1
    x, y = np.zeros((rows, steps, 1), "float32"), np.zeros(rows, "int64")

    def any_of(group: str) -> str:
        return words[group][rng.integers(len(words[group]))]

    for row in range(rows):
        text: list[str] = []
        liked = 0
        for _ in range(1 + 2 * int(rng.integers((opinions + 1) // 2))):
            if rng.random() < hearsay:
                text += ["critics", "called", "the", any_of("thing"), any_of(("bad", "good")[rng.integers(2)]), "but"]
            turned, good = bool(rng.random() < negated), bool(rng.integers(2))
            text += ["the", any_of("thing"), "was", *([any_of("not")] if turned else []), any_of("good" if good else "bad"), "and"]
            liked += 1 if good != turned else -1
        tokens = [place[word] for word in text[:-1]]
        x[row, steps - len(tokens) :, 0] = tokens
        y[row] = int(liked > 0)
    return {"x": x, "y": y}


def vocabulary(settings: Settings) -> tuple[str, ...]:
    return ("", *(word for group in dictionary().values() for word in group))


def shape(settings: Settings) -> Shape:
    opinions, rows = int(settings["opinions"]), int(settings["rows"])  # type: ignore[arg-type]
    return Shape("sequence", (12 * opinions - 1, 1), "binary", 1, rows, tokens=len(vocabulary(settings)))


DATASET = Dataset(
    name="reviews",
    title="Made-up reviews",
    summary="Short film reviews that a grammar makes up, with “not”, and with what others said, which must be overheard.",
    fields=(
        sequences(3000),
        Field("opinions", "int", 3, "Opinions", "At most so many in one review; an odd number, so that one side has more.", 1, 9, 2),
        Field("negated", "float", 0.3, "Turned by a “not”", "How often an opinion is said by denying its opposite.", 0.0, 1.0, 0.05),
        Field("hearsay", "float", 0.2, "Hearsay", "How often critics are quoted, whose opinion does not count.", 0.0, 1.0, 0.05),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    sources=(dictionary,),
    class_names=("against", "for"),
    feature_names=("word",),
    vocabulary=vocabulary,
    baseline=lambda settings: Baseline("accuracy", 0.5, "tossing a coin"),
    order=34,
)
