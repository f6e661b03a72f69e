"""Functional analysis of variance of a regression tree: how much of what it predicts varies with each input alone.

Hutter, Hoos & Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance" (2014), main effects. Inputs are uniform
on [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST = 8  # trials below which a forest says nothing


@dataclass(frozen=True)
class Tree:
    """A binary tree as flat arrays of shape (nodes,), the form in which scikit-learn keeps them (`tree_`).

    feature, threshold: inner nodes go left where x[feature] ≤ threshold; a leaf has feature < 0. value: what a leaf predicts.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray


def boxes(tree: Tree, inputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The leaves' lower and upper corners, both (leaves, inputs), and what they predict (leaves,); together they fill the unit cube."""
    low, high, values = [], [], []
    waiting = [(0, np.zeros(inputs), np.ones(inputs))]
    while waiting:
        node, below, above = waiting.pop()
        feature = int(tree.feature[node])
        if feature < 0:
            low.append(below)
            high.append(above)
            values.append(tree.value[node])
            continue
        cut = float(np.clip(tree.threshold[node], below[feature], above[feature]))
        left_high, right_low = above.copy(), below.copy()
        left_high[feature] = right_low[feature] = cut
        waiting += [(int(tree.left[node]), below, left_high), (int(tree.right[node]), right_low, above)]
    return np.array(low), np.array(high), np.array(values, float)


def marginal(low: np.ndarray, high: np.ndarray, values: np.ndarray, place: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean prediction given one input, as steps: the edges (steps + 1,) from 0 to 1 and the mean over all other inputs (steps,)."""
    sizes = high - low
    others = np.prod(np.delete(sizes, place, axis=1), axis=1)
    edges = np.unique(np.concatenate([low[:, place], high[:, place]]))
    middles = (edges[:-1] + edges[1:]) / 2
    covers = (low[:, place] <= middles[:, None]) & (middles[:, None] < high[:, place])
    return edges, covers @ (values * others)


def shares(tree: Tree, inputs: int) -> np.ndarray:
    """For each input the share of the tree's variance that it explains alone, (inputs,), each from 0 to 1 and together at most 1.

    The rest belongs to interactions. All 0 for a tree that always predicts the same.
    """
    low, high, values = boxes(tree, inputs)
    volume = np.prod(high - low, axis=1)
    mean = float(volume @ values)
    total = float(volume @ (values - mean) ** 2)
    if total <= 1e-12 * max(1.0, mean**2):
        return np.zeros(inputs)
    found = np.empty(inputs)
    for place in range(inputs):
        edges, means = marginal(low, high, values, place)
        found[place] = np.diff(edges) @ (means - mean) ** 2 / total
    return found
