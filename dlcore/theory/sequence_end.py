"""Three ways in which a generator can know when to stop, and the lengths that come out: exact, without drawing any.

Goodfellow, Bengio & Courville (2016), section 10.2.4: a symbol for the end; an extra output that says the odds of halting at each step;
an extra output that says the length τ first, and is then fed what is left, τ − t.
"""

from __future__ import annotations

import numpy as np

LONGEST = 40
DATA = ("short and long", "around 10", "any length alike", "halts at random")


def lengths(name: str) -> np.ndarray:
    """The odds of lengths 1 … LONGEST in the data of that name, (LONGEST,), summing to 1."""
    t = np.arange(1, LONGEST + 1)
    shapes = {
        "short and long": np.exp(-((t - 5) ** 2) / 2) + np.exp(-((t - 15) ** 2) / 2),
        "around 10": np.exp(-((t - 10) ** 2) / 8),
        "any length alike": ((t >= 3) & (t <= 18)).astype(float),
        "halts at random": 0.88 ** (t - 1),
    }
    return np.asarray(shapes[name] / shapes[name].sum())


def halting(odds: np.ndarray, memory: int) -> np.ndarray:
    """The odds of stopping at step t for one that has come so far, as well as a net can know them that counts `memory` steps and no more.

    Later steps are all alike to it: there it learns their average. memory 0: it cannot tell any steps apart.
    """
    alive = np.cumsum(odds[::-1])[::-1]
    counts = min(memory, len(odds))
    found = np.divide(odds, alive, out=np.ones_like(odds), where=alive > 1e-12)
    if counts < len(odds):
        found[counts:] = odds[counts:].sum() / max(alive[counts:].sum(), 1e-12)
    return found


def stopping(halts: np.ndarray) -> np.ndarray:
    """The odds of each length, (n + 1,), the last one being "longer", for a generator that halts with these odds at each step."""
    still = np.concatenate([[1.0], np.cumprod(1 - halts)])
    return np.concatenate([still[:-1] * halts, still[-1:]])


def end_symbol(odds: np.ndarray, memory: int, temperature: float, symbols: int = 10) -> np.ndarray:
    """The lengths of a generator that draws from `symbols` symbols and one for the end, at a temperature.

    The temperature that makes the symbols bolder or more careful acts on the end as well: all odds are raised to 1 / temperature.
    """
    end = halting(odds, memory)
    with np.errstate(divide="ignore"):
        bold = np.exp(np.log(end) / temperature)
        others = symbols * np.exp(np.log((1 - end) / symbols) / temperature)
    return stopping(bold / (bold + others))


def halt_output(odds: np.ndarray, memory: int) -> np.ndarray:
    """The lengths of a generator with an output of its own for halting, which the symbols' temperature leaves alone."""
    return stopping(halting(odds, memory))


def predicted_length(odds: np.ndarray, spread: bool) -> np.ndarray:
    """The lengths of a generator that says τ first and is fed τ − t: it needs no count of its own.

    spread: its output says the odds of every length, and one is drawn. Else it says one number, and squared error makes that the mean.
    """
    if spread:
        return np.concatenate([odds, [0.0]])
    found = np.zeros(len(odds) + 1)
    found[round(float(odds @ np.arange(1, len(odds) + 1))) - 1] = 1.0
    return found


def distance(made: np.ndarray, odds: np.ndarray) -> float:
    """Total variation: the share of sequences whose length would have to change, 0 to 1. made: (n + 1,) as above."""
    return float(0.5 * (np.abs(made[:-1] - odds).sum() + made[-1]))
