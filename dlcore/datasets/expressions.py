"""Arithmetic expressions: the tree is the meaning. Written in postfix order, "3 4 + 2 ×" for (3 + 4) × 2, which needs no brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape

OPERATORS = ("+", "−", "×")


def load(*, seed: int, rows: int, leaves: int, tree: str, modulus: int) -> dict[str, Any]:
    """Tokens 0 to modulus − 1 are the numbers, the next three +, − and ×; the value is taken modulo `modulus`."""
    rng = np.random.default_rng(seed)

    def kinds(count: int) -> list:
        """The tokens of a tree of `count` numbers in postfix order: True for an operation."""
        if count == 1:
            return [False]
        left = {"balanced": count // 2, "chain": count - 1}.get(tree) or int(rng.integers(1, count))
        return [*kinds(left), *kinds(count - left), True]

    x, y = np.empty((rows, 2 * leaves - 1), "int64"), np.empty(rows, "int64")
    for row in range(rows):
        joins = np.array(kinds(leaves))
        x[row] = np.where(joins, modulus + rng.integers(0, 3, len(joins)), rng.integers(0, modulus, len(joins)))
        stack: list = []
        for token in x[row].tolist():
            if token < modulus:
                stack.append(token)
                continue
            right, left = stack.pop(), stack.pop()
            stack.append({0: left + right, 1: left - right, 2: left * right}[token - modulus] % modulus)
        y[row] = stack[0]
    return {"x": x[..., np.newaxis].astype("float32"), "y": y}


def shape(settings: Settings) -> Shape:
    leaves, modulus, rows = (int(settings[name]) for name in ("leaves", "modulus", "rows"))  # type: ignore[arg-type]
    return Shape("sequence", (2 * leaves - 1, 1), "classes", modulus, rows, tokens=modulus + len(OPERATORS), operators=len(OPERATORS))


def baseline(settings: Settings) -> Baseline:
    """The share of the most frequent value: products are 0 more often than anything else."""
    size, leaves, tree = int(settings["modulus"]), int(settings["leaves"]), settings["tree"]  # type: ignore[arg-type]
    left, right = np.indices((size, size))
    results = [(left + right) % size, (left - right) % size, left * right % size]
    of = {1: np.full(size, 1 / size)}  # by how many numbers there are, how probable each value is
    for count in range(2, leaves + 1):
        splits = {"balanced": [count // 2], "chain": [count - 1]}.get(str(tree), range(1, count))
        joint = np.mean([np.outer(of[own], of[count - own]) for own in splits], axis=0)
        of[count] = np.mean([np.bincount(result.ravel(), joint.ravel(), size) for result in results], axis=0)
    return Baseline("accuracy", float(of[leaves].max()), "always saying the most frequent value")


DATASET = Dataset(
    name="expressions",
    title="Arithmetic expressions",
    summary="Sums, differences, products of small numbers, as trees in postfix order (3 4 + for 3 + 4); the target is the value's rest.",
    fields=(
        sequences(12_000),
        Field("leaves", "int", 6, "Numbers", "How many numbers there are in an expression.", 2, 32, unit="numbers"),
        Field(
            "tree", "choice", "random", "Tree", "How the brackets stand: halves joined, anywhere, or one number after the other.",
            choices=("random", "balanced", "chain"),
        ),
        Field("modulus", "int", 3, "Divided by", "The target is the rest when the value is divided by this; numbers are below it.", 2, 10),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    feature_names=("token",),
    vocabulary=lambda settings: (*map(str, range(int(settings["modulus"]))), *OPERATORS),  # type: ignore[arg-type]
    baseline=baseline,
    order=30,
)  # fmt: skip
