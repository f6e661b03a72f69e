"""How much each setting of a search mattered: functional analysis of variance on a random forest, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.specs import Job
from dlcore.theory import importance
from dlcore.theory.importance import FEWEST

TREES, RESAMPLED = 24, 30
LEAVES = 100  # of a tree, about; with few trials as many as leaves of two make
INTERVAL = (5.0, 95.0)


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "names" of the settings; "places", one row per trial with each setting's place in its range, 0 to 1 (null where it did not
    count); "scores" of the trials.

    The result has "trials" and "settings": {"name", "share", "low", "high"}, the largest share first: the part of the variation in
    the trials' ranks that the setting explains alone, and its 90 % interval over draws of the trials with replacement. Ranks, because
    the loss of a diverged trial would outweigh all others.
    """
    names, places, scores = _checked(inputs)
    ranks = np.argsort(np.argsort(scores, kind="stable")) / (len(scores) - 1)
    draw = np.random.default_rng(0)
    drawn = []
    for number in range(RESAMPLED):
        rows = draw.integers(0, len(ranks), len(ranks))
        drawn.append(forest_shares(places[rows], ranks[rows], number))
        progress((number + 1) / (RESAMPLED + 1))
    whole = forest_shares(places, ranks, RESAMPLED)
    low, high = np.percentile(np.stack(drawn), INTERVAL, axis=0)
    settings = [
        {"name": name, "share": float(share), "low": float(least), "high": float(most)}
        for name, share, least, most in zip(names, whole, np.minimum(low, whole), np.maximum(high, whole), strict=True)
    ]
    return {"trials": len(ranks), "settings": sorted(settings, key=lambda setting: -setting["share"])}, None


def forest_shares(places: np.ndarray, scores: np.ndarray, seed: int) -> np.ndarray:
    """The mean over a forest's trees of each input's share, (inputs,)."""
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(TREES, min_samples_leaf=max(2, len(scores) // LEAVES), random_state=seed).fit(places, scores)
    return np.mean([importance.shares(flat(one.tree_), places.shape[1]) for one in forest.estimators_], axis=0)


def flat(tree: Any) -> importance.Tree:
    """scikit-learn's tree as plain arrays."""
    return importance.Tree(tree.feature, tree.threshold, tree.children_left, tree.children_right, tree.value[:, 0, 0])


def _checked(inputs: Mapping[str, Any]) -> tuple[list[str], np.ndarray, np.ndarray]:
    names, scores = list(inputs["names"]), np.asarray(inputs["scores"], float)
    places = np.asarray([[np.nan if place is None else place for place in row] for row in inputs["places"]], float)
    if len(scores) < FEWEST:
        raise Invalid(f"{len(scores)} trials say nothing about importance: it takes at least {FEWEST}.", "Wait for more trials.")
    if places.shape != (len(scores), len(names)) or not np.isfinite(scores).all():
        raise Invalid("Importance needs a score and a place in each setting's range for every trial.")
    return names, np.nan_to_num(places, nan=0.5), scores


JOB = Job("importance", "What mattered", perform)
