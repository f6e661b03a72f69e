"""Writing letter by letter from counts: the odds of the next letter after the last few, and what a temperature makes of them.

Shannon (1951) wrote English so. A net replaces the table of counts; the temperature works on both alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=8)
def counts(text: str, context: int) -> dict[str, Counter[str]]:
    """After each piece of `context` letters, how often each letter came next."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for place in range(context, len(text)):
        found[text[place - context : place]][text[place]] += 1
    return dict(found)


def tempered(odds: np.ndarray, temperature: float) -> np.ndarray:
    """odds^(1 / temperature), scaled to sum 1: what dividing a softmax's inputs by the temperature does. Below 1 sharper, above flatter."""
    with np.errstate(divide="ignore"):
        scores = np.log(odds) / temperature
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def next_letter(text: str, start: str, context: int, temperature: float) -> dict[str, float]:
    """The tempered odds of the letter after `start`, most likely first. Where its end was never seen, a shorter end of it is looked up."""
    for length in range(min(context, len(start)), -1, -1):
        found = counts(text, length).get(start[len(start) - length :])
        if found:
            letters = [letter for letter, _ in found.most_common()]
            odds = tempered(np.array([found[letter] for letter in letters], float), temperature)
            return dict(zip(letters, odds.tolist(), strict=True))
    return {}


def written(text: str, start: str, context: int, temperature: float, length: int, seed: int = 0) -> str:
    """`start` and `length` letters after it, each drawn with its odds."""
    draw, found = np.random.default_rng(seed), start
    for _ in range(length):
        odds = next_letter(text, found, context, temperature)
        found += str(draw.choice(list(odds), p=list(odds.values())))
    return found


def entropy(odds: dict[str, float]) -> float:
    """How undecided the next letter is, in bits: 0 when it is certain."""
    known = np.array([share for share in odds.values() if share > 0])
    return float(-(known * np.log2(known)).sum())
